//! What a lock does that is held across an await.
//!
//! Two tasks share a thread and an account behind a lock. The first takes the lock, and
//! awaits its confirmation with the lock in its hands. The second wants the lock. If it
//! is `std::sync::Mutex`, its `lock` blocks the thread until the lock is free, and the
//! only one that could free it is the first task, which needs this thread to go on.
//! Nobody is ever polled again. With an asynchronous lock the second task waits like a
//! task, and the thread goes to the first.
//!
//! Every row runs on a thread of its own, and a watchdog counts the tasks that were
//! done when it lost its patience. You will see 0 where `std`'s lock is held across the
//! await, and 2 in all other rows. On the timeline: the threads of the rows with 0 have
//! an open end.
//!
//!     cargo run -p lesson-03 -- lock-across-await --timeline

use std::{
    convert::Infallible,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::SeqCst},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use futures_util::future::join;
use lesson_kit::{Column, Results};
use smol::LocalExecutor;
use tokio::{
    runtime::Builder,
    task::{LocalSet, spawn_local},
};
use tracing::instrument;

/// When the watchdog takes those who are not done for stuck. The others need no time worth speaking of.
const PATIENCE: Duration = Duration::from_secs(1);

/// Makes two deposits, and counts those that are done.
type Row = (&'static str, fn(Done));
type Done = Arc<AtomicU32>;

const ROWS: [Row; 8] = [
    ("tokio: std::sync::Mutex, held", |done| on_tokio(twice(std_held, &Rc::new(Mutex::new(0)), &done))),
    ("tokio: std::sync::Mutex, given back before", |done| {
        on_tokio(twice(std_given_back, &Rc::new(Mutex::new(0)), &done));
    }),
    ("tokio: tokio::sync::Mutex, held", |done| {
        on_tokio(twice(tokio_held, &Rc::new(tokio::sync::Mutex::new(0)), &done));
    }),
    ("tokio: a channel to the owner", with_an_owner),
    ("async-std: std::sync::Mutex, held", |done| on_async_std(twice(std_held, &Rc::new(Mutex::new(0)), &done))),
    ("async-std: async_std::sync::Mutex, held", |done| {
        on_async_std(twice(async_lock_held, &Rc::new(async_std::sync::Mutex::new(0)), &done));
    }),
    ("smol: std::sync::Mutex, held", |done| on_smol(twice(std_held, &Rc::new(Mutex::new(0)), &done))),
    ("smol: smol::lock::Mutex, held", |done| {
        on_smol(twice(async_lock_held, &Rc::new(smol::lock::Mutex::new(0)), &done));
    }),
];

pub fn main() {
    let mut results = Results::new("lock", ROWS.map(|(name, _)| name), [Column::count("done")]);
    for (name, row) in ROWS {
        results.row(name, [f64::from(watched(row))]);
    }
}

/// Runs the row on a thread, and gives how many deposits were done when both were, or when patience ran out.
fn watched(row: fn(Done)) -> u32 {
    let done = Done::default();
    let (end, has_ended) = mpsc::channel::<Infallible>();
    let thread = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            let _end = end; // (1) Dropped when the row is over, and the watchdog hears of that.
            run(row, done);
        }
    });
    if has_ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Disconnected) {
        thread.join().expect("no row panics");
    }
    // (2) A thread that is stuck can't be cancelled. It ends with the process.
    done.load(SeqCst)
}

#[instrument(skip_all)]
fn run(row: fn(Done), done: Done) {
    row(done);
}

fn twice<Account, Deposit>(
    deposit: fn(Rc<Account>, Done) -> Deposit,
    account: &Rc<Account>,
    done: &Done,
) -> [Deposit; 2] {
    [0; 2].map(|_| deposit(Rc::clone(account), Arc::clone(done)))
}

/// The deposits as tasks of one thread, on tokio.
fn on_tokio<Deposit: Future<Output = ()> + 'static>(deposits: [Deposit; 2]) {
    let runtime = Builder::new_current_thread().build().expect("there is room for a runtime");
    LocalSet::new().block_on(&runtime, async {
        for deposit in deposits.map(spawn_local) {
            deposit.await.expect("no deposit panics");
        }
    });
}

/// The deposits side by side in one task of async-std's, whose `spawn` takes nothing that has to stay on its thread.
fn on_async_std<Deposit: Future<Output = ()>>([first, second]: [Deposit; 2]) {
    async_std::task::block_on(join(first, second));
}

/// The deposits as tasks of one thread, on smol.
fn on_smol<Deposit: Future<Output = ()>>(deposits: [Deposit; 2]) {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        for deposit in deposits.map(|deposit| executor.spawn(deposit)) {
            deposit.await;
        }
    }));
}

#[instrument(skip_all)]
#[expect(clippy::await_holding_lock, reason = "to be seen; without this line clippy warns of it")]
async fn std_held(account: Rc<Mutex<u32>>, done: Done) {
    let mut balance = account.lock().expect("no deposit panics"); // (3) The second deposit blocks the thread here,
    confirmation().await; // (4) while the first waits to be polled here.
    *balance += 1;
    done.fetch_add(1, SeqCst);
}

#[instrument(skip_all)]
async fn std_given_back(account: Rc<Mutex<u32>>, done: Done) {
    confirmation().await;
    *account.lock().expect("no deposit panics") += 1; // (5) Locked and free again before anybody else is polled.
    done.fetch_add(1, SeqCst);
}

#[instrument(skip_all)]
async fn tokio_held(account: Rc<tokio::sync::Mutex<u32>>, done: Done) {
    let mut balance = account.lock().await; // (6) The second deposit gives way here.
    confirmation().await;
    *balance += 1;
    done.fetch_add(1, SeqCst);
}

/// async-std and smol have the same lock, that of the crate `async-lock`.
#[instrument(skip_all)]
async fn async_lock_held(account: Rc<smol::lock::Mutex<u32>>, done: Done) {
    let mut balance = account.lock().await;
    confirmation().await;
    *balance += 1;
    done.fetch_add(1, SeqCst);
}

/// The deposits as messages to a task that has the balance for itself.
fn with_an_owner(done: Done) {
    let (sender, mut deposits) = tokio::sync::mpsc::channel(1);
    let owner = async move {
        let mut balance = 0;
        while let Some(amount) = deposits.recv().await {
            confirmation().await; // (7) No lock, so there is none to hold.
            balance += amount;
            done.fetch_add(1, SeqCst);
        }
        balance
    };
    let runtime = Builder::new_current_thread().build().expect("there is room for a runtime");
    LocalSet::new().block_on(&runtime, async {
        let owner = spawn_local(owner);
        for sender in [sender.clone(), sender] {
            spawn_local(async move { sender.send(1).await.expect("the owner receives until nobody can send") });
        }
        assert_eq!(owner.await.expect("the owner does not panic"), 2);
    });
}

/// Pretends to wait for I/O: gives way once. This one does so on any runtime.
async fn confirmation() {
    smol::future::yield_now().await;
}
