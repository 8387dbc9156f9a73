//! A fast producer and a slow consumer, on tokio: with a bounded channel between them,
//! and with an unbounded one.
//!
//! The producer has ten messages every 5 ms, and the consumer takes 5 ms for one. You
//! will see how many messages were made by when, the most that ever existed at once,
//! and how much memory the process has. Behind a bounded channel the producer waits at
//! `send` until there is room: so it is as slow as the consumer, and the memory stays
//! as it is. Behind an unbounded one no side waits, and what has not been dealt with
//! piles up. Each row group is a process of its own.
//!
//!     cargo run -p lesson-04 -- backpressure

use std::io;

use tokio::{
    sync::mpsc::{self, Receiver, Sender, UnboundedReceiver, UnboundedSender},
    task,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    message::{self, BOUND, BOUNDED, BURST, LOOKS, Message, Messages, TICK},
    watchdog,
};

pub fn main() -> io::Result<()> {
    match watchdog::part() {
        None => message::compare("backpressure"),
        Some(part) => {
            measure(&part);
            Ok(())
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn measure(part: &str) {
    let messages = Messages::default();
    if part == BOUNDED {
        let (sender, receiver) = mpsc::channel(BOUND); // (1) Room for eight, made at once.
        task::spawn(produce(messages.clone(), sender));
        task::spawn(consume(receiver));
    } else {
        let (sender, receiver) = mpsc::unbounded_channel(); // (2) Room for as many as the memory holds.
        task::spawn(produce_without_limit(messages.clone(), sender));
        task::spawn(consume_without_limit(receiver));
    }
    let start = Instant::now();
    for at in LOOKS {
        sleep_until(start + at).await;
        messages.look();
    }
}

async fn produce(messages: Messages, sender: Sender<Message>) {
    loop {
        for _ in 0..BURST {
            // (3) Waits until there is room.
            if sender.send(messages.make()).await.is_err() {
                return; // Nobody receives any more.
            }
        }
        sleep(TICK).await;
    }
}

async fn produce_without_limit(messages: Messages, sender: UnboundedSender<Message>) {
    loop {
        for _ in 0..BURST {
            // (4) Nothing to wait for, and so no `await`.
            if sender.send(messages.make()).is_err() {
                return; // Nobody receives any more.
            }
        }
        sleep(TICK).await;
    }
}

async fn consume(mut receiver: Receiver<Message>) {
    while let Some(message) = receiver.recv().await {
        sleep(TICK).await; // Pretends to write it to a disk.
        drop(message);
    }
}

async fn consume_without_limit(mut receiver: UnboundedReceiver<Message>) {
    while let Some(message) = receiver.recv().await {
        sleep(TICK).await;
        drop(message);
    }
}
