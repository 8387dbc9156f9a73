//! The spinner as a task, on tokio with one thread.
//!
//! One OS thread. The spinner and the slow function take turns on it: each hands the thread back at its `.await`, and
//! the runtime polls whichever is ready next. On the timeline: one lane, and thin bars, the spinner's every 100 ms.
//!
//!     cargo run -p lesson-01 -- tokio --timeline

use std::{panic::resume_unwind, time::Duration};

use lesson_kit::StatusLine;
use tokio::{task, time::sleep};
use tracing::instrument;

#[tokio::main(flavor = "current_thread")] // (1) Blocks on this future, and has no thread but ours.
pub async fn main() {
    let answer = supervisor().await;
    println!("Answer: {answer}");
}

#[instrument]
async fn supervisor() -> u32 {
    let spinner = task::spawn(spin("thinking!")); // (2) Queued. It is polled for the first time at (3).
    println!("spinner object: {spinner:?}");
    let answer = slow().await; // (3) Hands the thread back, to the spinner among others.
    spinner.abort(); // (4) Only asks. The runtime drops the spinner when it next gets to it.
    // Waits until it is gone and its line erased. If it has panicked, the panic goes on here.
    match spinner.await {
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        _cancelled => answer,
    }
}

/// Draws a frame, waits a tick, for ever: only cancelling ends it, and dropping `line` erases what it drew.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        sleep(Duration::from_millis(100)).await; // (5) Where it is cancelled: it is dropped, and never polled again.
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
async fn slow() -> u32 {
    sleep(Duration::from_millis(3_050)).await;
    42
}

#[cfg(test)]
mod virtual_time;
