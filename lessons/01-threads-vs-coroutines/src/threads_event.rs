//! The spinner on a thread of its own, stopped by an event.
//!
//! The same two threads as in `threads`. The difference is where the spinner naps: it waits for a message, and gives up
//! after a tick. No message ever comes, but when the supervisor drops its end of the channel the wait is over at once,
//! in the middle of a nap. Python has `threading.Event.wait(.1)` for this. On the timeline: as `threads`, but
//! the spinner's lane ends with the slow function's.
//!
//!     cargo run -p lesson-01 -- threads-event --timeline

use std::{
    convert::Infallible,
    io,
    panic::resume_unwind,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = supervisor();
    println!("Answer: {answer}");
}

#[instrument]
fn supervisor() -> u32 {
    let (go, stopped) = mpsc::channel(); // (1) Carries no message: `Infallible` has no values.
    // The spinner starts at once, on another thread. Its first frame has to wait until our first line is out.
    let first_word = io::stdout().lock();
    let spinner = thread::spawn(move || spin("thinking!", &stopped)); // (2) Moved in: a thread may outlive its starter.
    println!("spinner object: {spinner:?}");
    drop(first_word);
    let answer = slow(); // (3) Sleeps on this thread. The spinner has one of its own.
    drop(go); // (4) Wakes the spinner, wherever it is in its nap.
    // Waits until it has ended. If it has panicked, the panic goes on here, and is not reported twice.
    if let Err(panic) = spinner.join() {
        resume_unwind(panic);
    }
    answer
}

/// Draws a frame, and waits a tick for the other end to go away. Dropping `line` erases what it drew.
#[instrument(skip(stopped))]
fn spin(message: &str, stopped: &Receiver<Infallible>) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        // (5) A nap that the other end can cut short.
        if stopped.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Disconnected) {
            break;
        }
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
fn slow() -> u32 {
    thread::sleep(Duration::from_millis(3_050));
    42
}

#[cfg(test)]
mod stop_latency;
