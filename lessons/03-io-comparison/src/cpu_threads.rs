//! A prime check on a thread of our own, beside tokio with one thread.
//!
//! The same program as `cpu-blocks`, but the check runs on a thread that is started for it. A thread gives no handle
//! that can be awaited: `JoinHandle::join` would block. So it sends its answer through a channel with an end for each
//! world, and the task awaits that. This is what a pool does too, without the pool: no limit, and a start for each check.
//! On the timeline: two lanes, as for `cpu-offload-tokio`.
//!
//!     cargo run -p lesson-03 -- cpu-threads --timeline

use std::{panic::resume_unwind, thread, time::Duration};

use lesson_kit::StatusLine;
use tokio::{sync::oneshot, task, time::sleep};
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
    sleep(Duration::from_millis(350)).await;
    let answer = on_a_thread(number).await;
    sleep(Duration::from_millis(350)).await;
    answer
}

// ANCHOR: on_a_thread
/// Starts a thread for the check, and waits for what it says.
#[instrument]
async fn on_a_thread(number: u64) -> bool {
    let (sender, answer) = oneshot::channel(); // (1) Sending never waits, and receiving never blocks.
    let thread = thread::spawn(move || {
        // (2) Fails if nobody wants to know any more, and then nobody minds.
        let _ = sender.send(check(number));
    });
    match answer.await {
        Ok(answer) => answer,
        // (3) It ended without a word, so it has panicked. By now it is over, and joining it blocks for no time.
        Err(_no_answer) => match thread.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => unreachable!("it sends before it returns"),
        },
    }
}
// ANCHOR_END: on_a_thread

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
