#![doc = include_str!("../recording-format.md")]

use std::{collections::HashMap, fmt, time::Duration};

use nanoserde::SerJson;

use crate::{
    command_line,
    event_log::{EventLog, What},
};

/// The version of the format.
pub const VERSION: u32 = 1;

/// One run of a variant. Its JSON is what the [module](self) describes; names that differ there say their unit.
#[derive(Debug, Clone, PartialEq, SerJson)]
pub struct Recording {
    /// Always `lesson-recording`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The lesson's package.
    pub lesson: String,
    /// The variant's name.
    pub variant: String,
    /// What ran it.
    pub runtime: Runtime,
    /// The compiler that built the lesson, as `rustc --version` prints it, and whether it optimised.
    pub rustc: String,
    /// The operating system that it ran on.
    pub os: String,
    /// The architecture that it ran on.
    pub arch: String,
    /// How many CPUs it could use.
    #[nserde(serialize_none_as_null)]
    pub cpus: Option<usize>,
    /// When it ran, in seconds since 1970.
    pub recorded: u64,
    /// How it ended.
    pub exit: Exit,
    /// The operating system's account of it.
    pub measured: Measured,
    /// When there was first something that it has no room for; `None` if it has the whole run.
    #[nserde(serialize_none_as_null)]
    pub complete_until: Option<u64>,
    /// The threads that took part.
    pub threads: Vec<Thread>,
    /// The calls and futures.
    pub spans: Vec<Span>,
    /// When a thread was inside a span.
    pub entries: Vec<Entry>,
    /// What status lines showed.
    pub frames: Vec<Frame>,
    /// What the program measured.
    pub results: Vec<Measurement>,
    /// What the program found out.
    pub outcomes: Vec<Outcome>,
    /// What our own event loop did.
    pub scheduling: Vec<Scheduled>,
    /// What the program wrote.
    pub output: Vec<Output>,
}

/// What ran a variant.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
pub struct Runtime {
    /// Its name, with its flavour where there is a choice.
    pub name: String,
    /// The version of the crate, compiler or interpreter.
    pub version: String,
}

impl fmt::Display for Runtime {
    /// The name and the version, and whose version it is where the name does not say so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, version } = self;
        match name.as_str() {
            "std" | "from-scratch" => write!(f, "{name}, Rust {version}"),
            _ => write!(f, "{name} {version}"),
        }
    }
}

/// How a run ended: one of the two is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson)]
pub struct Exit {
    /// With this exit code.
    pub code: Option<i32>,
    /// By this signal.
    pub signal: Option<i32>,
}

impl Exit {
    /// An end with an exit code.
    #[must_use]
    pub fn code(code: i32) -> Self {
        Self { code: Some(code), signal: None }
    }

    /// An end by a signal.
    #[must_use]
    pub fn signal(signal: i32) -> Self {
        Self { code: None, signal: Some(signal) }
    }

    /// Whether the program says that it was not asked for properly.
    #[must_use]
    pub(crate) fn is_wrong_usage(self) -> bool {
        self.code == Some(command_line::WRONG.into())
    }

    /// Whether the program says that all went well.
    #[must_use]
    pub fn success(self) -> bool {
        self.code == Some(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(f, "exit code {code}"),
            (None, Some(signal)) => write!(f, "signal {signal}"),
            (None, None) => f.write_str("no exit code"),
        }
    }
}

/// The operating system's account of a run. `None` where the platform gives no figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, SerJson)]
#[nserde(serialize_none_as_null)]
pub struct Measured {
    /// From the start of the first process to its end, in nanoseconds.
    #[nserde(rename = "elapsed_ns")]
    pub elapsed: u64,
    /// CPU time of all processes, in nanoseconds.
    #[nserde(rename = "cpu_ns")]
    pub cpu: Option<u64>,
    /// The highest resident sets of all processes, added up, in bytes.
    #[nserde(rename = "peak_memory_bytes")]
    pub peak_memory: Option<u64>,
    /// The most threads seen at once.
    pub peak_threads: Option<u64>,
}

/// An operating system thread.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
pub struct Thread {
    /// Which process of the run it belongs to, counted from 0.
    pub process: usize,
    /// Its name, or `unnamed`.
    pub name: String,
}

/// Whether a span ran once, or was polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson)]
pub enum Kind {
    /// A function that ran from top to bottom.
    #[nserde(rename = "call")]
    Call,
    /// A future, or another language's coroutine.
    #[nserde(rename = "future")]
    Future,
}

