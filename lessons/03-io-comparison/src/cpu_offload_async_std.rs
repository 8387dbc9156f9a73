//! A prime check on a thread for blocking calls, on async-std.
//!
//! The same as `cpu-offload-tokio`, with the same name for it: `spawn_blocking`. The threads are those of the crate
//! `blocking`, which smol calls `unblock`. But async-std has workers, and polls the spinner on one of them, so that the
//! main thread could compute too without freezing it. What would freeze it is a task that computes, on the spinner's
//! worker. On the timeline: a lane for main, one for each worker that polled, and one with the check.
//!
//!     cargo run -p lesson-03 -- cpu-offload-async-std --timeline

use std::{io, time::Duration};

use async_std::task::{self, sleep, spawn_blocking};
use lesson_kit::StatusLine;
use tracing::instrument;

use crate::{
    prime::{in_words, is_prime},
    settings::NUMBER,
};

pub fn main() {
    let number = NUMBER.value();
    let answer = task::block_on(supervisor(number));
    println!("Answer: {}", in_words(answer));
}

#[instrument]
async fn supervisor(number: u64) -> bool {
    // The spinner starts at once, on another thread. Its first frame has to wait until our first line is out.
    let first_word = io::stdout().lock();
    let spinner = task::spawn(spin("thinking!"));
    println!("spinner object: {spinner:?}");
    drop(first_word);
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
        sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for the question, computes, and waits until the answer is sent.
#[instrument]
async fn slow(number: u64) -> bool {
    sleep(Duration::from_millis(350)).await;
    // (1) If it panics, the panic goes on here.
    let answer = spawn_blocking(move || check(number)).await;
    sleep(Duration::from_millis(350)).await;
    answer
}

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
