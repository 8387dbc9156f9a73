//! A background thread beside real work.
//!
//! The work reads six numbers from a socket, with a pause before each, and adds them
//! up. Beside it the spinner turns, on a thread. It must end when the work does,
//! however that ends: with the sum, with an error that `?` hands on, or with a panic. A
//! scope sees to that: it joins its threads on every way out. But it only waits, and
//! the stop has to come from elsewhere. That is the end of a channel, which is dropped
//! on every way out too. On the timeline: a lane for each thread.
//!
//!     cargo run -p lesson-04 -- background-threads --timeline
//!     NUMBERS="2 3 five" cargo run -p lesson-04 -- background-threads

use std::{
    convert::Infallible,
    io::{self, BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

use crate::peer;

pub fn main() -> io::Result<()> {
    let answer = supervisor(peer::start()?)?;
    println!("Answer: {answer}");
    Ok(())
}

#[instrument(skip_all)]
fn supervisor(address: SocketAddr) -> io::Result<u64> {
    thread::scope(|scope| {
        let (_go, stopped) = mpsc::channel(); // (1) `_go` is dropped when this closure is left, whichever way.
        scope.spawn(move || spin("thinking!", &stopped));
        work(address) // (2) An error leaves here like a sum.
    }) // (3) Waits until the line is erased. If the spinner has panicked, the scope panics too.
}

/// Draws a frame, and waits a tick for the other end to go away.
#[instrument(skip(stopped))]
fn spin(message: &str, stopped: &Receiver<Infallible>) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        if stopped.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Disconnected) {
            break;
        }
    }
}

/// Adds up the numbers that the peer sends.
#[instrument(skip_all)]
fn work(address: SocketAddr) -> io::Result<u64> {
    let lines = BufReader::new(TcpStream::connect(address)?).lines();
    let mut sum = 0;
    for line in lines {
        sum += peer::number(&line?)?;
    }
    Ok(sum)
}
