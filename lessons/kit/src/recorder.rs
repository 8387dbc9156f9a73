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
    Event as TracingEvent, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::{self, DefaultGuard},
};

use crate::{
    accounting, clock,
    event_log::{Event, EventLog, What},
};

/// The target of the events that a status line sends, one a frame.
pub(crate) const FRAME: &str = "lesson_kit::frame";

/// The target of the events that a table of results sends, one a figure.
pub(crate) const RESULT: &str = "lesson_kit::result";

/// The target of the events that a table of results sends, one for each cell with words.
pub(crate) const OUTCOME: &str = "lesson_kit::outcome";

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
    /// The spans that each of the threads is inside of, the innermost last.
    inside: Vec<Vec<u64>>,
    /// How many handles there are to each span that is still open.
    handles: HashMap<u64, usize>,
    /// How many spans have been opened.
    spans: u64,
}

impl Recorder {
    /// Records what happens on this thread until the guard is dropped. In a process one thread at a time can do so;
    /// others wait for their turn.
    ///
    /// This is how a unit test sees the frames of a variant's `supervisor`. Every test that draws frames should record
    /// them, even if it has no use for them: `tracing` asks once for each place in the source whether anybody listens,
    /// and an answer that is given while another thread begins to listen can be wrong for good.
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
            What::Frame { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.lock().log.events.iter().filter_map(frame).collect()
    }

    /// Records what happens on every thread of this process from here on.
    pub(crate) fn everywhere(&self) {
        let set = subscriber::set_global_default(self.clone());
        set.expect("the kit is the only one to set a subscriber for the whole process");
    }

    /// Takes what has been noted so far.
    pub(crate) fn take(&self) -> EventLog {
        let state = std::mem::take(&mut *self.lock());
        let cpu = clock::cpu_of_this_process().zip(clock::cpu_of_children()).map(|(own, children)| own + children);
        let (memory, threads_left) = accounting::of_this_process();
        EventLog { process: process::id(), cpu, memory, threads_left, ..state.log }
    }

    /// Notes what `what` says happens now, on this thread.
    fn note(&self, what: impl FnOnce(&mut State, usize) -> What) {
        let mut state = self.lock();
        // Read under the lock, so that the log is in the order of its times.
        let at = clock::now();
        let thread = state.this_thread();
        let what = what(&mut state, thread);
        state.log.events.push(Event { at, thread, what });
    }

