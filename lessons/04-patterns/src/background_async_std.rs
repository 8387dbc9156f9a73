//! Something in the background of real work, on async-std.
//!
//! The work reads six numbers from a socket, with a pause before each, and adds them
//! up. Beside it the spinner turns. It must end when the work does, however that ends:
//! with the sum, with an error, or because `supervisor` is cancelled. A task of
//! async-std's runs on when its handle is dropped, and a destructor can't await its
//! `cancel()`. So the spinner is no task here but the other half of the same future,
//! and is dropped with it. That has a price: both take turns on one thread, so work
//! that blocks would freeze the spinner. On the timeline: one lane, main's.
//!
//!     cargo run -p lesson-04 -- background-async-std --timeline
//!     NUMBERS="2 3 five" cargo run -p lesson-04 -- background-async-std

use std::{convert::Infallible, io, net::SocketAddr, time::Duration};

use async_std::{
    io::{BufReader, prelude::BufReadExt},
    net::TcpStream,
    stream::StreamExt,
    task::{self, sleep},
};
use futures_lite::future;
use lesson_kit::StatusLine;
use tracing::instrument;

use crate::peer;

pub fn main() -> io::Result<()> {
    let answer = task::block_on(supervisor(peer::start()?))?;
    println!("Answer: {answer}");
    Ok(())
}

#[instrument(skip_all)]
async fn supervisor(address: SocketAddr) -> io::Result<u64> {
    let spinner = async { match spin("thinking!").await {} }; // (1) It never ends, so it has the type of any result.
    future::or(work(address), spinner).await // (2) Polls both, and drops both as soon as the work has ended.
}

/// Draws a frame, waits a tick, for ever.
#[instrument]
async fn spin(message: &str) -> Infallible {
    let mut line = StatusLine::new();
    loop {
        for frame in ['|', '/', '-', '\\'] {
            line.show(format_args!("{frame} {message}"));
            sleep(Duration::from_millis(100)).await;
        }
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
