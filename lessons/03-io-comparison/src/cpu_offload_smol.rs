//! A prime check on a thread for blocking calls, on smol with one thread.
//!
//! The same as `cpu-offload-tokio`. `unblock` runs a call on a thread of a pool that the crate `blocking` keeps for the
//! whole process, of up to 500 threads, and gives a task to await. If that task is dropped, the call runs on to its
//! end: a thread can't be cancelled. On the timeline: two lanes, one with the check, and one with thin bars.
//!
//!     cargo run -p lesson-03 -- cpu-offload-smol --timeline

use std::time::Duration;

use lesson_kit::StatusLine;
use smol::{LocalExecutor, Timer, unblock};
use tracing::instrument;

use crate::{
    prime::{in_words, is_prime},
    settings::NUMBER,
};

pub fn main() {
    let number = NUMBER.value();
    let executor = LocalExecutor::new();
    let answer = smol::block_on(executor.run(supervisor(&executor, number)));
    println!("Answer: {}", in_words(answer));
}

#[instrument(skip(executor))]
async fn supervisor(executor: &LocalExecutor<'_>, number: u64) -> bool {
    let spinner = executor.spawn(spin("thinking!"));
    println!("spinner object: {spinner:?}");
    let answer = slow(number).await;
    // Asks, and waits until it is gone and its line erased. If it has panicked, the panic goes on here.
    spinner.cancel().await;
    answer
}

/// Draws a frame, waits a tick, for ever: only cancelling ends it, and dropping `line` erases what it drew.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        Timer::after(Duration::from_millis(100)).await;
    }
}

/// Waits for the question, computes, and waits until the answer is sent.
#[instrument]
async fn slow(number: u64) -> bool {
    Timer::after(Duration::from_millis(350)).await;
    // (1) If it panics, the panic goes on here.
    let answer = unblock(move || check(number)).await;
    Timer::after(Duration::from_millis(350)).await;
    answer
}

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
