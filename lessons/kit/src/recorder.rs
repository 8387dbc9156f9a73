//! Listens to `tracing` while a variant runs, and notes who ran on which thread and when.

use std::{
    collections::HashMap,
    process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};

use tracing::{
    Event as TracingEvent, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id},
    subscriber::{self, DefaultGuard},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::{LookupSpan, SpanRef},
};

use crate::{
    clock,
    event_log::{Event, EventLog, What},
};

/// The target of the events that a status line sends, one a frame.
pub(crate) const FRAME: &str = "lesson_kit::frame";

/// Notes every span that is opened, entered, left and closed, and every frame that a status line shows.
///
/// `#[tracing::instrument]` makes the spans. On an async function the span is entered at every poll and left when the
/// future hands the thread back, and entered once more when the future is dropped.
///
/// A clone notes into the same log.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    log: EventLog,
    threads: HashMap<ThreadId, usize>,
    spans: u64,
}

impl Recorder {
    /// Records what happens on this thread until the guard is dropped.
    ///
    /// This is how a unit test sees the frames of a variant's `supervisor`.
    #[must_use]
    pub fn on_this_thread(&self) -> DefaultGuard {
        subscriber::set_default(Registry::default().with(self.clone()))
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
        let set = subscriber::set_global_default(Registry::default().with(self.clone()));
        set.expect("the kit is the only one to set a subscriber for the whole process");
    }

    /// Takes what has been noted so far.
    pub(crate) fn take(&self) -> EventLog {
        let state = std::mem::take(&mut *self.lock());
        EventLog { process: process::id(), ..state.log }
    }

    fn note(&self, what: impl FnOnce(&mut State) -> What) {
        let mut state = self.lock();
        // Read under the lock, so that the log is in the order of its times.
        let at = clock::now();
        let current = thread::current();
        let next = state.log.threads.len();
        let thread = *state.threads.entry(current.id()).or_insert(next);
        if thread == next {
            state.log.threads.push(current.name().unwrap_or("unnamed").to_owned());
        }
        let what = what(&mut state);
        state.log.events.push(Event { at, thread, what });
    }

    /// A thread that panicked while it noted something leaves the log whole: the event is pushed last.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a span in the log. `tracing`'s own ids are used again after a span closes.
struct Number(u64);

fn number<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<u64> {
    span.extensions().get::<Number>().map(|number| number.0)
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let parent = span.parent().as_ref().and_then(number);
        let name = attributes.metadata().name().to_owned();
        self.note(|state| {
            state.spans += 1;
            span.extensions_mut().insert(Number(state.spans));
            What::Opened { span: state.spans, parent, name, future: false }
        });
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id).as_ref().and_then(number) {
            self.note(|_| What::Entered { span });
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id).as_ref().and_then(number) {
            self.note(|_| What::Left { span });
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id).as_ref().and_then(number) {
            self.note(|_| What::Closed { span });
        }
    }

    fn on_event(&self, event: &TracingEvent<'_>, context: Context<'_, S>) {
        if event.metadata().target() == FRAME {
            let mut text = Text::default();
            event.record(&mut text);
            let span = context.event_span(event).as_ref().and_then(number);
            self.note(|_| What::Frame { span, text: text.0 });
        }
    }

    /// Libraries trace their own affairs at finer levels than the variants do.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StatusLine;

    #[test]
    fn notes_frames_within_their_span() {
        let recorder = Recorder::default();
        let recording = recorder.on_this_thread();
        tracing::info_span!("spin").in_scope(|| StatusLine::new().show("| thinking!"));
        drop(recording);
        StatusLine::new().show("unheard");
        let whats: Vec<_> = recorder.take().events.into_iter().map(|event| event.what).collect();
        assert_eq!(
            whats,
            [
                What::Opened { span: 1, parent: None, name: "spin".into(), future: false },
                What::Entered { span: 1 },
                What::Frame { span: Some(1), text: "| thinking!".into() },
                What::Left { span: 1 },
                What::Closed { span: 1 },
            ]
        );
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
