//! The first of two wins.
//!
//! Two servers are asked the same, and the quicker answer is taken. You will see that the loser is dropped, together with
//! what it holds, where it is a future; and that it runs on where it is a thread. Sometimes it should run on, such as a
//! write that must not be left half done. Then it is shielded: made a task of its own, and what races is its handle. It
//! takes different words to let go of that handle without cancelling the task.
//!
//!     cargo run -p lesson-04 -- race

use std::{sync::mpsc, thread, time::Duration};

use event_loop::EventLoop;
use futures_lite::FutureExt;
use futures_util::future::{Either, select};
use lesson_kit::{Column, Results};
use smol::{LocalExecutor, Timer};
use tokio::runtime::Builder;
use tracing::instrument;

use crate::guard::{Guard, Held};

/// How long the winner takes.
const QUICK: Duration = Duration::from_millis(50);
/// How long the loser takes: longer, even on a slow machine.
const SLOW: Duration = Duration::from_secs(60);

/// What races, and gives who won, and what became of the loser when it was not shielded, and when it was.
type Row = (&'static str, fn() -> [&'static str; 3]);

const ROWS: [Row; 5] = [
    ("std, a channel", on_std),
    ("tokio, select!", on_tokio),
    ("async-std, or", on_async_std),
    ("smol, or", on_smol),
    ("event-loop, select", on_our_loop),
];

pub fn main() {
    let columns = [Column::words("winner", 6), Column::words("loser", 10), Column::words("shielded", 10)];
    let mut results = Results::new("race on", ROWS.map(|(name, _)| name), columns);
    for (name, race) in ROWS {
        results.row(name, row(race));
    }
}

#[instrument(skip_all)]
fn row(race: fn() -> [&'static str; 3]) -> [&'static str; 3] {
    race()
}

/// What became of the loser, by what it holds when the race is over.
fn loser(held: &Held) -> &'static str {
    if held.count() == 0 { "is dropped" } else { "runs on" }
}

fn on_std() -> [&'static str; 3] {
    let held = Held::default();
    let (sender, first) = mpsc::channel();
    for (name, length) in [("quick", QUICK), ("slow", SLOW)] {
        let (sender, guard) = (sender.clone(), held.acquire());
        thread::spawn(move || {
            let answer = ask_blocking(name, length);
            drop(guard);
            sender.send(answer)
        });
    }
    let winner = first.recv().expect("one of them answers"); // (1) The other one talks to nobody.
    [winner, loser(&held), loser(&held)]
}

fn on_tokio() -> [&'static str; 3] {
    let runtime = Builder::new_current_thread().enable_time().build().expect("there is room for a runtime");
    runtime.block_on(async {
        let held = Held::default();
        // (2) `select!` looks at its branches in a random order, so nobody is favoured if both are ready.
        let winner = tokio::select! {
            winner = ask(tokio::time::sleep, "quick", QUICK, held.acquire()) => winner,
            winner = ask(tokio::time::sleep, "slow", SLOW, held.acquire()) => winner,
        };
        let dropped = loser(&held);
        let task = tokio::spawn(ask(tokio::time::sleep, "slow", SLOW, held.acquire()));
        tokio::select! {
            _winner = ask(tokio::time::sleep, "quick", QUICK, held.acquire()) => {}
            _joined = task => {} // (3) Dropping the handle lets the task run on.
        };
        tokio::time::sleep(QUICK).await;
        [winner, dropped, loser(&held)]
    })
}

fn on_async_std() -> [&'static str; 3] {
    async_std::task::block_on(async {
        let held = Held::default();
        let quick = ask(async_std::task::sleep, "quick", QUICK, held.acquire());
        let winner = quick.or(ask(async_std::task::sleep, "slow", SLOW, held.acquire())).await;
        let dropped = loser(&held);
        let task = async_std::task::spawn(ask(async_std::task::sleep, "slow", SLOW, held.acquire()));
        let quick = ask(async_std::task::sleep, "quick", QUICK, held.acquire());
        quick.or(task).await; // (4) As on tokio.
        async_std::task::sleep(QUICK).await;
        [winner, dropped, loser(&held)]
    })
}

fn on_smol() -> [&'static str; 3] {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        let held = Held::default();
        let quick = ask(Timer::after, "quick", QUICK, held.acquire());
        let winner = quick.or(ask(Timer::after, "slow", SLOW, held.acquire())).await;
        let dropped = loser(&held);
        let mut task = executor.spawn(ask(Timer::after, "slow", SLOW, held.acquire()));
        ask(Timer::after, "quick", QUICK, held.acquire()).or(&mut task).await; // (5) The race has only borrowed it.
        task.detach(); // (6) Dropping it would cancel it.
        Timer::after(QUICK).await;
        [winner, dropped, loser(&held)]
    }))
}

fn on_our_loop() -> [&'static str; 3] {
    EventLoop::new().block_on(async {
        let held = Held::default();
        let quick = Box::pin(ask(event_loop::sleep, "quick", QUICK, held.acquire()));
        let slow = Box::pin(ask(event_loop::sleep, "slow", SLOW, held.acquire()));
        // (7) Gives the winner, and the loser too, to be polled on or dropped.
        let winner = match select(quick, slow).await {
            Either::Left((winner, _loser)) | Either::Right((winner, _loser)) => winner,
        };
        let dropped = loser(&held);
        let task = event_loop::spawn(ask(event_loop::sleep, "slow", SLOW, held.acquire()));
        let quick = Box::pin(ask(event_loop::sleep, "quick", QUICK, held.acquire()));
        if let Either::Left((_, task)) = select(quick, task).await {
            task.detach();
        }
        event_loop::sleep(QUICK).await;
        [winner, dropped, loser(&held)]
    })
}

/// Pretends to ask a server.
async fn ask<Nap: Future>(
    nap: fn(Duration) -> Nap,
    name: &'static str,
    length: Duration,
    _guard: Guard,
) -> &'static str {
    nap(length).await;
    name
}

/// The same, but it blocks its thread.
fn ask_blocking(name: &'static str, length: Duration) -> &'static str {
    thread::sleep(length);
    name
}
