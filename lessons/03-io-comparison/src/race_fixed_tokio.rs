//! No update is lost: an account behind a lock, and one that a task owns, on tokio with
//! two workers.
//!
//! The deposit of `race-lost`, a hundred times, and now on threads that run at the same
//! time. Under tokio's `Mutex` a deposit may wait for its confirmation and still be
//! alone with the balance. A task that finds the lock taken waits without blocking a
//! thread. The other way shares nothing: the balance is a local variable of one task,
//! and everybody else sends it messages. Either way the table says a hundred.
//!
//!     cargo run -p lesson-03 -- race-fixed-tokio

use std::sync::Arc;

use lesson_kit::{Column, Results};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::{JoinSet, yield_now},
};
use tracing::instrument;

const DEPOSITS: u32 = 100;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
pub async fn main() {
    let mut results = Results::new("way", ["lock", "channel"], [Column::count("kept")]);
    results.row("lock", [f64::from(with_a_lock().await)]);
    results.row("channel", [f64::from(with_a_channel().await)]);
}

#[instrument]
async fn with_a_lock() -> u32 {
    let balance = Arc::new(Mutex::new(0));
    let mut deposits = JoinSet::new();
    for _ in 0..DEPOSITS {
        let balance = Arc::clone(&balance);
        deposits.spawn(async move {
            let mut balance = balance.lock().await; // (1) From here on it is ours,
            let before = *balance;
            confirmation().await; // (2) also while we wait,
            *balance = before + 1;
        }); // (3) and up to here.
    }
    deposits.join_all().await;
    let balance = balance.lock().await;
    *balance
}

#[instrument]
async fn with_a_channel() -> u32 {
    let (sender, deposits) = mpsc::channel(10); // (4) Who finds ten messages waiting, waits too.
    let owner = tokio::spawn(own_balance(deposits));
    let mut depositors = JoinSet::new();
    for _ in 0..DEPOSITS {
        let sender = sender.clone();
        depositors.spawn(async move {
            let (done, is_done) = oneshot::channel(); // (5) For the answer.
            sender.send((1, done)).await.expect("the owner receives as long as somebody may send");
            is_done.await.expect("the owner answers");
        });
    }
    depositors.join_all().await;
    drop(sender); // (6) The last one. The owner's loop ends.
    owner.await.expect("the owner does not panic")
}

async fn own_balance(mut deposits: mpsc::Receiver<(u32, oneshot::Sender<()>)>) -> u32 {
    let mut balance = 0; // (7) Nobody else knows where it is.
    while let Some((amount, done)) = deposits.recv().await {
        let before = balance;
        confirmation().await;
        balance = before + amount;
        let _ = done.send(()); // The depositor may have stopped waiting.
    }
    balance
}

/// Pretends to wait for I/O: gives way once.
async fn confirmation() {
    yield_now().await;
}
