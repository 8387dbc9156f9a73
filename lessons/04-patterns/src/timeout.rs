//! A deadline for something slow, on every runtime.
//!
//! The work takes a while, and gets more time than that. Then it takes far longer, and
//! gets less. You will see that in time it gives its answer, everywhere. Too late it
//! gives an error, and what becomes of the work then depends. A future is dropped with
//! its deadline. A thread can't be dropped: the caller stops waiting, and it runs on.
//! And work that blocks the thread which should watch the deadline never counts as
//! late: it is polled first, and is ready.
//!
//!     cargo run -p lesson-04 -- timeout

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use event_loop::EventLoop;
use futures_lite::FutureExt;
use lesson_kit::{Cell, Column, Results};
use smol::Timer;
use tokio::runtime::Builder;
use tracing::instrument;

use crate::guard::{Guard, Held};

/// Work that takes a while, and a deadline that leaves it the time, even on a slow machine.
const IN_TIME: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));
/// Work that takes far longer than its deadline.
const TOO_LATE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_millis(100));
/// How long the work takes that blocks: nothing could end it before.
const BLOCKED: Duration = Duration::from_millis(400);

/// Does work of this length up to this deadline, and gives the answer if it comes in time.
type Wait = fn((Duration, Duration), &Held) -> Option<u32>;

/// What waits, and how.
type Row = (&'static str, Wait);

const ROWS: [Row; 6] = [
    ("std, a channel", on_std),
    ("tokio", on_tokio),
    ("tokio, work that blocks", on_tokio_blocking),
    ("async-std", on_async_std),
    ("smol", on_smol),
    ("event-loop", on_our_loop),
];

pub fn main() {
    let columns = [Column::words("in time", 7), Column::words("too late", 8), Column::words("the work then", 13)];
    let mut results = Results::new("deadline on", ROWS.map(|(name, _)| name), columns);
    for (name, wait) in ROWS {
        results.row(name, row(wait));
    }
}

#[instrument(skip_all)]
fn row(wait: Wait) -> [Cell; 3] {
    let held = Held::default();
    let in_time = wait(IN_TIME, &held);
    let too_late = wait(TOO_LATE, &held);
    let then = match (too_late, held.count()) {
        (Some(_), _) => "is done",
        (None, 0) => "is dropped",
        (None, _) => "runs on",
    };
    let said = |answer: Option<u32>| answer.map_or("an error".to_owned(), |answer| answer.to_string());
    [said(in_time).into(), said(too_late).into(), then.into()]
}

fn on_std((length, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let (sender, receiver) = mpsc::channel();
    let guard = held.acquire();
    thread::spawn(move || sender.send(slow_call(length, guard))); // (1) Not joined: that would wait for it.
    match receiver.recv_timeout(deadline) {
        Ok(answer) => Some(answer),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => panic!("the call has panicked"),
    }
}

fn on_tokio((length, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let work = slow(tokio::time::sleep, length, held.acquire());
    tokio(async move { tokio::time::timeout(deadline, work).await.ok() })
}

fn on_tokio_blocking((_, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let guard = held.acquire();
    // (2) `timeout` polls the work first, and looks at the clock when that has given way. It never does.
    tokio(async move { tokio::time::timeout(deadline, async { slow_call(BLOCKED, guard) }).await.ok() })
}

fn tokio(future: impl Future<Output = Option<u32>>) -> Option<u32> {
    let runtime = Builder::new_current_thread().enable_time().build().expect("there is room for a runtime");
    runtime.block_on(future)
}

fn on_async_std((length, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let work = slow(async_std::task::sleep, length, held.acquire());
    async_std::task::block_on(async move { async_std::future::timeout(deadline, work).await.ok() })
}

fn on_smol((length, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let work = slow(Timer::after, length, held.acquire());
    let too_late = async {
        Timer::after(deadline).await;
        None
    };
    // (3) smol has no `timeout`. The first of two does it, and drops the other.
    smol::block_on(async { Some(work.await) }.or(too_late))
}

fn on_our_loop((length, deadline): (Duration, Duration), held: &Held) -> Option<u32> {
    let work = slow(event_loop::sleep, length, held.acquire());
    EventLoop::new().block_on(async move { event_loop::timeout(deadline, work).await.ok() })
}

/// Pretends to wait for I/O.
#[instrument(skip_all)]
async fn slow<Nap: Future>(nap: fn(Duration) -> Nap, length: Duration, _guard: Guard) -> u32 {
    nap(length).await;
    42
}

/// The same, but it blocks its thread.
#[instrument(skip_all)]
fn slow_call(length: Duration, _guard: Guard) -> u32 {
    thread::sleep(length);
    42
}
