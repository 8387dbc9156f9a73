//! A `select!` loop that loses what it reads, and three that don't.
//!
//! A peer sends six messages, each as a byte with its length and then its text. Our loop reads them, and in the same
//! `select!` it hears ticks. Whenever a tick comes first, the other branch is dropped. Every second message is on its way
//! in two halves then, and what the reader has of it is in the future that is dropped. You will see that from there on
//! nothing makes sense any more: the next byte is taken for a length. It needs no bad luck: the peer waits with the second
//! half until the tick was heard, so it is the same in every run. Then the same peer meets three loops that keep
//! what they have read: in a future that stays, in a task of its own, and in a buffer that belongs to the socket.
//!
//!     cargo run -p lesson-04 -- cancel-safety

use std::io::{self, ErrorKind};

use futures_util::StreamExt;
use lesson_kit::{Cell, Column, Results};
use tokio::{
    io::{AsyncReadExt, BufReader},
    select, spawn,
    sync::mpsc::{self, Receiver},
};
use tokio_util::{codec::LengthDelimitedCodec, task::AbortOnDropHandle};
use tracing::instrument;

mod schedule;

use schedule::{MESSAGES, Socket, Tick};

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> io::Result<()> {
    let rows = ["read in select!", "the future stays", "a task reads", "the buffer stays"];
    let columns = [Column::count("sent"), Column::count("received"), Column::count("lost"), Column::words("ended", 14)];
    let mut results = Results::new("how it reads", rows, columns);
    results.row(rows[0], row(read_in_select).await?);
    results.row(rows[1], row(the_future_stays).await?);
    results.row(rows[2], row(a_task_reads).await?);
    results.row(rows[3], row(the_buffer_stays).await?);
    Ok(())
}

/// Lets a loop meet the peer, and counts what it received as it was sent.
#[instrument(skip_all)]
async fn row(
    read_all: impl AsyncFnOnce(Socket, Receiver<Tick>, &mut Vec<String>) -> io::Result<()>,
) -> io::Result<[Cell; 4]> {
    let (socket, ticks) = schedule::connect().await?;
    let mut received = Vec::new();
    let ended = match read_all(socket, ticks, &mut received).await {
        Ok(()) => "in order",
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => "in mid-message",
        Err(error) => return Err(error),
    };
    let intact = MESSAGES.into_iter().filter(|message| received.iter().any(|text| text == message)).count();
    let count = |count: usize| Cell::from(u32::try_from(count).ok().map(f64::from));
    Ok([count(MESSAGES.len()), count(intact), count(MESSAGES.len() - intact), ended.into()])
}

// ANCHOR: lossy
/// Reads in the `select!` itself.
async fn read_in_select(socket: Socket, mut ticks: Receiver<Tick>, received: &mut Vec<String>) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        select! {
            message = read_message(&mut socket) => match message? { // (1) A new future in each round.
                Some(message) => received.push(message),
                None => return Ok(()),
            },
            Some(tick) = ticks.recv() => tick.heard(), // (2) By now the other future is dropped.
        }
    }
}

/// Reads a message; `None` where they end.
async fn read_message(socket: &mut BufReader<Socket>) -> io::Result<Option<String>> {
    let length = match socket.read_u8().await {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        length => length?,
    };
    let mut text = vec![0; length.into()]; // (3) Here is what was read so far: in this future, and nowhere else.
    socket.read_exact(&mut text).await?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}
// ANCHOR_END: lossy

// ANCHOR: fixed
/// Keeps the future until it is done.
async fn the_future_stays(socket: Socket, mut ticks: Receiver<Tick>, received: &mut Vec<String>) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let mut message = std::pin::pin!(read_message(&mut socket)); // (4) Outside of the loop that drops.
        let message = loop {
            select! {
                message = &mut message => break message?, // (5) Only the borrow is dropped.
                Some(tick) = ticks.recv() => tick.heard(),
            }
        };
        match message {
            Some(message) => received.push(message),
            None => return Ok(()),
        }
    }
}

/// Leaves the reading to a task, which nobody drops, and takes whole messages from a channel.
async fn a_task_reads(socket: Socket, mut ticks: Receiver<Tick>, received: &mut Vec<String>) -> io::Result<()> {
    let (sender, mut messages) = mpsc::channel(1);
    // Ends with us, should somebody drop this future.
    let reader = AbortOnDropHandle::new(spawn(async move {
        let mut socket = BufReader::new(socket);
        while let Some(message) = read_message(&mut socket).await? {
            if sender.send(message).await.is_err() {
                break; // Nobody wants them any more.
            }
        }
        io::Result::Ok(())
    }));
    loop {
        select! {
            message = messages.recv() => match message { // (6) Takes one or none: nothing in between can be lost.
                Some(message) => received.push(message),
                None => break,
            },
            Some(tick) = ticks.recv() => tick.heard(),
        }
    }
    reader.await.map_err(io::Error::other)?
}

/// Leaves half a message in a buffer that outlives the future.
async fn the_buffer_stays(socket: Socket, mut ticks: Receiver<Tick>, received: &mut Vec<String>) -> io::Result<()> {
    let mut frames = LengthDelimitedCodec::builder().length_field_type::<u8>().new_read(socket);
    loop {
        select! {
            frame = frames.next() => match frame.transpose()? { // (7) Borrows `frames`, which has the buffer.
                Some(frame) => received.push(String::from_utf8_lossy(&frame).into_owned()),
                None => return Ok(()),
            },
            Some(tick) = ticks.recv() => tick.heard(),
        }
    }
}
// ANCHOR_END: fixed
