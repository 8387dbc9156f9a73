//! A fast producer and a slow consumer, on smol: with a bounded channel between them, and with an unbounded one.
//!
//! The same as `backpressure`, with the crate `async-channel`, which smol passes on as `smol::channel` and async-std as
//! `async_std::channel`. Both kinds of channel have the same types, and `send` is awaited on both; only on the bounded
//! one does it ever wait.
//!
//!     cargo run -p lesson-04 -- backpressure-smol

use std::{io, time::Instant};

use smol::{
    LocalExecutor, Timer,
    channel::{self, Receiver, Sender},
};

use crate::{
    message::{self, BOUND, BOUNDED, BURST, LOOKS, Message, Messages, TICK},
    watchdog,
};

pub fn main() -> io::Result<()> {
    match watchdog::part() {
        None => message::compare("backpressure-smol"),
        Some(part) => {
            let executor = LocalExecutor::new();
            smol::block_on(executor.run(measure(&executor, &part)));
            Ok(())
        }
    }
}

async fn measure(executor: &LocalExecutor<'_>, part: &str) {
    let messages = Messages::default();
    let (sender, receiver) = if part == BOUNDED {
        channel::bounded(BOUND) // (1) Room for eight, made at once.
    } else {
        channel::unbounded() // (2) Room for as many as the memory holds.
    };
    executor.spawn(produce(messages.clone(), sender)).detach();
    executor.spawn(consume(receiver)).detach();
    let start = Instant::now();
    for at in LOOKS {
        Timer::at(start + at).await;
        messages.look();
    }
}

async fn produce(messages: Messages, sender: Sender<Message>) {
    loop {
        for _ in 0..BURST {
            // (3) Waits until there is room, if there is a bound.
            if sender.send(messages.make()).await.is_err() {
                return; // Nobody receives any more.
            }
        }
        Timer::after(TICK).await;
    }
}

async fn consume(receiver: Receiver<Message>) {
    while let Ok(message) = receiver.recv().await {
        Timer::after(TICK).await; // Pretends to write it to a disk.
        drop(message);
    }
}
