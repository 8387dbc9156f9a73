//! The spinner as a child process, which lives as long as the pipe from its parent.
//!
//! Two processes, and all that these two share is the terminal and a pipe. The parent
//! starts the same executable again, and an environment variable tells the child which
//! of the two it is. The pipe carries the message, and then nothing: the child spins
//! until the pipe closes. That happens when the parent drops its end, and also when the
//! parent dies, whatever it dies of, because the operating system closes the files of
//! the dead. So there is no orphan, not even after `kill -9`. On the timeline: a lane
//! for the parent, and one for the child.
//!
//!     cargo run -p lesson-01 -- processes --timeline

use std::{
    convert::Infallible,
    env,
    io::{self, Write},
    process::{self, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

/// Set for the child.
const CHILD: &str = "LESSON_01_SPINNER";

pub fn main() -> io::Result<()> {
    if env::var_os(CHILD).is_some() {
        return child(); // (1) The same executable, started by (2).
    }
    let answer = supervisor()?;
    println!("Answer: {answer}");
    Ok(())
}

#[instrument]
fn supervisor() -> io::Result<u32> {
    // (2) With a pipe for its standard input.
    let mut spinner =
        Command::new(env::current_exe()?).arg("processes").env(CHILD, "yes").stdin(Stdio::piped()).spawn()?;
    println!("spinner object: Child {{ id: {}, parent: {} }}", spinner.id(), process::id());
    let mut pipe = spinner.stdin.take().expect("stdin was asked for as a pipe");
    writeln!(pipe, "thinking!")?; // (3) Until it has this line the child draws nothing.
    let answer = slow();
    drop(pipe); // (4) The child reads the end of its input.
    let status = spinner.wait()?; // (5) Without it the dead child would stay in the process table.
    if !status.success() {
        return Err(io::Error::other(format!("the spinner's process failed: {status}")));
    }
    Ok(answer)
}

/// The child's whole program: reads the message, and spins until there can be no more to read.
fn child() -> io::Result<()> {
    let mut message = String::new();
    io::stdin().read_line(&mut message)?;
    let (open, closed) = mpsc::channel();
    thread::spawn(move || {
        // (6) Reading blocks, and so does spinning: the pipe needs a thread of its own.
        let end = io::copy(&mut io::stdin(), &mut io::sink());
        drop(open);
        end
    });
    spin(message.trim_end(), &closed);
    Ok(())
}

/// Draws a frame, and waits a tick for the other end to go away. Dropping `line` erases what it drew.
#[instrument(skip(closed))]
fn spin(message: &str, closed: &Receiver<Infallible>) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        if closed.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Disconnected) {
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
