//! A prime check inside a task, on tokio with one thread: the spinner freezes.
//!
//! `slow` waits for a question, as it would for a network, then computes the answer,
//! and then waits until the answer is sent. While it waits, the spinner turns. While it
//! computes, it keeps the thread, since there is no `.await` in a loop that divides.
//! You will see the spinner turn, stand still for seconds, and turn again. On the
//! timeline: one lane, and one wide bar with no frame above it.
//!
//!     cargo run -p lesson-03 -- cpu-blocks --timeline

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

/// Waits for the question, computes, and waits until the answer is sent.
#[instrument]
async fn slow(number: u64) -> bool {
    sleep(Duration::from_millis(350)).await; // (1) The spinner turns.
    let answer = check(number); // (2) A call like any other: the thread is in it until it returns.
    sleep(Duration::from_millis(350)).await; // (3) Only here does the spinner's turn come again.
    answer
}

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
