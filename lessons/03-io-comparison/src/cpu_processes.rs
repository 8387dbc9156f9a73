//! A prime check in a process of its own, beside tokio with one thread.
//!
//! The same program as `cpu-blocks`, but a child process computes: this executable once
//! more, with the number in its environment. It prints its answer, and tokio awaits
//! that like anything else that comes through a pipe. Another pipe goes the other way
//! and carries nothing. It closes when the parent is gone, whatever ended it, and the
//! child ends then: its answer is no longer wanted. On the timeline: a lane for the
//! parent, and one for the child.
//!
//!     cargo run -p lesson-03 -- cpu-processes --timeline

use std::{
    env, io,
    panic::resume_unwind,
    process::{self, Stdio},
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tokio::{process::Command, task, time::sleep};
use tracing::instrument;

use crate::{
    prime::{in_words, is_prime},
    settings::NUMBER,
};

/// Set for the child: the number to check.
const CHILD: &str = "LESSON_03_CHECK";

pub fn main() -> Result<(), String> {
    if let Some(number) = env::var(CHILD).ok().and_then(|number| number.parse().ok()) {
        child(number); // (1) It needs no runtime.
        return Ok(());
    }
    parent()
}

#[tokio::main(flavor = "current_thread")]
async fn parent() -> Result<(), String> {
    let number = NUMBER.value();
    let answer = supervisor(number).await.map_err(|error| format!("{error}; run it again"))?;
    println!("Answer: {}", in_words(answer));
    Ok(())
}

#[instrument]
async fn supervisor(number: u64) -> io::Result<bool> {
    let spinner = task::spawn(spin("thinking!"));
    println!("spinner object: {spinner:?}, in process {}", process::id());
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
async fn slow(number: u64) -> io::Result<bool> {
    sleep(Duration::from_millis(350)).await;
    let answer = in_a_process(number).await?;
    sleep(Duration::from_millis(350)).await;
    Ok(answer)
}

/// Starts a child for the check, and waits for what it prints.
#[instrument]
async fn in_a_process(number: u64) -> io::Result<bool> {
    let mut child = Command::new(env::current_exe()?)
        .arg("cpu-processes")
        .env(CHILD, number.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true) // (2) If this task were cancelled.
        .spawn()?;
    // (3) Or else it would be closed before the child is waited for.
    let _open_while_we_live = child.stdin.take();
    let output = child.wait_with_output().await?;
    match String::from_utf8_lossy(&output.stdout).trim().parse() {
        Ok(answer) if output.status.success() => Ok(answer),
        _ => Err(io::Error::other(format!("the process that computes gave no answer: {}", output.status))),
    }
}

/// The child's whole program.
fn child(number: u64) {
    thread::spawn(|| {
        // (4) The parent never writes. If there is an end to read, the parent has gone.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(1);
    });
    println!("{}", check(number));
}

/// Computes, and waits for nothing.
#[instrument]
fn check(number: u64) -> bool {
    is_prime(number)
}
