//! A prime check on all cores, with rayon beside tokio with one thread.
//!
//! The other ways out give the check one thread, so that it takes no less time than before. rayon has a pool with a
//! thread for each core, and cuts the work into pieces that its threads take from each other. One candidate has nothing
//! to do with the next, so here that is one line. A channel brings the answer back to tokio, as in `cpu-threads`. You
//! will see the spinner turn, for a part of the time. On the timeline: a lane for the task, and one for each of rayon's
//! threads.
//!
//!     cargo run -p lesson-03 -- cpu-rayon --timeline

use std::{
    panic::{catch_unwind, resume_unwind},
    time::Duration,
};

use lesson_kit::StatusLine;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tokio::{sync::oneshot, task, time::sleep};
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
    let answer = on_all_cores(number).await;
    sleep(Duration::from_millis(350)).await;
    answer
}

/// Hands the check to rayon, and waits for its answer.
#[instrument]
async fn on_all_cores(number: u64) -> bool {
    let (sender, answer) = oneshot::channel();
    // (1) Not `install`, which would block us until it is done.
    rayon::spawn(move || {
        // A panic goes the same way as an answer: rayon ends the process for one that nobody catches.
        let _ = sender.send(catch_unwind(|| check(number)));
    });
    match answer.await.expect("rayon runs what it is given") {
        Err(panic) => resume_unwind(panic),
        Ok(answer) => answer,
    }
}

/// So many numbers are a piece of work, and every other one is tried. It is even, so that each piece begins with an odd
/// number.
const PORTION: u64 = 2_000_000;

/// Computes, on this thread and on the others of its pool.
#[instrument]
fn check(number: u64) -> bool {
    if number < 3 || number % 2 == 0 {
        return number == 2;
    }
    let root = number.isqrt();
    // (2) `any` stops everywhere as soon as it has found one.
    !(0..=root / PORTION).into_par_iter().any(|portion| {
        let first = 3 + portion * PORTION;
        has_divisor(number, first..=root.min(first + PORTION - 1))
    })
}
