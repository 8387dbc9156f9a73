//! The spinner on a thread of its own, stopped by a flag. This is the first program of the notes that the
//! lessons retell.
//!
//! Two OS threads. The main thread sleeps in the slow function, and the operating system runs the spinner's thread
//! beside it. Nothing can end that thread from outside: the spinner looks at a flag after each nap, and ends itself. So
//! it ends at the end of a nap, however soon the flag was set. On the timeline: two lanes, each filled by a call that
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
    // The spinner starts at once, on another thread. Its first frame has to wait until our first line is out.
    let first_word = io::stdout().lock();
    let spinner = thread::spawn({
        let go = Arc::clone(&go);
        move || spin("thinking!", &go) // (2) Moved in: a thread may outlive its starter.
    });
    println!("spinner object: {spinner:?}");
    drop(first_word);
    let answer = slow(); // (3) Sleeps on this thread. The spinner has one of its own.
    go.store(false, Relaxed); // (4) Only asks. The spinner looks when its nap is over.
    // Waits until it has ended. If it has panicked, the panic goes on here, and is not reported twice.
    if let Err(panic) = spinner.join() {
        resume_unwind(panic);
    }
    answer
}

/// Draws a frame, naps for a tick, and looks whether to go on. Dropping `line` erases what it drew.
#[instrument(skip(go))]
fn spin(message: &str, go: &AtomicBool) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        // (5) A nap that nothing cuts short.
        thread::sleep(Duration::from_millis(100));
        if !go.load(Relaxed) {
            break;
        }
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
fn slow() -> u32 {
    thread::sleep(Duration::from_millis(3_050));
    42
}

#[cfg(test)]
mod stop_latency;
