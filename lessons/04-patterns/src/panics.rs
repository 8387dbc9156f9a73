//! A panic in a task, in a thread, in a pool: who learns of it.
//!
//! Every row panics in another place, in a process of its own, and looks at what comes
//! of it. You will see three endings. An `Err` from joining, which can be ignored. The
//! same panic once more, where it is awaited, which can't. Or nobody learns of it, but
//! for a report on standard error that no program reads. And in one of the pools the
//! process is over. A report is there in every row: the panic hook is called where the
//! panic begins, before its end is decided.
//!
//!     cargo run -p lesson-04 -- panics

use std::{
    io::Result,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use event_loop::EventLoop;
use futures_lite::{FutureExt, future};
use lesson_kit::{Cell, Column, Results};
use rayon::ThreadPoolBuilder;
use smol::LocalExecutor;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};
use tracing::instrument;

use crate::own_process;

/// Where it panics, and what gives who learns of it.
type Row = (&'static str, fn() -> &'static str);

const IS_TOLD: &str = "whoever joins, by an Err";
const GOES_ON: &str = "whoever waits, by a panic";
const NOBODY: &str = "nobody";
const NEXT: &str = "whoever locks next, by an Err";

const ROWS: [Row; 15] = [
    ("std::thread, joined", || joined(thread::spawn(panics).join().is_err())),
    ("std::thread, handle dropped", || forgotten(|held| drop(thread::spawn(|| panics_holding(held))), || ())),
    ("thread::scope", || passed_on(|| thread::scope(|scope| drop(scope.spawn(panics))))),
    ("std::thread, with a Mutex locked", || {
        let mutex = Arc::new(Mutex::new(0));
        let locked = Arc::clone(&mutex);
        let thread = thread::spawn(move || {
            let _locked = locked.lock();
            panics();
        });
        let _panicked = thread.join();
        if mutex.lock().is_err() { NEXT } else { NOBODY }
    }),
    ("tokio task, joined", || joined(tokio().block_on(async { tokio::spawn(task()).await.is_err() }))),
    ("tokio task, in a JoinSet", || {
        joined(tokio().block_on(async {
            let mut tasks = JoinSet::new();
            tasks.spawn(task());
            tasks.join_next().await.is_some_and(|joined| joined.is_err())
        }))
    }),
    ("tokio task, handle dropped", || {
        let runtime = tokio();
        let again = || runtime.block_on(async { runtime.spawn(future::ready(())).await.expect("it does not panic") });
        forgotten(|held| drop(runtime.spawn(async { panics_holding(held) })), again)
    }),
    ("tokio spawn_blocking, joined", || {
        joined(tokio().block_on(async { tokio::task::spawn_blocking(panics).await.is_err() }))
    }),
    ("async-std task, awaited", || passed_on(|| async_std::task::block_on(async_std::task::spawn(task())))),
    ("smol task, awaited", || {
        let executor = LocalExecutor::new();
        passed_on(|| smol::block_on(executor.run(async { executor.spawn(task()).await })))
    }),
    ("smol unblock, awaited", || passed_on(|| smol::block_on(smol::unblock(panics)))),
    ("event-loop task, joined", || {
        joined(EventLoop::new().block_on(async { event_loop::spawn(task()).await.is_err() }))
    }),
    // (1) One task, so the panic takes the other future with it.
    ("a future beside another", || passed_on(|| future::block_on(future::pending().or(task())))),
    ("rayon::join", || {
        passed_on(|| {
            rayon::join(panics, || ());
        })
    }),
    // (2) Nobody waits for it, and rayon does not keep what nobody will look at.
    ("rayon::spawn", || {
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("there is room for a thread");
        forgotten(|held| pool.spawn(|| panics_holding(held)), || pool.install(|| ()))
    }),
];

pub fn main() -> Result<()> {
    if let Some(row) = own_process::part() {
        let (_, who_learns) = ROWS.iter().find(|(name, _)| *name == row).expect("the parent names a row of the table");
        println!("{}", who_learns());
        return Ok(());
    }
    let columns = [Column::count("reports"), Column::words("who learns of it", 29), Column::words("the process", 11)];
    let mut results = Results::new("where it panics", ROWS.map(|(name, _)| name), columns);
    for (name, _) in ROWS {
        results.row(name, in_a_process(name)?);
    }
    Ok(())
}

/// What comes of it in a child.
#[instrument(skip_all)]
fn in_a_process(row: &str) -> Result<[Cell; 3]> {
    let child = own_process::run("panics", row)?;
    let who_learns = child.said.first().map_or("all who use the process", String::as_str).into();
    let process = if child.survived { "goes on" } else { "is aborted" }.into();
    let reports = u32::try_from(child.reports).map_or(Cell::Nothing, |reports| f64::from(reports).into());
    Ok([reports, who_learns, process])
}

fn panics() {
    panic!("on purpose");
}

async fn task() {
    future::yield_now().await;
    panics();
}

/// Panics, and drops `held` while it unwinds.
fn panics_holding(_held: mpsc::Sender<()>) {
    panics();
}

fn tokio() -> Runtime {
    // (3) With workers, since nobody blocks on the runtime in the row whose handle is dropped.
    Builder::new_multi_thread().worker_threads(1).build().expect("there is room for a runtime")
}

/// Whether joining told of the panic.
fn joined(is_err: bool) -> &'static str {
    if is_err { IS_TOLD } else { NOBODY }
}

/// Whether the panic goes on in the one who calls `wait`.
fn passed_on(wait: impl FnOnce()) -> &'static str {
    if catch_unwind(AssertUnwindSafe(wait)).is_err() { GOES_ON } else { NOBODY }
}

/// Starts something that nobody will wait for, and gives that nobody learned of its panic, if we live to say so: until
/// what panicked has had `another` go.
fn forgotten(start: impl FnOnce(mpsc::Sender<()>), another: impl FnOnce()) -> &'static str {
    let (held, guard) = mpsc::channel();
    start(held);
    let _dropped = guard.recv();
    another(); // (4) By the same thread, so the end of the panic is before it.
    NOBODY
}
