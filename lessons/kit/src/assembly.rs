//! Makes one recording of what the processes of a run have noted.

use std::collections::HashMap;

use lesson_data::recording::{Entry, FORMAT, Frame, Kind, Reason, Recording, Span, Step, Thread, VERSION};

use crate::event_log::{EventKind, EventLog};

/// Puts the logs of a run that began at `began` together, that of its first process first, and works out what each entry
/// into a span was. What logs don't say is left empty.
pub(crate) fn assemble(logs: Vec<EventLog>, began: u64) -> Recording {
    let (mut in_order, mut names) = (Vec::new(), Vec::new());
    for (process, log) in logs.into_iter().enumerate() {
        in_order.extend(log.events.into_iter().map(|event| (process, event)));
        names.push(log.threads);
    }
    in_order.sort_by_key(|(_, event)| event.at);

    let mut recording = Recording { format: FORMAT.to_owned(), version: VERSION, ..Recording::default() };
    // Each process numbers its own threads and spans; these are their places among all.
    let mut threads = HashMap::new();
    let mut spans = HashMap::new();
    // The task that each thread is polling.
    let mut polling = HashMap::new();
    for (process, event) in in_order {
        let at = event.at.saturating_sub(began);
        let thread = *threads.entry((process, event.thread)).or_insert_with(|| {
            recording.threads.push(Thread { process, name: names[process][event.thread].clone() });
            recording.threads.len() - 1
        });
        let place = |span: u64| spans.get(&(process, span)).copied();
        match event.what {
            EventKind::Opened { span, parent, name, future } => {
                let parent = parent.and_then(place);
                let kind = if future { Kind::Future } else { Kind::Call };
                spans.insert((process, span), recording.spans.len());
                recording.spans.push(Span { name, parent, kind, opened: at, closed: None });
            }
            EventKind::Entered { span } => {
                let Some(span) = place(span) else { continue };
                recording.entries.push(Entry { span, thread, from: at, to: None, reason: Reason::Poll });
            }
            EventKind::Left { span } => {
                let Some(span) = place(span) else { continue };
                let is_left = |entry: &&mut Entry| (entry.span, entry.thread, entry.to) == (span, thread, None);
                if let Some(entry) = recording.entries.iter_mut().rfind(is_left) {
                    entry.to = Some(at);
                }
            }
            EventKind::Closed { span } => {
                let Some(span) = place(span) else { continue };
                recording.spans[span].closed = Some(at);
            }
            EventKind::Frame { span, text } => {
                let span = span.and_then(place);
                recording.frames.push(Frame { at, thread: Some(thread), span, text });
            }
            EventKind::Result(result) => recording.results.push(result),
            EventKind::Outcome(outcome) => recording.outcomes.push(outcome),
            EventKind::Scheduled(step) => {
                if matches!(step.message.as_str(), "waits" | "finished" | "panicked") {
                    polling.remove(&thread);
                }
                let by = polling.get(&thread).copied();
                if let Some(task) = step.task.filter(|_| step.message == "polling") {
                    polling.insert(thread, task);
                }
                recording.scheduling.push(Step { at, thread, by, ..step });
            }
        }
    }
    tell_calls_from_futures(&mut recording);
    recording
}

