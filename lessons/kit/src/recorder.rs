//! Listens to `tracing` while a variant runs, and notes who ran on which thread and when.
//!
//! This is a `tracing` subscriber of its own rather than a layer on one from `tracing-subscriber`: it is hardly longer,
//! it numbers spans once and for all where the registry uses its ids again, and every learner is spared a few crates.

use std::{
    collections::HashMap,
    process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use tracing::{
    Event as TracingEvent, Level, Metadata, Subscriber, dispatcher,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::{self, DefaultGuard},
};

use lesson_data::recording::{Measurement, Outcome, Step};

use crate::{
    accounting, clock,
    event_log::{Bounds, Event, EventKind, EventLog},
};

/// The target of the events in which an event loop of ours says what it does: that of the crate `event-loop`, which
/// documents them.
const SCHEDULING: &str = "event_loop";

/// Notes every span that is opened, entered, left and closed, every frame that a status line shows, every cell of a
/// table of results, and all that our own event loop says.
///
/// `#[tracing::instrument]` makes the spans. On an async function the span is entered at every poll and left when the
/// future hands the thread back, and entered once more when the future is dropped.
///
/// A clone notes into the same log.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    state: Arc<Mutex<State>>,
}

/// Ends the recording of a thread when dropped.
#[derive(Debug)]
pub struct Listening {
    // In this order: the next thread has its turn when nobody listens any more.
    _subscriber: DefaultGuard,
    _turn: MutexGuard<'static, ()>,
}

#[derive(Debug, Default)]
struct State {
    log: EventLog,
    threads: HashMap<ThreadId, usize>,
    /// The spans that each of the threads is inside of, as far as has been noted, the innermost last.
    inside: Vec<Vec<u64>>,
    /// The spans that are still open.
    open: HashMap<u64, OpenSpan>,
    /// How many spans have been opened.
    spans: u64,
    bounds: Bounds,
    /// When the first event was noted.
    began: Option<u64>,
    /// How many events have been noted, of those that are bounded together.
    noted: usize,
    /// How many frames have been noted.
    frames: usize,
}

#[derive(Debug)]
struct OpenSpan {
    /// How many handles there are to it.
    handles: usize,
    /// The log has every entry into it.
    is_complete: bool,
}

impl Recorder {
    /// Records what happens on this thread until the guard is dropped. In a process one thread at a time can do so;
    /// others wait for their turn.
    ///
    /// This is how a unit test sees the frames of a variant's `supervisor`. Every test that calls an instrumented function
    /// should record it, even if it has no use for that: `tracing` asks once for each place in the source whether anybody
    /// listens, and an answer that is given while another thread begins to listen can be wrong for good.
    #[must_use]
    pub fn on_this_thread(&self) -> Listening {
        static TURN: Mutex<()> = Mutex::new(());

        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Listening { _subscriber: subscriber::set_default(self.clone()), _turn: turn }
    }

