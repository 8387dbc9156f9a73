//! A background task beside real work, on tokio with one thread.
//!
//! The work reads six numbers from a socket, with a pause before each, and adds them
//! up. Beside it the spinner turns, as a task. Such a task must end when the work does,
//! however that ends: with the sum, with an error that `?` hands on, or because
//! `supervisor` is cancelled. A plain `JoinHandle` would let it run on in the last two
//! cases. So it is in a handle that aborts its task when it is dropped. On the
//! timeline: one lane, with a poll of `work` for each number.
//!
//!     cargo run -p lesson-04 -- background-tokio --timeline
//!     NUMBERS="2 3 five" cargo run -p lesson-04 -- background-tokio

use std::{io, net::SocketAddr, panic::resume_unwind, time::Duration};

use lesson_kit::StatusLine;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    task,
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;
use tracing::instrument;

use crate::peer;

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> io::Result<()> {
    let answer = supervisor(peer::start()?).await?;
    println!("Answer: {answer}");
    Ok(())
}

#[instrument(skip_all)]
async fn supervisor(address: SocketAddr) -> io::Result<u64> {
    let spinner = AbortOnDropHandle::new(task::spawn(spin("thinking!"))); // (1) Nobody forgets it on the way out.
    let answer = work(address).await?; // (2) An error leaves here, and drops the handle.
    spinner.abort(); // (3) Only asks.
    // (4) Waits until the line is erased. If the spinner has panicked, the panic goes on here.
    match spinner.await {
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        _cancelled => Ok(answer),
    }
}

/// Draws a frame, waits a tick, for ever.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Adds up the numbers that the peer sends.
#[instrument(skip_all)]
async fn work(address: SocketAddr) -> io::Result<u64> {
    let mut lines = BufReader::new(TcpStream::connect(address).await?).lines();
    let mut sum = 0;
    while let Some(line) = lines.next_line().await? {
        sum += peer::number(&line)?;
    }
    Ok(sum)
}

#[cfg(test)]
mod cancelled;
