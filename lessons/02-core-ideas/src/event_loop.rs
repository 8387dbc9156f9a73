//! The spinner as a task, on the event loop of this lesson.
//!
//! One OS thread, and no other anywhere. The spinner and the slow function take turns
//! on it, as they do on tokio: each hands the thread back at its `.await`, and the loop
//! polls the tasks that were woken. What `run-queue` did with a thread for each nap,
//! timers do here. On the timeline: one lane and thin bars, the spinner's every 100 ms.
//! While the spinner turns, `supervisor` and `slow` are not polled in vain.
//!
//!     cargo run -p lesson-02 -- event-loop --timeline

use std::{panic::resume_unwind, time::Duration};

use event_loop::{EventLoop, JoinError, sleep, spawn};
use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let event_loop = EventLoop::new(); // (1) A value, so its tasks can't outlive it.
    let answer = event_loop.block_on(supervisor());
    println!("Answer: {answer}");
}

#[instrument]
async fn supervisor() -> u32 {
    let spinner = spawn(spin("thinking!")); // (2) Queued. It is polled for the first time at (3).
    println!("spinner object: {spinner:?}");
    let answer = slow().await; // (3) Hands the thread back, to the spinner among others.
    // (4) Asks, and waits until it is gone and its line erased. If it has panicked, the panic goes on here.
    match spinner.cancel().await {
        Err(JoinError::Panicked(panic)) => resume_unwind(panic.into_payload()),
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
