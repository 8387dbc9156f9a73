//! The spinner on a thread of its own, stopped by a flag. This is the notes' first program.
//!
//! Two OS threads. The main thread sleeps in the slow function, and the operating system runs the spinner's thread beside
//! it. Nothing can end that thread from outside: the spinner looks at a flag after each nap, and ends itself. So it
//! ends at the end of a nap, however soon the flag was set. On the timeline: two lanes, each filled by a call that
//! lasts the whole run.
//!
//!     cargo run -p lesson-01 -- threads --timeline

use std::{
    io,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = supervisor();
    println!("Answer: {answer}");
}

#[instrument]
fn supervisor() -> u32 {
    let go = Arc::new(AtomicBool::new(true)); // (1) The notes' `Signal.go`.
    let first_word = io::stdout().lock(); // (2) The spinner starts at once; its first frame waits for the next line.
    let spinner = thread::spawn({
        let go = Arc::clone(&go);
        move || spin("thinking!", &go) // (3) Moved in: a thread may outlive its starter.
    });
    println!("spinner object: {spinner:?}");
    drop(first_word);
    let answer = slow();
    go.store(false, Relaxed); // (4) Only asks. The spinner looks when its nap is over.
    if let Err(panic) = spinner.join() {
        resume_unwind(panic); // (5) The spinner's panic goes on here, and is not reported twice.
    }
    answer
}

/// Draws a frame, naps for a tick, and looks whether to go on. Dropping `line` erases what it drew.
#[instrument(skip(go))]
fn spin(message: &str, go: &AtomicBool) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        // (6) A nap that nothing cuts short.
        thread::sleep(Duration::from_millis(100));
        if !go.load(Relaxed) {
            break;
        }
    }
}

/// Pretends to wait for I/O.
#[instrument]
fn slow() -> u32 {
    thread::sleep(Duration::from_secs(3));
    42
}

#[cfg(test)]
mod stop_latency;
