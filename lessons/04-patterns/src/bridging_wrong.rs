//! What happens to a call that crosses from async to blocking, or from one runtime to
//! another, in the wrong place.
//!
//! Every row is a process of its own, and a watchdog ends it if it is still there after
//! a while. You will see two kinds of answer. tokio keeps watch over its own calls, and
//! panics where they would block a thread that polls. What it can't see, and what the
//! other crates do not look for, hangs without a word: a thread waits for a task that
//! only this thread could poll. Below the table stands what the panics say.
//!
//!     cargo run -p lesson-04 -- bridging-wrong

use std::{collections::BTreeSet, io, sync::mpsc, thread, time::Duration};

use lesson_kit::{Column, Results};
use smol::LocalExecutor;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
    task::{spawn, spawn_blocking},
};

use crate::watchdog;

/// A row that takes longer than that hangs.
const LIMIT: Duration = Duration::from_secs(4);

pub fn main() -> io::Result<()> {
    if let Some(part) = watchdog::part() {
        let (_, cross) = ROWS.iter().find(|(name, _)| *name == part).expect("the parent names a row of the table");
        println!("{}", cross());
        return Ok(());
    }
    let mut results = Results::new("on whose thread", ROWS.map(|(name, _)| name), [Column::words("outcome", 7)]);
    let mut messages = BTreeSet::new();
    // All at once, since those that hang take as long as the watchdog lets them.
    let rows = ROWS.map(|(name, _)| (name, thread::spawn(move || watchdog::run("bridging-wrong", name, LIMIT))));
    for (name, row) in rows {
        let run = row.join().expect("the watchdog does not panic")?;
        let outcome = match run.ended {
            None => "hangs",
            Some(status) if status.success() => run.output.trim(),
            Some(_) => "panics",
        };
        results.row(name, [outcome]);
        messages.extend(panic_message(&run.errors));
    }
    println!("\nthe panics say:");
    for message in messages {
        println!("- {message}");
    }
    Ok(())
}

/// The first sentence of what a panic has said.
fn panic_message(errors: &str) -> Option<String> {
    let (_, message) = errors.split_once(" panicked at ")?;
    let message = message.lines().nth(1)?;
    Some(message.split(". ").next().unwrap_or(message).trim_end_matches('.').to_owned())
}

/// Who does what where it should not, and how.
type Row = (&'static str, fn() -> u32);

const ROWS: [Row; 10] = [
    ("a task of tokio: Runtime::block_on", || tokio_task(async { runtime().block_on(answer()) })),
    ("a task of tokio: Handle::block_on", || tokio_task(async { Handle::current().block_on(answer()) })),
    ("a task of tokio: blocking_recv", || tokio_task(async { from_a_task_of_tokio().blocking_recv().unwrap_or(0) })),
    ("a task of tokio: drops a Runtime", || tokio_task(async { drop_a_runtime() })),
    ("a task of tokio: futures_lite::block_on", || {
        tokio_task(async { futures_lite::future::block_on(from_a_task_of_tokio()).unwrap_or(0) })
    }),
    ("a task of smol's LocalExecutor: block_on", || {
        let executor = LocalExecutor::new();
        smol::block_on(executor.run(async { smol::block_on(executor.spawn(answer())) }))
    }),
    ("a task of smol::spawn, 1 thread: block_on", || {
        smol::block_on(smol::spawn(async { smol::block_on(smol::spawn(answer())) }))
    }),
    ("a task of async-std, 1 thread: block_on", || {
        async_std::task::block_on(async_std::task::spawn(async {
            async_std::task::block_on(async_std::task::spawn(answer()))
        }))
    }),
    ("smol: a socket of tokio", || smol::block_on(async { TcpListener::bind("127.0.0.1:0").await.map_or(0, |_| 42) })),
    ("main of tokio: a blocking call never ends", || tokio_task(async { leave_a_call_behind() })),
];

/// Needs somebody to poll it twice.
async fn answer() -> u32 {
    futures_lite::future::yield_now().await;
    42
}

/// Runs `task` as a task of tokio's, on one thread.
fn tokio_task(task: impl Future<Output = u32> + Send + 'static) -> u32 {
    let joined = runtime().block_on(async { spawn(task).await });
    joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("there is room for a runtime")
}

/// What another task will send, once it is polled.
fn from_a_task_of_tokio() -> oneshot::Receiver<u32> {
    let (sender, receiver) = oneshot::channel();
    spawn(async { sender.send(answer().await) });
    receiver
}

fn drop_a_runtime() -> u32 {
    drop(runtime()); // A runtime waits for its threads when it is dropped.
    42
}

/// Has the pool for blocking calls run one that nothing ends.
fn leave_a_call_behind() -> u32 {
    let (never, silence) = mpsc::channel::<u32>();
    spawn_blocking(move || silence.recv());
    std::mem::forget(never);
    42 // And then the runtime is dropped, and waits for the call.
}