    /// A thread that panicked while it noted something leaves the log whole: the event is pushed last.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
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
        let mut span = 0;
        self.note(|state, thread| {
            state.spans += 1;
            span = state.spans;
            state.handles.insert(span, 1);
            let parent = if attributes.is_contextual() {
                state.inside[thread].last().copied()
            } else {
                attributes.parent().map(Id::into_u64)
            };
            What::Opened { span, parent, name: attributes.metadata().name().to_owned(), future: false }
        });
        Id::from_u64(span)
    }

    fn enter(&self, id: &Id) {
        let span = id.into_u64();
        self.note(|state, thread| {
            state.inside[thread].push(span);
            What::Entered { span }
        });
    }

    fn exit(&self, id: &Id) {
        let span = id.into_u64();
        self.note(|state, thread| {
            let inside = &mut state.inside[thread];
            if let Some(place) = inside.iter().rposition(|&entered| entered == span) {
                inside.remove(place);
            }
            What::Left { span }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        *self.lock().handles.entry(id.into_u64()).or_insert(0) += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let span = id.into_u64();
        let mut state = self.lock();
        let Some(handles) = state.handles.get_mut(&span) else { return false };
        *handles -= 1;
        if *handles > 0 {
            return false;
        }
        state.handles.remove(&span);
        drop(state);
        self.note(|_, _| What::Closed { span });
        true
    }

    fn event(&self, event: &TracingEvent<'_>) {
        match event.metadata().target() {
            FRAME => {
                let mut text = Text::default();
                event.record(&mut text);
                self.note(|state, thread| What::Frame { span: state.inside[thread].last().copied(), text: text.0 });
            }
            RESULT => {
                let mut figure = Figure::default();
                event.record(&mut figure);
                let Figure { row, column, value, unit } = figure;
                self.note(|_, _| What::Result { row, column, value, unit });
            }
            OUTCOME => {
                let mut outcome = Outcome::default();
                event.record(&mut outcome);
                let Outcome { row, column, words } = outcome;
                self.note(|_, _| What::Outcome { row, column, words });
            }
            SCHEDULING => {
                let mut step = SchedulingStep::default();
                event.record(&mut step);
                let SchedulingStep { what, task, ready, timers, tasks } = step;
                self.note(|_, _| What::Scheduled { what, task, ready, timers, tasks });
            }
            _ => {}
        }
    }

    /// Arguments of functions are not part of a recording.
    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
}

/// Takes the text out of a frame's event.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, _field: &Field, value: &str) {
        value.clone_into(&mut self.0);
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

/// Takes the figure out of a result's event.
#[derive(Default)]
struct Figure {
    row: String,
    column: String,
    value: f64,
    unit: String,
}

impl Visit for Figure {
    fn record_f64(&mut self, _field: &Field, value: f64) {
        self.value = value;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "row" => &mut self.row,
            "column" => &mut self.column,
            _ => &mut self.unit,
        };
        value.clone_into(place);
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

/// Takes the words out of an outcome's event.
#[derive(Default)]
struct Outcome {
    row: String,
    column: String,
    words: String,
}

impl Visit for Outcome {
    fn record_str(&mut self, field: &Field, value: &str) {
        let place = match field.name() {
            "row" => &mut self.row,
            "column" => &mut self.column,
            _ => &mut self.words,
        };
        value.clone_into(place);
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn std::fmt::Debug) {}
}

/// Takes what an event loop says out of its event.
#[derive(Default)]
struct SchedulingStep {
    what: String,
    task: Option<u64>,
    ready: Option<u64>,
    timers: Option<u64>,
    tasks: Option<u64>,
}

impl Visit for SchedulingStep {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "task" => self.task = Some(value),
            "ready" => self.ready = Some(value),
            "timers" => self.timers = Some(value),
            "tasks" => self.tasks = Some(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.what = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Results, StatusLine};
    use tracing::{Instrument, info_span};

    fn whats(recorder: &Recorder) -> Vec<What> {
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
            What::Opened { span: 1, parent: None, name: "spin".into(), future: false },
            What::Entered { span: 1 },
            What::Frame { span: Some(1), text: "| thinking!".into() },
            What::Left { span: 1 },
            What::Closed { span: 1 },
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
        assert_eq!(whats(&recorder), [What::Result { row, column, value: 2.3, unit }]);
    }

    #[test]
    fn notes_words_with_the_names_of_their_row_and_column_and_no_empty_cell() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        let columns = [Column::words("dropped", 9), Column::words("panic", 3)];
        Results::new("handle of", ["smol"], columns).row("smol", [Some("cancelled"), None]);
        let (row, column, words) = ("smol".into(), "dropped".into(), "cancelled".into());
        assert_eq!(whats(&recorder), [What::Outcome { row, column, words }]);
    }

    #[test]
    fn notes_what_an_event_loop_says_and_nothing_else_as_fine() {
        let recorder = Recorder::default();
        let _recording = recorder.on_this_thread();
        tracing::trace!(target: "event_loop", task = 7_u64, "woken");
        tracing::trace!(target: "event_loop", ready = 1_usize, timers = 2_usize, tasks = 3_usize, "turn");
        tracing::trace!("of no concern");
        tracing::debug!("nor this");
        let woken = What::Scheduled { what: "woken".into(), task: Some(7), ready: None, timers: None, tasks: None };
        let turn = What::Scheduled { what: "turn".into(), task: None, ready: Some(1), timers: Some(2), tasks: Some(3) };
        assert_eq!(whats(&recorder), [woken, turn]);
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
            What::Opened { span: outer, parent: None, name: "outer".into(), future: false },
            What::Entered { span: outer },
            What::Opened { span: inner, parent: Some(outer), name: "inner".into(), future: false },
            What::Left { span: outer },
            What::Entered { span: inner },
            What::Left { span: inner },
            What::Closed { span: inner },
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
        assert_eq!(whats(&recorder).last(), Some(&What::Closed { span: 1 }));
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
