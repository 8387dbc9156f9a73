//! A process that is stopped and goes on, as with Ctrl-Z and `fg`: the system ends the loop's wait with "interrupted".
//!
//! A program of its own, since it stops with all that it does.

#![cfg(all(unix, not(event_loop_loom)))]

use std::{
    future::poll_fn,
    process::Command,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use event_loop::{EventLoop, net::TcpListener, timeout};

/// Stops its parent, and lets it go on.
const STOP_AND_GO_ON: &str = "sleep 0.2; kill -STOP $PPID; sleep 0.2; kill -CONT $PPID";

#[test]
fn the_loop_waits_on() {
    const PATIENCE: Duration = Duration::from_secs(60);
    for with_a_socket in [false, true] {
        let began = Instant::now();
        EventLoop::new().block_on(async {
            let _listener =
                with_a_socket.then(|| TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("there is a free port"));
            let mut shell = None;
            let goes_on = poll_fn(|cx| match shell.take() {
                None => {
                    let waker = cx.waker().clone();
                    shell = Some(thread::spawn(move || {
                        let ended = Command::new("sh").args(["-c", STOP_AND_GO_ON]).status();
                        waker.wake();
                        ended
                    }));
                    Poll::Pending
                }
                Some(shell) => Poll::Ready(shell.join().expect("it does not panic")),
            });
            let ended = timeout(PATIENCE, goes_on).await.expect("the shell ends");
            assert!(ended.is_ok_and(|status| status.success()), "every Unix has a shell");
        });
        assert!(began.elapsed() < PATIENCE, "the loop slept until the timer, with a socket: {with_a_socket}");
    }
}
