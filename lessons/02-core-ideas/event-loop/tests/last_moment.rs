//! A wake that comes when the loop has found nothing to do, and is about to fall asleep.
//!
//! The loop says so just before. A listener that calls a waker then is in time, on any machine.

#![cfg(not(event_loop_loom))]

mod listener;

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
    time::{Duration, Instant},
};

use event_loop::{EventLoop, net::TcpListener, timeout};

#[test]
fn a_wake_in_the_last_moment_counts() {
    const PATIENCE: Duration = Duration::from_secs(60);
    let on_idle = Arc::new(Mutex::new(None::<Waker>));
    let hear = {
        let on_idle = Arc::clone(&on_idle);
        move |line: &str| {
            if line.starts_with("idle") {
                let waker = on_idle.lock().expect("no waker panics").take();
                waker.into_iter().for_each(Waker::wake);
            }
        }
    };
    listener::listen(hear, || {
        for with_a_socket in [false, true] {
            let began = Instant::now();
            EventLoop::new().block_on(async {
                let listener =
                    with_a_socket.then(|| TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("there is a free port"));
                let mut polls = 0;
                let woken = poll_fn(|cx| {
                    polls += 1;
                    *on_idle.lock().expect("no waker panics") = Some(cx.waker().clone());
                    if polls > 100 { Poll::Ready(()) } else { Poll::Pending }
                });
                timeout(PATIENCE, woken).await.expect("every wake counts");
                drop(listener);
            });
            assert!(began.elapsed() < PATIENCE, "the loop slept until the timer, with a socket: {with_a_socket}");
        }
    });
}
