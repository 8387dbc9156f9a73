//! A wake that comes when the loop has found nothing to do, and is about to fall asleep.
//!
//! The loop says so just before. A listener that calls a waker then is in time, on any machine. A program of its own, as
//! `observed.rs` is.

#![cfg(not(event_loop_loom))]

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

use event_loop::{EventLoop, net::TcpListener, observe, timeout};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber,
};

/// Whom to call when the loop is idle.
#[derive(Clone, Default)]
struct OnIdle(Arc<Mutex<Option<Waker>>>);

struct IsIdle(bool);

impl Visit for IsIdle {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 |= field.name() == "message" && format!("{value:?}") == "idle";
    }
}

impl Subscriber for OnIdle {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == observe::TARGET
    }

    fn event(&self, event: &Event<'_>) {
        let mut is_idle = IsIdle(false);
        event.record(&mut is_idle);
        if is_idle.0 {
            let waker = self.0.lock().expect("no waker panics").take();
            waker.into_iter().for_each(Waker::wake);
        }
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
fn a_wake_in_the_last_moment_counts() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let on_idle = OnIdle::default();
    subscriber::with_default(on_idle.clone(), || {
        for with_a_socket in [false, true] {
            let began = Instant::now();
            EventLoop::new().block_on(async {
                let listener =
                    with_a_socket.then(|| TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("there is a free port"));
                let mut polls = 0;
                let woken = poll_fn(|cx| {
                    polls += 1;
                    *on_idle.0.lock().expect("no waker panics") = Some(cx.waker().clone());
                    if polls > 100 { Poll::Ready(()) } else { Poll::Pending }
                });
                timeout(PATIENCE, woken).await.expect("every wake counts");
                drop(listener);
            });
            assert!(began.elapsed() < PATIENCE, "the loop slept until the timer, with a socket: {with_a_socket}");
        }
    });
}