    /// The frames that status lines have shown so far, in order.
    #[must_use]
    pub fn frames(&self) -> Vec<String> {
        let frame = |event: &Event| match &event.what {
            EventKind::Frame { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.lock().log.events.iter().filter_map(frame).collect()
    }

    /// Records what happens on every thread of this process from here on.
    pub(crate) fn everywhere(&self) {
        let set = subscriber::set_global_default(self.clone());
        set.expect("the kit is the only one to set a subscriber for the whole process");
    }

    /// What records this thread, if anything does.
    pub(crate) fn current() -> Option<Self> {
        dispatcher::get_default(|subscriber| subscriber.downcast_ref::<Self>().cloned())
    }

    /// Notes that a status line shows `text`.
    pub(crate) fn frame(&self, text: &str) {
        let mut state = self.lock();
        if let Some(at) = state.room_for_frame() {
            let span = state.innermost();
            state.note(at, EventKind::Frame { span, text: text.to_owned() });
        }
    }

    /// Notes a cell of a table.
    pub(crate) fn result(&self, result: Measurement) {
        self.always(EventKind::Result(result));
    }

    /// Notes a cell of a table that holds words.
    pub(crate) fn outcome(&self, outcome: Outcome) {
        self.always(EventKind::Outcome(outcome));
    }

    /// Notes what there is always room for.
    fn always(&self, what: EventKind) {
        let mut state = self.lock();
        let at = state.now();
        state.note(at, what);
    }

    /// Takes what has been noted so far.
    pub(crate) fn take(&self) -> EventLog {
        let state = std::mem::take(&mut *self.lock());
        let cpu = clock::cpu_of_this_process().zip(clock::cpu_of_children()).map(|(own, children)| own + children);
        let (memory, threads_left) = accounting::of_this_process();
        EventLog { process: process::id(), cpu, memory, threads_left, ..state.log }
    }

    /// A thread that panicked while it noted something leaves the log whole: the event is pushed last.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Notes that `what` happened at the time `at` on this thread.
    fn note(&mut self, at: u64, what: EventKind) {
        let thread = self.this_thread();
        self.log.events.push(Event { at, thread, what });
    }

    /// The time. Read under the lock, so that the log is in the order of its times.
    fn now(&mut self) -> u64 {
        let now = clock::now();
        self.began.get_or_insert(now);
        now
    }

    /// The time, if there is room for what begins now: an entry, for one. What has been noted to begin is also noted to
    /// end, so that no bar is drawn too long.
    fn room(&mut self) -> Option<u64> {
        // First, since the clock is what would take long about something that is not noted.
        if self.log.complete_until.is_some() {
            return None;
        }
        let at = self.now();
        if self.noted == self.bounds.events || self.is_over(at) {
            self.log.complete_until = Some(at);
            return None;
        }
        self.noted += 1;
        Some(at)
    }

    /// The same for a frame. Frames are few, and a person looks at them even if the rest is too much.
    fn room_for_frame(&mut self) -> Option<u64> {
        let at = self.now();
        if self.frames == self.bounds.events || self.is_over(at) {
            self.log.complete_until.get_or_insert(at);
            return None;
        }
        self.frames += 1;
        Some(at)
    }

    fn is_over(&self, at: u64) -> bool {
        self.began.is_some_and(|began| at.saturating_sub(began) > self.bounds.time)
    }

    /// The innermost span that this thread is inside of.
    fn innermost(&mut self) -> Option<u64> {
        let thread = self.this_thread();
        self.inside[thread].last().copied()
    }

    /// The place of this thread among those that have noted something.
    fn this_thread(&mut self) -> usize {
        let current = thread::current();
        let next = self.log.threads.len();
        let thread = *self.threads.entry(current.id()).or_insert(next);
        if thread == next {
            self.log.threads.push(current.name().unwrap_or("unnamed").to_owned());
            self.inside.push(Vec::new());
        }
        thread
    }
}

impl Subscriber for Recorder {
    /// Libraries trace their own affairs at finer levels than the variants do.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO || metadata.target() == SCHEDULING
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut state = self.lock();
        state.spans += 1;
        let span = state.spans;
        let room = state.room();
        state.open.insert(span, OpenSpan { handles: 1, is_complete: room.is_some() });
        if let Some(at) = room {
            let parent =
                if attributes.is_contextual() { state.innermost() } else { attributes.parent().map(Id::into_u64) };
            let name = attributes.metadata().name().to_owned();
            state.note(at, EventKind::Opened { span, parent, name, future: false });
        }
        Id::from_u64(span)
    }

    fn enter(&self, id: &Id) {
        let span = id.into_u64();
        let mut state = self.lock();
        if let Some(at) = state.room() {
            let thread = state.this_thread();
            state.inside[thread].push(span);
            state.note(at, EventKind::Entered { span });
        } else if let Some(open) = state.open.get_mut(&span) {
            open.is_complete = false;
        }
    }

    fn exit(&self, id: &Id) {
        let span = id.into_u64();
        let mut state = self.lock();
        let thread = state.this_thread();
        let inside = &mut state.inside[thread];
        if let Some(place) = inside.iter().rposition(|&entered| entered == span) {
            inside.remove(place);
            let at = state.now();
            state.note(at, EventKind::Left { span });
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        if let Some(open) = self.lock().open.get_mut(&id.into_u64()) {
            open.handles += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let span = id.into_u64();
        let mut state = self.lock();
        let Some(open) = state.open.get_mut(&span) else { return false };
        open.handles -= 1;
        if open.handles > 0 {
            return false;
        }
        // Of a span with entries that are not noted, the last that is would pass for the last of all, its drop.
        if open.is_complete {
            let at = state.now();
            state.note(at, EventKind::Closed { span });
        }
        state.open.remove(&span);
        true
    }

    fn event(&self, event: &TracingEvent<'_>) {
        if event.metadata().target() != SCHEDULING {
            return;
        }
        let mut said = Said(Step::default());
        event.record(&mut said);
        let mut state = self.lock();
        if let Some(at) = state.room() {
            state.note(at, EventKind::Scheduled(said.0));
        }
    }

    /// Arguments of functions are not part of a recording.
    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
}

/// What an event loop says in an event.
struct Said(Step);

impl Visit for Said {
    fn record_u64(&mut self, field: &Field, value: u64) {
        let number = match field.name() {
            "task" => &mut self.0.task,
            "ready" => &mut self.0.ready,
            "timers" => &mut self.0.timers,
            "tasks" => &mut self.0.tasks,
            _ => return,
        };
        *number = Some(value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.message = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Results, StatusLine};
    use tracing::{Instrument, info_span};

    fn whats(recorder: &Recorder) -> Vec<EventKind> {
        recorder.take().events.into_iter().map(|event| event.what).collect()
    }

    #[test]
    fn notes_frames_within_their_span() {
        let recorder = Recorder::default();
        let recording = recorder.on_this_thread();
        info_span!("spin").in_scope(|| StatusLine::new().show("| thinking!"));
        drop(recording);
        StatusLine::new().show("unheard");
        let expected = [
            EventKind::Opened { span: 1, parent: None, name: "spin".into(), future: false },
            EventKind::Entered { span: 1 },
            EventKind::Frame { span: Some(1), text: "| thinking!".into() },
            EventKind::Left { span: 1 },
            EventKind::Closed { span: 1 },
        ];
        assert_eq!(whats(&recorder), expected);
    }

    #[test]
    fn notes_the_figures_that_there_are_as_they_are_printed() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        let columns = [Column::of("elapsed", "ms", 1), Column::count("frames")];
        Results::new("strategy", ["threads"], columns).row("threads", [Some(2.26), None]);
        let (row, column, unit) = ("threads".into(), "elapsed".into(), "ms".into());
        assert_eq!(whats(&recorder), [EventKind::Result(Measurement { row, column, value: 2.3, unit })]);
    }

    #[test]
    fn notes_words_with_the_names_of_their_row_and_column_and_no_empty_cell() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        let columns = [Column::words("dropped", 9), Column::words("panic", 3)];
        Results::new("handle of", ["smol"], columns).row("smol", [Some("cancelled"), None]);
        let (row, column, words) = ("smol".into(), "dropped".into(), "cancelled".into());
        assert_eq!(whats(&recorder), [EventKind::Outcome(Outcome { row, column, words })]);
    }

    #[test]
    fn notes_what_an_event_loop_says_and_nothing_else_as_fine() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        tracing::trace!(target: "event_loop", task = 7_u64, "woken");
        tracing::trace!(target: "event_loop", ready = 1_usize, timers = 2_usize, tasks = 3_usize, "turn");
        tracing::trace!("of no concern");
        tracing::debug!("nor this");
        let woken = Step { message: "woken".into(), task: Some(7), ..Step::default() };
        let (ready, timers, tasks) = (Some(1), Some(2), Some(3));
        let turn = Step { message: "turn".into(), ready, timers, tasks, ..Step::default() };
        assert_eq!(whats(&recorder), [woken, turn].map(EventKind::Scheduled));
    }

    /// The one fact about `tracing` on which the telling of polls from drops rests.
    #[test]
    fn an_instrumented_future_enters_its_span_once_more_when_dropped() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        let outer = info_span!("outer");
        let future = outer.in_scope(|| std::future::ready(()).instrument(info_span!("inner")));
        drop(future);
        let (outer, inner) = (1, 2);
        let expected = [
            EventKind::Opened { span: outer, parent: None, name: "outer".into(), future: false },
            EventKind::Entered { span: outer },
            EventKind::Opened { span: inner, parent: Some(outer), name: "inner".into(), future: false },
            EventKind::Left { span: outer },
            EventKind::Entered { span: inner },
            EventKind::Left { span: inner },
            EventKind::Closed { span: inner },
        ];
        assert_eq!(whats(&recorder), expected);
    }

