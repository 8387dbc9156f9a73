//! What the loop tells a listener.
//!
//! A program of its own: `tracing` asks once for each place in the source whether anybody listens, and tests beside this
//! one would have it told that nobody does.

#![cfg(not(event_loop_loom))]

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use event_loop::{EventLoop, observe, sleep, spawn};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber,
};

/// Writes down every event of the loop.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

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

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == observe::TARGET
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().expect("no listener panics").push(line.message + &line.fields);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn the_whole_life_of_two_tasks() {
    let listener = Listener::default();
    // The main future is number 1 and the tasks come after it. The table counts only those.
    subscriber::with_default(listener.clone(), || {
        EventLoop::with_virtual_clock().block_on(async {
            let sleeper = spawn(sleep(Duration::from_secs(1)));
            let waits = spawn(std::future::pending::<()>());
            sleeper.await.expect("it ends");
            drop(waits.cancel().await);
        });
    });
    let expected = [
        "woken task=1",
        "turn ready=1 timers=0 tasks=0",
        "polling task=1",
        "spawned task=2",
        "woken task=2",
        "spawned task=3",
        "woken task=3",
        "waits task=1",
        "turn ready=2 timers=0 tasks=2",
        "polling task=2",
        "waits task=2",
        "polling task=3",
        "waits task=3",
        "idle timers=1 tasks=2",
        "woken task=2",
        "turn ready=1 timers=0 tasks=2",
        "polling task=2",
        "woken task=1",
        "finished task=2",
        "turn ready=1 timers=0 tasks=1",
        "polling task=1",
        "woken task=3",
        "waits task=1",
        "turn ready=1 timers=0 tasks=1",
        "cancelled task=3",
        "woken task=1",
        "turn ready=1 timers=0 tasks=0",
        "polling task=1",
        "finished task=1",
    ];
    assert_eq!(*listener.0.lock().expect("no listener panics"), expected);
}