/// `tracing` reports a call, a poll and a drop in the same way. What tells them apart is how often a span is entered:
///
/// - a function's span is entered once, and closed when it is left;
/// - a future's span is entered at each poll, and once more when the future is dropped, even if it was polled only
///   once.
///
/// So a span that is entered once and closed was a call, and the last entry of any other closed span was a drop. A span
/// that never closed was not dropped: if it was left, it was a future that stayed behind.
fn tell_calls_from_futures(recording: &mut Recording) {
    let mut entries_of = vec![Vec::new(); recording.spans.len()];
    for (place, entry) in recording.entries.iter().enumerate() {
        entries_of[entry.span].push(place);
    }
    for (span, entries) in recording.spans.iter_mut().zip(entries_of) {
        // Python says which spans are polled, and reports no drops.
        if span.kind == Kind::Future {
            continue;
        }
        let still_inside = entries.iter().any(|&entry| recording.entries[entry].to.is_none());
        match *entries {
            [] => {}
            [only] if span.closed.is_some() || still_inside => recording.entries[only].reason = Reason::Call,
            [.., last] => {
                span.kind = Kind::Future;
                if span.closed.is_some() {
                    recording.entries[last].reason = Reason::Drop;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Event;

    fn log(threads: &[&str], events: impl IntoIterator<Item = (u64, usize, EventKind)>) -> EventLog {
        let events = events.into_iter().map(|(at, thread, what)| Event { at, thread, what }).collect();
        let threads = threads.iter().map(|&name| name.to_owned()).collect();
        EventLog { process: 1, threads, events, ..EventLog::default() }
    }

    fn opened(span: u64, parent: Option<u64>, name: &str) -> EventKind {
        EventKind::Opened { span, parent, name: name.to_owned(), future: false }
    }

    fn reasons(recording: &Recording) -> Vec<Reason> {
        recording.entries.iter().map(|entry| entry.reason).collect()
    }

    #[test]
    fn a_span_entered_once_was_a_call() {
        let call = [
            (10, 0, opened(1, None, "slow")),
            (11, 0, EventKind::Entered { span: 1 }),
            (20, 0, EventKind::Left { span: 1 }),
            (20, 0, EventKind::Closed { span: 1 }),
        ];
        let events = assemble(vec![log(&["main"], call)], 10);
        assert_eq!(reasons(&events), [Reason::Call]);
        assert_eq!(events.spans[0].kind, Kind::Call);
        assert_eq!((events.entries[0].from, events.entries[0].to, events.spans[0].closed), (1, Some(10), Some(10)));
    }

    #[test]
    fn the_last_entry_of_a_future_was_its_drop() {
        let future = [
            (1, 0, opened(1, None, "spin")),
            (1, 0, EventKind::Entered { span: 1 }),
            (2, 0, EventKind::Left { span: 1 }),
            (5, 1, EventKind::Entered { span: 1 }),
            (6, 1, EventKind::Left { span: 1 }),
            (8, 0, EventKind::Entered { span: 1 }),
            (9, 0, EventKind::Left { span: 1 }),
            (9, 0, EventKind::Closed { span: 1 }),
        ];
        let events = assemble(vec![log(&["main", "worker"], future.clone())], 0);
        assert_eq!(reasons(&events), [Reason::Poll, Reason::Poll, Reason::Drop]);
        assert_eq!(events.entries.iter().map(|entry| entry.thread).collect::<Vec<_>>(), [0, 1, 0]);

        let left_behind = assemble(vec![log(&["main", "worker"], future.into_iter().take(3))], 0);
        assert_eq!(reasons(&left_behind), [Reason::Poll]);
        assert_eq!(left_behind.spans[0].kind, Kind::Future);
    }

    #[test]
    fn a_call_that_never_returned_is_still_a_call() {
        let call = [(1, 0, opened(1, None, "slow")), (1, 0, EventKind::Entered { span: 1 })];
        let events = assemble(vec![log(&["main"], call)], 0);
        assert_eq!(reasons(&events), [Reason::Call]);
        assert_eq!(events.entries[0].to, None);
    }

    #[test]
    fn who_woke_whom_is_who_was_being_polled() {
        let said =
            |message: &str, task| EventKind::Scheduled(Step { message: message.into(), task, ..Step::default() });
        let events = [
            (1, 0, said("polling", Some(1))),
            (2, 0, said("woken", Some(2))),
            (3, 1, said("woken", Some(3))),
            (4, 0, said("waits", Some(1))),
            (5, 0, said("woken", Some(1))),
        ];
        let by = |step: &Step| (step.message.clone(), step.task, step.by);
        let steps = assemble(vec![log(&["main", "other"], events)], 0).scheduling;
        let woken: Vec<_> = steps.iter().map(by).filter(|(what, ..)| what == "woken").collect();
        let expected = [(2, Some(1)), (3, None), (1, None)].map(|(task, by)| ("woken".to_owned(), Some(task), by));
        assert_eq!(woken, expected);
    }

    #[test]
    fn spans_and_threads_of_two_processes_stay_apart() {
        let parent = [(1, 0, opened(1, None, "supervisor")), (2, 0, EventKind::Entered { span: 1 })];
        let child = [
            (3, 0, opened(1, None, "spin")),
            (3, 0, EventKind::Entered { span: 1 }),
            (4, 0, EventKind::Frame { span: Some(1), text: "|".into() }),
            (5, 0, opened(2, Some(1), "inner")),
        ];
        let events = assemble(vec![log(&["main"], parent), log(&["main"], child)], 0);
        assert_eq!(events.threads.iter().map(|thread| thread.process).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(events.frames[0].span, Some(1));
        assert_eq!(events.frames[0].thread, Some(1));
        assert_eq!(events.spans[2].parent, Some(1));
        assert_eq!(events.spans[1].parent, None);
    }
}
