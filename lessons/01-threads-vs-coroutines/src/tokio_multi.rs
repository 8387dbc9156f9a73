//! The spinner as a task, on tokio with worker threads.
//!
//! The same source as `tokio`, but for the flavour (1) and for what may be printed
//! first. The runtime starts two worker threads, and either of them may poll the
//! spinner, a different one after each `.await`. So a task must be `Send`:
//! `task::spawn` accepts no future that keeps an `Rc` or a lock's guard across an
//! `.await`. The main thread polls `supervisor` and `slow` itself, since they are not
//! spawned. On the timeline: a lane for main, and one for each worker that polled.
//!
//!     cargo run -p lesson-01 -- tokio-multi --timeline

use std::{io, panic::resume_unwind, time::Duration};

use lesson_kit::StatusLine;
use tokio::{task, time::sleep};
use tracing::instrument;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)] // (1) By default, a worker for each CPU.
pub async fn main() {
    let answer = supervisor().await;
    println!("Answer: {answer}");
}

#[instrument]
async fn supervisor() -> u32 {
    // The spinner starts at once, on another thread. Its first frame has to wait until our first line is out.
    let first_word = io::stdout().lock();
    let spinner = task::spawn(spin("thinking!")); // (2) A worker may poll it at once.
    println!("spinner object: {spinner:?}");
    drop(first_word);
    let answer = slow().await; // (3) Hands main's thread back; the workers go on beside it.
    spinner.abort(); // (4) Only asks. A worker drops the spinner when it next gets to it.
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
        sleep(Duration::from_millis(100)).await; // (5) Where it is cancelled: it is dropped, and never polled again.
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
async fn slow() -> u32 {
    sleep(Duration::from_millis(3_050)).await;
    42
}
