//! No update is lost: an account behind a lock, and one that a task owns, on smol with one thread.
//!
//! The same as `race-fixed-tokio`, and the same crates as on async-std. On one thread the account need not be `Send`, so
//! an `Rc` shares it. The lock is needed all the same, as `race-lost` shows: it guards against the others' turns, not
//! against their threads.
//!
//!     cargo run -p lesson-03 -- race-fixed-smol

use std::rc::Rc;

use lesson_kit::{Column, Results};
use smol::{LocalExecutor, channel, future::yield_now, lock::Mutex};
use tracing::instrument;

const DEPOSITS: u32 = 100;

pub fn main() {
    let executor = LocalExecutor::new();
    let mut results = Results::new("way", ["lock", "channel"], [Column::count("kept")]);
    results.row("lock", [f64::from(smol::block_on(executor.run(with_a_lock(&executor))))]);
    results.row("channel", [f64::from(smol::block_on(executor.run(with_a_channel(&executor))))]);
}

#[instrument(skip_all)]
async fn with_a_lock(executor: &LocalExecutor<'_>) -> u32 {
    let balance = Rc::new(Mutex::new(0));
    let mut deposits = Vec::new();
    for _ in 0..DEPOSITS {
        let balance = Rc::clone(&balance);
        deposits.push(executor.spawn(async move {
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

#[instrument(skip_all)]
async fn with_a_channel(executor: &LocalExecutor<'_>) -> u32 {
    let (sender, deposits) = channel::bounded(10); // (4) Who finds ten messages waiting, waits too.
    let owner = executor.spawn(own_balance(deposits));
    let mut depositors = Vec::new();
    for _ in 0..DEPOSITS {
        let sender = sender.clone();
        depositors.push(executor.spawn(async move {
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