    #[test]
    fn a_span_closes_with_its_last_handle() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        let span = info_span!("span");
        drop(span.clone());
        assert_eq!(recorder.lock().log.events.len(), 1);
        drop(span);
        assert_eq!(whats(&recorder).last(), Some(&EventKind::Closed { span: 1 }));
    }

    fn bounded(events: usize, time: u64) -> Recorder {
        let state = State { bounds: Bounds { events, time }, ..State::default() };
        Recorder { state: Arc::new(Mutex::new(state)) }
    }

    #[test]
    fn what_has_been_noted_to_begin_is_noted_to_end_and_nothing_else_is() {
        let recorder = bounded(4, u64::MAX);
        let recording = recorder.on_this_thread();
        let [outer, inner] = [info_span!("outer"), info_span!("inner")];
        outer.in_scope(|| {
            inner.in_scope(|| StatusLine::new().show("|"));
            inner.in_scope(|| StatusLine::new().show("/"));
            info_span!("other").in_scope(|| ());
        });
        drop((outer, inner, recording));
        let log = recorder.take();
        assert!(log.complete_until.is_some());
        let expected = [
            EventKind::Opened { span: 1, parent: None, name: "outer".into(), future: false },
            EventKind::Opened { span: 2, parent: None, name: "inner".into(), future: false },
            EventKind::Entered { span: 1 },
            EventKind::Entered { span: 2 },
            EventKind::Frame { span: Some(2), text: "|".into() },
            EventKind::Left { span: 2 },
            EventKind::Frame { span: Some(1), text: "/".into() },
            EventKind::Left { span: 1 },
            EventKind::Closed { span: 1 },
        ];
        assert_eq!(log.events.into_iter().map(|event| event.what).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nothing_is_noted_to_begin_when_its_time_is_over() {
        let recorder = bounded(usize::MAX, 0);
        let _recording = recorder.on_this_thread();
        info_span!("in time");
        thread::sleep(std::time::Duration::from_millis(1));
        info_span!("late").in_scope(|| StatusLine::new().show("|"));
        let log = recorder.take();
        assert!(log.complete_until.is_some());
        assert!(matches!(
            &log.events[..],
            [Event { what: EventKind::Opened { .. }, .. }, Event { what: EventKind::Closed { .. }, .. }]
        ));
    }

    #[test]
    fn tells_threads_apart() {
        let recorder = Recorder::default();
        let on_thread = |name: &str| {
            let recorder = recorder.clone();
            let body = move || {
                let _recording = recorder.on_this_thread();
                StatusLine::new().show("frame");
            };
            thread::Builder::new().name(name.into()).spawn(body).expect("there is room for a thread").join()
        };
        on_thread("first").expect("it does not panic");
        on_thread("second").expect("it does not panic");
        let log = recorder.take();
        assert_eq!(log.threads, ["first", "second"]);
        assert_eq!(log.events.iter().map(|event| event.thread).collect::<Vec<_>>(), [0, 1]);
    }
}
