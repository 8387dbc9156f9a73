//! A fast producer and a slow consumer, on threads: with a bounded channel between them, and with an unbounded one.
//!
//! The same as `backpressure`, with the channels of the standard library. `sync_channel` is the bounded one, and its
//! `send` blocks the thread; `channel` has no bound. They are named the wrong way round for our purpose: the short name is
//! the one that needs a reason.
//!
//!     cargo run -p lesson-04 -- backpressure-threads

use std::{
    io,
    sync::mpsc::{self, Receiver, Sender, SyncSender},
    thread,
    time::Instant,
};

use crate::{
    message::{self, BOUND, BOUNDED, BURST, LOOKS, Message, Messages, TICK},
    watchdog,
};

pub fn main() -> io::Result<()> {
    match watchdog::part() {
        None => message::compare("backpressure-threads"),
        Some(part) => {
            measure(&part);
            Ok(())
        }
    }
}

fn measure(part: &str) {
    let messages = Messages::default();
    let producing = messages.clone();
    if part == BOUNDED {
        let (sender, receiver) = mpsc::sync_channel(BOUND); // (1) Room for eight, made at once.
        thread::spawn(move || produce(&producing, &sender));
        thread::spawn(move || consume(&receiver));
    } else {
        let (sender, receiver) = mpsc::channel(); // (2) Room for as many as the memory holds.
        thread::spawn(move || produce_without_limit(&producing, &sender));
        thread::spawn(move || consume(&receiver));
    }
    let start = Instant::now();
    for at in LOOKS {
        thread::sleep((start + at).saturating_duration_since(Instant::now()));
        messages.look();
    }
}

fn produce(messages: &Messages, sender: &SyncSender<Message>) {
    loop {
        for _ in 0..BURST {
            // (3) Blocks this thread until there is room.
            if sender.send(messages.make()).is_err() {
                return; // Nobody receives any more.
            }
        }
        thread::sleep(TICK);
    }
}

fn produce_without_limit(messages: &Messages, sender: &Sender<Message>) {
    loop {
        for _ in 0..BURST {
            // (4) Returns at once.
            if sender.send(messages.make()).is_err() {
                return; // Nobody receives any more.
            }
        }
        thread::sleep(TICK);
    }
}

fn consume(receiver: &Receiver<Message>) {
    while let Ok(message) = receiver.recv() {
        thread::sleep(TICK); // Pretends to write it to a disk.
        drop(message);
    }
}
