//! The spinner as a task, on smol with one thread.
//!
//! One OS thread runs everything here: an executor is a value, this one stays on its thread, and `run` polls its tasks while
//! it waits for `supervisor`. A thread of smol's own watches the timers, and wakes ours; it polls no task. On the
//! timeline: one lane, and thin bars, the spinner's every 100 ms.
//!
//!     cargo run -p lesson-01 -- smol --timeline

use std::time::Duration;

use lesson_kit::StatusLine;
use smol::{LocalExecutor, Timer};
use tracing::instrument;

pub fn main() {
    let executor = LocalExecutor::new(); // (1)
    let answer = smol::block_on(executor.run(supervisor(&executor)));
    println!("Answer: {answer}");
}

#[instrument(skip_all)]
async fn supervisor(executor: &LocalExecutor<'_>) -> u32 {
    let spinner = executor.spawn(spin("thinking!")); // (2)
    println!("spinner object: {spinner:?}");
    let answer = slow().await; // (3)
    spinner.cancel().await; // (4)
    answer
}

/// Draws a frame, waits a tick, for ever: only cancelling ends it, and dropping `line` erases what it drew.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        Timer::after(Duration::from_millis(100)).await; // (5)
    }
}

/// Pretends to wait for I/O.
#[instrument]
async fn slow() -> u32 {
    Timer::after(Duration::from_secs(3)).await;
    42
}
