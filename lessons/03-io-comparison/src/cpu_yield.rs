//! A prime check that gives way now and then, on tokio with one thread.
//!
//! The same program as `cpu-blocks`, but the check is a coroutine: it tries a portion
//! of the divisors, hands the thread back, and goes on when its turn comes again. The
//! spinner turns, on one thread, and the check gets no faster. The author of the loop
//! has to know how long a portion takes, on machines that they have never seen. On the
//! timeline: one lane, full while the check goes on, with a frame every tick.
//!
//!     cargo run -p lesson-03 -- cpu-yield --timeline

use std::{panic::resume_unwind, time::Duration};

use lesson_kit::StatusLine;
use tokio::{
    task::{self, yield_now},
    time::sleep,
};
use tracing::instrument;

use crate::{
    prime::{has_divisor, in_words},
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
    sleep(Duration::from_millis(350)).await;
    let answer = check(number).await;
    sleep(Duration::from_millis(350)).await;
    answer
}

// ANCHOR: check
/// Between two turns of the spinner, at most so many numbers are looked at, and every other one is tried. It is even, so
/// that each portion begins with an odd number.
const PORTION: u64 = 2_000_000;

/// Computes, a portion at a time.
#[instrument]
async fn check(number: u64) -> bool {
    if number < 3 || number % 2 == 0 {
        return number == 2;
    }
    let root = number.isqrt();
    for portion in 0..=root / PORTION {
        let first = 3 + portion * PORTION;
        if has_divisor(number, first..=root.min(first + PORTION - 1)) {
            return false;
        }
        yield_now().await; // (1) Mostly behind the tasks that are ready.
    }
    true
}
// ANCHOR_END: check
