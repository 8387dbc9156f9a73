//! Somebody who listens to what the loop says of itself. A program with such a listener has one test: `tracing` asks
//! once for each place in the source whether anybody listens, and tests beside it would have it told that nobody does.

use std::fmt::{self, Write};

use event_loop::observe;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber,
};

/// Runs `program`, and has `hear` hear every event of the loop: its message, and then its fields.
pub fn listen<T>(hear: impl Fn(&str) + Send + Sync + 'static, program: impl FnOnce() -> T) -> T {
    subscriber::with_default(Listener(hear), program)
}

struct Listener<F>(F);

/// `message` first, then the fields.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => write!(self.fields, " {name}={value:?}").expect("a String takes every write"),
        }
    }
}

impl<F: Fn(&str) + 'static> Subscriber for Listener<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == observe::TARGET
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        (self.0)(&(line.message + &line.fields));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
