//! The spinner as a task, on smol with one thread.
//!
//! One OS thread polls everything here. An executor is a value, this one stays on its thread, and `run` polls its tasks
//! while it waits for `supervisor`. A second thread, smol's own, watches the timers and wakes ours; it polls nothing.
//! On the timeline: one lane, and thin bars, the spinner's every 100 ms. `supervisor` and `slow` have as many: whenever
//! the thread wakes, `run` asks them too.
//!
//!     cargo run -p lesson-01 -- smol --timeline

use std::time::Duration;

use lesson_kit::StatusLine;
use smol::{LocalExecutor, Timer};
use tracing::instrument;

pub fn main() {
    let executor = LocalExecutor::new(); // (1) A value, so its tasks can't outlive it.
    let answer = smol::block_on(executor.run(supervisor(&executor)));
    println!("Answer: {answer}");
}

#[instrument(skip_all)]
async fn supervisor(executor: &LocalExecutor<'_>) -> u32 {
    let spinner = executor.spawn(spin("thinking!")); // (2) Queued. It is polled for the first time at (3).
    println!("spinner object: {spinner:?}");
    let answer = slow().await; // (3) Hands the thread back, to the spinner among others.
    // (4) Asks, and waits until it is gone and its line erased. If it has panicked, the panic goes on here.
    spinner.cancel().await;
    answer
}

/// Draws a frame, waits a tick, for ever: only cancelling ends it, and dropping `line` erases what it drew.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        Timer::after(Duration::from_millis(100)).await; // (5) Where it is cancelled: dropped, and never polled again.
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
async fn slow() -> u32 {
    Timer::after(Duration::from_millis(3_050)).await;
    42
}