/// A call or a future. Times are in nanoseconds since the run began.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
#[nserde(serialize_none_as_null)]
pub struct Span {
    /// The function's name.
    pub name: String,
    /// The span inside which it was opened.
    pub parent: Option<usize>,
    /// Whether it ran once, or was polled.
    pub kind: Kind,
    /// When it began.
    pub opened: u64,
    /// When it returned or was dropped; `None` if the run ended first.
    pub closed: Option<u64>,
}

/// Why a thread was inside a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson)]
pub enum Why {
    /// The function ran.
    #[nserde(rename = "call")]
    Call,
    /// The future was polled.
    #[nserde(rename = "poll")]
    Poll,
    /// The future was dropped.
    #[nserde(rename = "drop")]
    Drop,
}

/// A stretch of time for which a thread was inside a span, in nanoseconds since the run began.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
#[nserde(serialize_none_as_null)]
pub struct Entry {
    /// Which span.
    pub span: usize,
    /// Which thread.
    pub thread: usize,
    /// When it went in.
    pub from: u64,
    /// When it came out; `None` if the run ended first.
    pub to: Option<u64>,
    /// What it did there.
    pub why: Why,
}

/// A frame that a status line showed.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
#[nserde(serialize_none_as_null)]
pub struct Frame {
    /// When, in nanoseconds since the run began.
    pub at: u64,
    /// On which thread, if the program said so.
    pub thread: Option<usize>,
    /// Inside which span, if the program said so.
    pub span: Option<usize>,
    /// What it showed.
    pub text: String,
}

/// A figure that the program measured.
#[derive(Debug, Clone, PartialEq, SerJson)]
pub struct Measurement {
    /// What was measured.
    pub row: String,
    /// What of it.
    pub column: String,
    /// The figure.
    pub value: f64,
    /// Its unit, empty for a count.
    pub unit: String,
}

/// Something that the program found out and that is no figure.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
pub struct Outcome {
    /// What it is about.
    pub row: String,
    /// What of it.
    pub column: String,
    /// What was found, in a word or a few.
    pub words: String,
}

/// A step of our own event loop, as it said so itself.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
#[nserde(serialize_none_as_null)]
pub struct Scheduled {
    /// When, in nanoseconds since the run began.
    pub at: u64,
    /// On which thread.
    pub thread: usize,
    /// What it did, in the words of the crate `event-loop`.
    pub what: String,
    /// The number of the task that this is about.
    pub task: Option<u64>,
    /// The number of the task that was being polled on this thread meanwhile, and so did it.
    pub by: Option<u64>,
    /// How many tasks were in the queue.
    pub ready: Option<u64>,
    /// How many alarms were set.
    pub timers: Option<u64>,
    /// How many tasks there were.
    pub tasks: Option<u64>,
}

/// A piece of the program's output.
#[derive(Debug, Clone, PartialEq, Eq, SerJson)]
pub struct Output {
    /// When it came out, in nanoseconds since the run began.
    pub at: u64,
    /// What it was.
    pub text: String,
}

/// The part of a recording that event logs give.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Events {
    pub(crate) threads: Vec<Thread>,
    pub(crate) spans: Vec<Span>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) results: Vec<Measurement>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) scheduling: Vec<Scheduled>,
}

/// Puts the logs of a run that began at `began` together, that of its first process first, and works out what each entry
/// into a span was.
pub(crate) fn assemble(logs: &[EventLog], began: u64) -> Events {
    let mut in_order: Vec<_> = logs
        .iter()
        .enumerate()
        .flat_map(|(process, log)| log.events.iter().map(move |event| (process, event)))
        .collect();
    in_order.sort_by_key(|(_, event)| event.at);

    let mut events = Events::default();
    // Each process numbers its own threads and spans; these are their places among all.
    let mut threads = HashMap::new();
    let mut spans = HashMap::new();
    // The task that each thread is polling.
    let mut polling = HashMap::new();
    for (process, event) in in_order {
        let at = event.at.saturating_sub(began);
        let thread = *threads.entry((process, event.thread)).or_insert_with(|| {
            events.threads.push(Thread { process, name: logs[process].threads[event.thread].clone() });
            events.threads.len() - 1
        });
        let place = |span: u64| spans.get(&(process, span)).copied();
        match &event.what {
            What::Opened { span, parent, name, future } => {
                let parent = parent.and_then(place);
                let kind = if *future { Kind::Future } else { Kind::Call };
                spans.insert((process, *span), events.spans.len());
                events.spans.push(Span { name: name.clone(), parent, kind, opened: at, closed: None });
            }
            What::Entered { span } => {
                let Some(span) = place(*span) else { continue };
                events.entries.push(Entry { span, thread, from: at, to: None, why: Why::Poll });
            }
            What::Left { span } => {
                let Some(span) = place(*span) else { continue };
                let is_left = |entry: &&mut Entry| (entry.span, entry.thread, entry.to) == (span, thread, None);
                if let Some(entry) = events.entries.iter_mut().rfind(is_left) {
                    entry.to = Some(at);
                }
            }
            What::Closed { span } => {
                let Some(span) = place(*span) else { continue };
                events.spans[span].closed = Some(at);
            }
            What::Frame { span, text } => {
                let span = span.and_then(place);
                events.frames.push(Frame { at, thread: Some(thread), span, text: text.clone() });
            }
            What::Result { row, column, value, unit } => {
                let (row, column, unit) = (row.clone(), column.clone(), unit.clone());
                events.results.push(Measurement { row, column, value: *value, unit });
            }
            What::Outcome { row, column, words } => {
                let (row, column, words) = (row.clone(), column.clone(), words.clone());
                events.outcomes.push(Outcome { row, column, words });
            }
            What::Scheduled { what, task, ready, timers, tasks } => {
                let ends = matches!(what.as_str(), "waits" | "finished" | "panicked");
                if ends {
                    polling.remove(&thread);
                }
                let by = polling.get(&thread).copied();
                if what == "polling" {
                    task.map(|task| polling.insert(thread, task));
                }
                let (what, task, ready, timers, tasks) = (what.clone(), *task, *ready, *timers, *tasks);
                events.scheduling.push(Scheduled { at, thread, what, task, by, ready, timers, tasks });
            }
        }
    }
    tell_calls_from_futures(&mut events);
    events
}

