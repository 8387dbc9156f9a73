//! The spinner as a task, on async-std.
//!
//! async-std is discontinued since March 2025 (RUSTSEC-2025-0052), and its authors point to smol. It is here because
//! much code still runs on it, and `smol` beside it shows how short the way is. Its runtime is one for the whole
//! process: it starts with the first task, on a thread for each CPU, and any of them may poll the spinner. The main
//! thread polls `supervisor` and `slow`, in `block_on`. One more thread watches the timers. On the timeline: a lane for
//! main, and one for each runtime thread that polled.
//!
//!     cargo run -p lesson-01 -- async-std --timeline

use std::{io, time::Duration};

use async_std::task::{self, sleep};
use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = task::block_on(supervisor()); // (1) Polls this future here, on main.
    println!("Answer: {answer}");
}

#[instrument]
async fn supervisor() -> u32 {
    // The spinner starts at once, on another thread. Its first frame has to wait until our first line is out.
    let first_word = io::stdout().lock();
    let spinner = task::spawn(spin("thinking!")); // (2) A runtime thread may poll it at once.
    println!("spinner object: {spinner:?}");
    drop(first_word);
    let answer = slow().await; // (3) Hands main's thread back; the runtime's go on beside it.
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
        sleep(Duration::from_millis(100)).await; // (5) Where it is cancelled: it is dropped, and never polled again.
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
async fn slow() -> u32 {
    sleep(Duration::from_millis(3_050)).await;
    42
}
