//! A prime check on a thread for blocking calls, on tokio.
//!
//! The same program as `cpu-blocks` but for one line: `spawn_blocking` runs the check on a thread of a pool that tokio
//! keeps for calls that take long, and gives a handle to await. Our thread is free meanwhile, and the spinner turns. On
//! the timeline: two lanes, one with the check, and one with thin bars.
//!
//! The pool is made for calls that sleep. It grows up to 512 threads, far more than there are processors, so whoever
//! starts many such checks at once needs a limit, or a pool that is made for computing: see `cpu-rayon`.
//!
//!     cargo run -p lesson-03 -- cpu-offload-tokio --timeline

use std::{panic::resume_unwind, time::Duration};

use lesson_kit::StatusLine;
use tokio::{task, time::sleep};
use tracing::instrument;

use crate::{
    prime::{in_words, is_prime},
    settings::NUMBER,
};

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    let number = NUMBER.value();
    let answer = supervisor(number).await;
    println!("Answer: {}", in_words(answer));
}

#[instrument]
async fn supervisor(number: u64) -> bool {
    let spinner = task::spawn(spin("thinking!"));
    println!("spinner object: {spinner:?}");
    let answer = slow(number).await;
    spinner.abort();
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
        sleep(Duration::from_millis(100)).await;
    }
}

// ANCHOR: slow
/// Waits for the question, computes, and waits until the answer is sent.
#[instrument]
async fn slow(number: u64) -> bool {
    sleep(Duration::from_millis(350)).await;
    // (1) If it panics, the panic goes on here.
    let answer = match task::spawn_blocking(move || check(number)).await {
        Err(error) => resume_unwind(error.into_panic()),
        Ok(answer) => answer, // (2) Meanwhile the thread was ours to give.
    };
    sleep(Duration::from_millis(350)).await;
    answer
}
// ANCHOR_END: slow

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
