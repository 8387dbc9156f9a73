//! No update is lost: an account behind a lock, and one that a task owns, on async-std.
//!
//! The same as `race-fixed-tokio`, on a thread for each CPU. The lock and the channel are those of the crates
//! `async-lock` and `async-channel`, which smol has too. There is no channel for a single message; one with room for
//! one serves.
//!
//!     cargo run -p lesson-03 -- race-fixed-async-std

use async_std::{
    channel,
    sync::{Arc, Mutex},
    task::{self, yield_now},
};
use lesson_kit::{Column, Results};
use tracing::instrument;

const DEPOSITS: u32 = 100;

pub fn main() {
    let mut results = Results::new("way", ["lock", "channel"], [Column::count("kept")]);
    results.row("lock", [f64::from(task::block_on(with_a_lock()))]);
    results.row("channel", [f64::from(task::block_on(with_a_channel()))]);
}

#[instrument]
async fn with_a_lock() -> u32 {
    let balance = Arc::new(Mutex::new(0));
    let mut deposits = Vec::new();
    for _ in 0..DEPOSITS {
        let balance = Arc::clone(&balance);
        deposits.push(task::spawn(async move {
            let mut balance = balance.lock().await; // (1) From here on it is ours,
            let before = *balance;
            confirmation().await; // (2) also while we wait,
            *balance = before + 1;
        })); // (3) and up to here.
    }
    for deposit in deposits {
        deposit.await;
    }
    let balance = balance.lock().await;
    *balance
}

#[instrument]
async fn with_a_channel() -> u32 {
    let (sender, deposits) = channel::bounded(10); // (4) Who finds ten messages waiting, waits too.
    let owner = task::spawn(own_balance(deposits));
    let mut depositors = Vec::new();
    for _ in 0..DEPOSITS {
        let sender = sender.clone();
        depositors.push(task::spawn(async move {
            let (done, is_done) = channel::bounded(1); // (5) For the answer.
            sender.send((1, done)).await.expect("the owner receives as long as somebody may send");
            is_done.recv().await.expect("the owner answers");
        }));
    }
    for depositor in depositors {
        depositor.await;
    }
    drop(sender); // (6) The last one. The owner's loop ends.
    owner.await
}

async fn own_balance(deposits: channel::Receiver<(u32, channel::Sender<()>)>) -> u32 {
    let mut balance = 0; // (7) Nobody else knows where it is.
    while let Ok((amount, done)) = deposits.recv().await {
        let before = balance;
        confirmation().await;
        balance = before + amount;
        let _ = done.send(()).await; // The depositor may have stopped waiting.
    }
    balance
}

/// Pretends to wait for I/O: gives way once.
async fn confirmation() {
    yield_now().await;
}
