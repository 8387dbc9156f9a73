//! What freezes an event loop, and what does not.
//!
//! The spinner is a task that draws a frame every 20 ms. Beside it `slow` blocks its
//! thread for 400 ms, in each of the places where such a call can stand, and counts the
//! frames that are drawn meanwhile. There is one rule behind the table: a call that
//! blocks a thread freezes every task that has no other thread to be polled on. So it
//! matters which runtime it is, in which flavour, on how many threads, and whether the
//! call stands in a task or in the future given to `block_on`, which the calling thread
//! polls. The ways out move the call to a thread that polls no task, or, as
//! `block_in_place` does, the tasks to another thread.
//!
//! A second worker helps only by luck. tokio's workers take turns at waiting for the
//! timers, and the one that a timer wakes runs what it woke at once, without asking
//! another to wait in its place. If that blocks, no timer fires until it returns, and a
//! spinner that waits for one is frozen, with a worker idle beside it
//! (<https://github.com/tokio-rs/tokio/issues/4730>; `enable_eager_driver_handoff`,
//! which is unstable, has it ask).
//!
//! Every row is a process of its own, this executable again, so that no runtime is
//! there when the next row begins. On the timeline: a lane for each thread of each
//! process, the parent's first. Where `slow` is on the thread that polls `spin`, there
//! are no polls beside it.
//!
//!     cargo run -p lesson-02 -- blocking

use std::{
    env,
    io::{Error, Result},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread,
    time::Duration,
};

use event_loop::EventLoop;
use lesson_kit::{Column, Results, StatusLine, end_with_parent};
use smol::{LocalExecutor, Timer};
use tokio::{
    runtime::Builder,
    task::{block_in_place, spawn_blocking},
    time::sleep,
};
use tracing::instrument;

/// Set for a child: the row that it measures.
const ROW: &str = "LESSON_02_ROW";

/// How many frames the spinner has drawn.
static DRAWN: AtomicU32 = AtomicU32::new(0);

pub fn main() -> Result<()> {
    if let Ok(row) = env::var(ROW) {
        let (_, measure) = ROWS.iter().find(|(name, _)| *name == row).expect("the parent names a row of the table");
        eprintln!("{}", measure()); // (1) Standard output is for the frames.
        return Ok(());
    }
    let mut results = Results::new("where it blocks", ROWS.map(|(name, _)| name), [Column::count("frames")]);
    for (name, _) in ROWS {
        results.row(name, [in_a_process(name)?]);
    }
    Ok(())
}

/// Measures this row in a child.
#[instrument(skip_all)]
fn in_a_process(row: &str) -> Result<f64> {
    let child = end_with_parent(&mut Command::new(env::current_exe()?))
        .arg("blocking")
        .env(ROW, row)
        .env("ASYNC_STD_THREAD_COUNT", "1") // (2) By default, a thread for each CPU.
        .env("SMOL_THREADS", "1") // As by default.
        .stderr(Stdio::piped())
        .spawn()?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    said.trim().parse().map_err(|_| Error::other(format!("{row} could not be measured ({}): {said}", output.status)))
}

/// Where the call blocks, and what runs it there.
type Row = (&'static str, fn() -> u32);

const ROWS: [Row; 16] = [
    ("event-loop, task", || on_our_loop(async { slow() })),
    ("tokio current_thread, block_on", || on_tokio(&mut Builder::new_current_thread(), async { slow() })),
    ("tokio current_thread, task", || on_tokio(&mut Builder::new_current_thread(), tokio_task(async { slow() }))),
    ("tokio current_thread, spawn_blocking", || on_tokio(&mut Builder::new_current_thread(), tokio_spawn_blocking())),
    ("tokio multi_thread, block_on", || on_tokio(&mut workers(1), async { slow() })),
    ("tokio multi_thread, task, 1 worker", || on_tokio(&mut workers(1), tokio_task(async { slow() }))),
    ("tokio multi_thread, task, 2 workers", || on_tokio(&mut workers(2), tokio_task(async { slow() }))),
    ("tokio multi_thread, task after a nap, 2 workers", || on_tokio(&mut workers(2), tokio_task(slow_after_a_nap()))),
    ("tokio multi_thread, block_in_place, 1 worker", || on_tokio(&mut workers(1), tokio_task(async { in_place() }))),
    ("async-std, block_on", || on_async_std(async { slow() })),
    ("async-std, task, 1 thread", || on_async_std(async { async_std::task::spawn(async { slow() }).await })),
    ("async-std, spawn_blocking, 1 thread", || on_async_std(async { async_std::task::spawn_blocking(slow).await })),
    ("smol::spawn, block_on", || on_smol(async { slow() })),
    ("smol::spawn, task, 1 thread", || on_smol(async { smol::spawn(async { slow() }).await })),
    ("smol LocalExecutor, task", || on_smol_local(async |executor| executor.spawn(async { slow() }).await)),
    ("smol LocalExecutor, unblock", || on_smol_local(async |_| smol::unblock(slow).await)),
];

/// When the spinner has begun to turn, and is in the middle of a nap.
const TURNING: Duration = Duration::from_millis(50);

fn on_our_loop(place: impl Future<Output = u32> + 'static) -> u32 {
    EventLoop::new().block_on(async {
        event_loop::spawn(spin(event_loop::sleep)).detach();
        event_loop::sleep(TURNING).await;
        event_loop::spawn(place).await.expect("it does not panic")
    })
}

fn on_tokio(builder: &mut Builder, place: impl Future<Output = u32>) -> u32 {
    let runtime = builder.enable_time().build().expect("there is room for a runtime");
    runtime.block_on(async {
        tokio::spawn(spin(sleep)); // (3) Beside the call, in every row.
        sleep(TURNING).await;
        place.await
    })
}

fn workers(number: usize) -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(number);
    builder
}

async fn tokio_task(place: impl Future<Output = u32> + Send + 'static) -> u32 {
    tokio::spawn(place).await.expect("it does not panic")
}

async fn slow_after_a_nap() -> u32 {
    sleep(TURNING).await;
    slow() // (4) On the worker that waited for the timers. Nobody waits for them now.
}

async fn tokio_spawn_blocking() -> u32 {
    spawn_blocking(slow).await.expect("it does not panic") // (5) On a thread that is there for such calls.
}

fn in_place() -> u32 {
    block_in_place(slow) // (6) Here, after another thread has become the worker.
}

fn on_async_std(place: impl Future<Output = u32>) -> u32 {
    async_std::task::block_on(async {
        async_std::task::spawn(spin(async_std::task::sleep));
        async_std::task::sleep(TURNING).await;
        place.await
    })
}

fn on_smol(place: impl Future<Output = u32>) -> u32 {
    smol::block_on(async {
        smol::spawn(spin(Timer::after)).detach();
        Timer::after(TURNING).await;
        place.await
    })
}

fn on_smol_local(place: impl AsyncFnOnce(&LocalExecutor<'static>) -> u32) -> u32 {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        executor.spawn(spin(Timer::after)).detach();
        Timer::after(TURNING).await;
        place(&executor).await
    }))
}

/// Blocks its thread, and gives how many frames are drawn meanwhile.
#[instrument]
fn slow() -> u32 {
    let before = DRAWN.load(Relaxed);
    thread::sleep(Duration::from_millis(400));
    DRAWN.load(Relaxed) - before
}

/// Draws a frame every tick, if it is polled.
#[instrument(skip_all)]
async fn spin<Nap: Future>(nap: fn(Duration) -> Nap) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} thinking!"));
        DRAWN.fetch_add(1, Relaxed);
        nap(Duration::from_millis(20)).await;
    }
}