/// `tracing` reports a call, a poll and a drop in the same way. What tells them apart is how often a span is entered:
///
/// - a function's span is entered once, and closed when it is left;
/// - a future's span is entered at each poll, and once more when the future is dropped, even if it was polled only
///   once.
///
/// So a span that is entered once and closed was a call, and the last entry of any other closed span was a drop. A span
/// that never closed was not dropped: if it was left, it was a future that stayed behind.
fn tell_calls_from_futures(events: &mut Events) {
    let mut entries_of = vec![Vec::new(); events.spans.len()];
    for (place, entry) in events.entries.iter().enumerate() {
        entries_of[entry.span].push(place);
    }
    for (span, entries) in events.spans.iter_mut().zip(entries_of) {
        // Python says which spans are polled, and reports no drops.
        if span.kind == Kind::Future {
            continue;
        }
        let still_inside = entries.iter().any(|&entry| events.entries[entry].to.is_none());
        match *entries {
            [] => {}
            [only] if span.closed.is_some() || still_inside => events.entries[only].why = Why::Call,
            [.., last] => {
                span.kind = Kind::Future;
                if span.closed.is_some() {
                    events.entries[last].why = Why::Drop;
                }
            }
        }
    }
}

impl Recording {
    /// An empty recording of this lesson's build, on this machine.
    pub(crate) fn here() -> Self {
        Self {
            format: "lesson-recording".to_owned(),
            version: VERSION,
            lesson: String::new(),
            variant: String::new(),
            runtime: Runtime { name: String::new(), version: String::new() },
            rustc: format!(
                "{}{}",
                env!("LESSON_KIT_RUSTC"),
                if cfg!(debug_assertions) { "" } else { " with optimisation" }
            ),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpus: std::thread::available_parallelism().ok().map(Into::into),
            recorded: 0,
            exit: Exit::code(0),
            measured: Measured::default(),
            complete_until: None,
            threads: Vec::new(),
            spans: Vec::new(),
            entries: Vec::new(),
            frames: Vec::new(),
            results: Vec::new(),
            outcomes: Vec::new(),
            scheduling: Vec::new(),
            output: Vec::new(),
        }
    }

    /// A sentence for a person if the recording has not the whole run.
    pub(crate) fn cut_notice(&self) -> Option<String> {
        let seconds = Duration::from_nanos(self.complete_until?).as_secs_f64();
        let variant = &self.variant;
        Some(format!(
            "{variant} does more than a recording holds: after {seconds:.2} s, much of what began is left out"
        ))
    }

    /// The longest time between two frames in nanoseconds; `None` if fewer than two were shown.
    #[must_use]
    pub fn longest_gap(&self) -> Option<u64> {
        self.frames.windows(2).map(|pair| pair[1].at - pair[0].at).max()
    }

