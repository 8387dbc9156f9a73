//! A background task beside real work, on smol with one thread.
//!
//! The work reads six numbers from a socket, with a pause before each, and adds them
//! up. Beside it the spinner turns, as a task. Such a task must end when the work does,
//! however that ends: with the sum, with an error that `?` hands on, or because
//! `supervisor` is cancelled. smol's task is made for this: dropping it cancels it. On
//! the timeline: one lane. Whenever the thread wakes, `run` asks `work` too.
//!
//!     cargo run -p lesson-04 -- background-smol --timeline
//!     NUMBERS="2 3 five" cargo run -p lesson-04 -- background-smol

use std::{io, net::SocketAddr, time::Duration};

use lesson_kit::StatusLine;
use smol::{
    LocalExecutor, Timer,
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    stream::StreamExt,
};
use tracing::instrument;

use crate::peer;

pub fn main() -> io::Result<()> {
    let executor = LocalExecutor::new();
    let answer = smol::block_on(executor.run(supervisor(&executor, peer::start()?)))?;
    println!("Answer: {answer}");
    Ok(())
}

#[instrument(skip_all)]
async fn supervisor(executor: &LocalExecutor<'_>, address: SocketAddr) -> io::Result<u64> {
    let spinner = executor.spawn(spin("thinking!")); // (1) Nobody forgets it on the way out.
    let answer = work(address).await?; // (2) An error leaves here, and drops the task.
    // (3) Asks, and waits until the line is erased. If the spinner has panicked, the panic goes on here.
    spinner.cancel().await;
    Ok(answer)
}

/// Draws a frame, waits a tick, for ever.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        Timer::after(Duration::from_millis(100)).await;
    }
}

/// Adds up the numbers that the peer sends.
#[instrument(skip_all)]
async fn work(address: SocketAddr) -> io::Result<u64> {
    let mut lines = BufReader::new(TcpStream::connect(address).await?).lines();
    let mut sum = 0;
    while let Some(line) = lines.next().await {
        sum += peer::number(&line?)?;
    }
    Ok(sum)
}

#[cfg(test)]
mod cancelled;