    /// From the return of the slow function to the end of the spinner, in nanoseconds: from the last entry of the first
    /// span named `slow` to the close of the first span named `spin`. `None` if the run has no such pair, or the
    /// spinner ended first.
    #[must_use]
    pub fn stop_latency(&self) -> Option<u64> {
        let slow = self.spans.iter().position(|span| span.name == "slow")?;
        if self.complete_until.is_some() && self.spans[slow].closed.is_none() {
            return None; // Its last entry may be left out.
        }
        let spin = self.spans.iter().find(|span| span.name == "spin")?;
        let ran = |entry: &&Entry| entry.span == slow && entry.why != Why::Drop;
        let returned = self.entries.iter().rfind(ran)?.to?;
        spin.closed?.checked_sub(returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Event;

    fn log(threads: &[&str], events: impl IntoIterator<Item = (u64, usize, What)>) -> EventLog {
        let events = events.into_iter().map(|(at, thread, what)| Event { at, thread, what }).collect();
        let threads = threads.iter().map(|&name| name.to_owned()).collect();
        EventLog { process: 1, threads, events, ..EventLog::default() }
    }

    fn opened(span: u64, parent: Option<u64>, name: &str) -> What {
        What::Opened { span, parent, name: name.to_owned(), future: false }
    }

    fn whys(events: &Events) -> Vec<Why> {
        events.entries.iter().map(|entry| entry.why).collect()
    }

    #[test]
    fn a_span_entered_once_was_a_call() {
        let call = [
            (10, 0, opened(1, None, "slow")),
            (11, 0, What::Entered { span: 1 }),
            (20, 0, What::Left { span: 1 }),
            (20, 0, What::Closed { span: 1 }),
        ];
        let events = assemble(&[log(&["main"], call)], 10);
        assert_eq!(whys(&events), [Why::Call]);
        assert_eq!(events.spans[0].kind, Kind::Call);
        assert_eq!((events.entries[0].from, events.entries[0].to, events.spans[0].closed), (1, Some(10), Some(10)));
    }

    #[test]
    fn the_last_entry_of_a_future_was_its_drop() {
        let future = [
            (1, 0, opened(1, None, "spin")),
            (1, 0, What::Entered { span: 1 }),
            (2, 0, What::Left { span: 1 }),
            (5, 1, What::Entered { span: 1 }),
            (6, 1, What::Left { span: 1 }),
            (8, 0, What::Entered { span: 1 }),
            (9, 0, What::Left { span: 1 }),
            (9, 0, What::Closed { span: 1 }),
        ];
        let events = assemble(&[log(&["main", "worker"], future.clone())], 0);
        assert_eq!(whys(&events), [Why::Poll, Why::Poll, Why::Drop]);
        assert_eq!(events.entries.iter().map(|entry| entry.thread).collect::<Vec<_>>(), [0, 1, 0]);

        let left_behind = assemble(&[log(&["main", "worker"], future.into_iter().take(3))], 0);
        assert_eq!(whys(&left_behind), [Why::Poll]);
        assert_eq!(left_behind.spans[0].kind, Kind::Future);
    }

    #[test]
    fn a_call_that_never_returned_is_still_a_call() {
        let call = [(1, 0, opened(1, None, "slow")), (1, 0, What::Entered { span: 1 })];
        let events = assemble(&[log(&["main"], call)], 0);
        assert_eq!(whys(&events), [Why::Call]);
        assert_eq!(events.entries[0].to, None);
    }

    #[test]
    fn who_woke_whom_is_who_was_being_polled() {
        let said =
            |what: &str, task| What::Scheduled { what: what.into(), task, ready: None, timers: None, tasks: None };
        let events = [
            (1, 0, said("polling", Some(1))),
            (2, 0, said("woken", Some(2))),
            (3, 1, said("woken", Some(3))),
            (4, 0, said("waits", Some(1))),
            (5, 0, said("woken", Some(1))),
        ];
        let by = |step: &Scheduled| (step.what.clone(), step.task, step.by);
        let steps = assemble(&[log(&["main", "other"], events)], 0).scheduling;
        let woken: Vec<_> = steps.iter().map(by).filter(|(what, ..)| what == "woken").collect();
        let expected = [(2, Some(1)), (3, None), (1, None)].map(|(task, by)| ("woken".to_owned(), Some(task), by));
        assert_eq!(woken, expected);
    }

    #[test]
    fn spans_and_threads_of_two_processes_stay_apart() {
        let parent = [(1, 0, opened(1, None, "supervisor")), (2, 0, What::Entered { span: 1 })];
        let child = [
            (3, 0, opened(1, None, "spin")),
            (3, 0, What::Entered { span: 1 }),
            (4, 0, What::Frame { span: Some(1), text: "|".into() }),
            (5, 0, opened(2, Some(1), "inner")),
        ];
        let events = assemble(&[log(&["main"], parent), log(&["main"], child)], 0);
        assert_eq!(events.threads.iter().map(|thread| thread.process).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(events.frames[0].span, Some(1));
        assert_eq!(events.frames[0].thread, Some(1));
        assert_eq!(events.spans[2].parent, Some(1));
        assert_eq!(events.spans[1].parent, None);
    }
}
