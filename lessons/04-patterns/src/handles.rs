//! What becomes of a task, by what is done with its handle: the same four questions to every runtime.
//!
//! 1. The handle is dropped while the task waits. Does the task run on?
//! 2. The task is cancelled. What does the handle give then, and is the task's guard dropped by the time that the call
//!    which cancels returns?
//! 3. The task panics, and somebody awaits its handle. What comes out?
//! 4. The task panics, and nobody holds its handle. Who learns of it, and does the runtime go on?
//!
//! You will see that three runtimes give three different answers, so none of them can be guessed from another. Every row
//! is a process of its own, this executable again, as a panic is a matter of the whole process. The answers are recorded
//! as data, and the tests compare them: the day on which a runtime changes its mind, they say so.
//!
//!     cargo run -p lesson-04 -- handles

use std::{io::Result, panic::AssertUnwindSafe, sync::mpsc, thread};

use event_loop::EventLoop;
use futures_lite::{FutureExt, future};
use lesson_kit::{Column, Results};
use smol::LocalExecutor;
use tokio::{
    runtime::Builder,
    sync::oneshot::{self, Receiver, Sender, error::TryRecvError},
};
use tracing::instrument;

use crate::own_process;

/// Whose handle it is, and what asks it the questions.
type Row = (&'static str, fn());

const ROWS: [Row; 7] = [
    ("std::thread", std_thread),
    ("tokio current_thread", || {
        let runtime = Builder::new_current_thread().build().expect("there is room for a runtime");
        runtime.block_on(answer(&Tokio));
    }),
    ("tokio multi_thread", || {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().expect("there is room for a runtime");
        // (1) On the only worker, so that no other can be quicker than our next line.
        runtime.block_on(async { tokio::spawn(answer(&Tokio)).await.expect("it does not panic") });
    }),
    ("async-std", || async_std::task::block_on(answer(&AsyncStd))),
    ("smol LocalExecutor", || {
        let executor = LocalExecutor::new();
        smol::block_on(executor.run(answer(&SmolLocal(&executor))));
    }),
    ("smol::spawn", || smol::block_on(answer(&SmolGlobal))),
    ("event-loop", || EventLoop::new().block_on(answer(&OurLoop))),
];

pub fn main() -> Result<()> {
    if let Some(row) = own_process::part() {
        let (_, answer) = ROWS.iter().find(|(name, _)| *name == row).expect("the parent names a row of the table");
        answer();
        return Ok(());
    }
    let columns = [
        Column::words("handle dropped", 9),
        Column::words("cancelled", 12),
        Column::words("guard dropped", 16),
        Column::words("panic, joined", 18),
        Column::words("panic, detached", 13),
    ];
    let mut results = Results::new("handle of", ROWS.map(|(name, _)| name), columns);
    for (name, _) in ROWS {
        results.row(name, in_a_process(name)?);
    }
    Ok(())
}

/// The answers of this row, from a child. What it did not live to say, it does not survive.
#[instrument(skip_all)]
fn in_a_process(row: &str) -> Result<[String; 5]> {
    let mut said = own_process::run("handles", row)?.said.into_iter();
    Ok([(); 5].map(|()| said.next().unwrap_or_else(|| "ends us".to_owned())))
}

/// Puts the questions to a runtime, and prints a line for each answer.
async fn answer<Runtime: Spawn>(runtime: &Runtime) {
    let (task, mut seen) = task();
    let handle = runtime.spawn(task);
    waiting(runtime, &mut seen).await;
    drop(handle);
    // (2) If it runs on it says so. If it is cancelled, it drops what it would have said it with.
    println!("{}", if seen.goes_on().await { "runs on" } else { "cancelled" });

    let (task, mut seen) = self::task();
    let handle = runtime.spawn(task);
    waiting(runtime, &mut seen).await;
    let [given, guard] = Runtime::cancel(handle, &mut seen).await;
    println!("{given}\n{guard}");

    // (3) Awaiting a handle may panic too.
    let joined = AssertUnwindSafe(Runtime::join(runtime.spawn(panics(None)))).catch_unwind().await;
    println!("{}", joined.unwrap_or("goes on in joiner"));

    let (held, guard) = oneshot::channel();
    Runtime::detach(runtime.spawn(panics(Some(held))));
    let _dropped = guard.await;
    // (4) It has panicked by now. Is there still somebody who runs tasks?
    let (task, mut seen) = self::task();
    Runtime::detach(runtime.spawn(task));
    seen.waits().await;
    println!("only reported");
}

/// Waits until the task waits. It says so from inside a poll, and until that poll is over it may still go on. It is over
/// when the same thread has run another task.
async fn waiting<Runtime: Spawn>(runtime: &Runtime, seen: &mut Seen) {
    seen.waits().await;
    let (another, ran) = oneshot::channel();
    let task = async move { another.send(()).expect("we wait for it") };
    Runtime::detach(runtime.spawn(task));
    ran.await.expect("it is polled");
}

/// What can be seen of a task from outside.
struct Seen {
    waits: Receiver<()>,
    go_on: Option<Sender<()>>,
    guard: Receiver<()>,
}

impl Seen {
    /// Waits until the task says that it waits.
    async fn waits(&mut self) {
        (&mut self.waits).await.expect("it is polled");
    }

    /// Lets the task go on, and gives whether it does.
    async fn goes_on(&mut self) -> bool {
        self.go_on.take();
        (&mut self.guard).await.is_ok()
    }

    /// Whether the task has dropped what it held.
    fn guard(&mut self) -> &'static str {
        if self.guard.try_recv() == Err(TryRecvError::Closed) { "before we go on" } else { "after we go on" }
    }
}

/// A task that waits, and what can be seen of it.
fn task() -> (impl Future<Output = ()> + Send, Seen) {
    let (waits, is_waiting) = oneshot::channel();
    let (go_on, told) = oneshot::channel::<()>();
    let (guard, dropped) = oneshot::channel();
    let task = async move {
        let _ = waits.send(());
        let _told = told.await;
        let _ = guard.send(());
    };
    (task, Seen { waits: is_waiting, go_on: Some(go_on), guard: dropped })
}

async fn panics(_held: Option<Sender<()>>) {
    future::yield_now().await;
    panic!("on purpose");
}

/// A runtime's spawn, and what its handles can do.
trait Spawn {
    type Handle;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle;

    /// Cancels the task. Gives what its handle gives then, and whether its guard was dropped when we got control back.
    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2];

    /// Waits for a task that panics, and gives what comes out.
    async fn join(handle: Self::Handle) -> &'static str;

    /// Lets the task run on without a handle.
    fn detach(handle: Self::Handle);
}

struct Tokio;

impl Spawn for Tokio {
    type Handle = tokio::task::JoinHandle<()>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle {
        tokio::spawn(task)
    }

    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2] {
        handle.abort();
        let guard = seen.guard();
        let given = if handle.await.is_err_and(|error| error.is_cancelled()) { "Err" } else { "Ok" };
        [given, guard]
    }

    async fn join(handle: Self::Handle) -> &'static str {
        if handle.await.is_err_and(|error| error.is_panic()) { "Err" } else { "Ok" }
    }

    fn detach(handle: Self::Handle) {
        drop(handle);
    }
}

struct AsyncStd;

impl Spawn for AsyncStd {
    type Handle = async_std::task::JoinHandle<()>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle {
        async_std::task::spawn(task)
    }

    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2] {
        let given = if handle.cancel().await.is_none() { "None" } else { "Some" };
        [given, seen.guard()]
    }

    async fn join(handle: Self::Handle) -> &'static str {
        handle.await;
        "Ok"
    }

    fn detach(handle: Self::Handle) {
        drop(handle);
    }
}

struct SmolLocal<'a>(&'a LocalExecutor<'static>);

impl Spawn for SmolLocal<'_> {
    type Handle = smol::Task<()>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle {
        self.0.spawn(task)
    }

    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2] {
        let given = if handle.cancel().await.is_none() { "None" } else { "Some" };
        [given, seen.guard()]
    }

    async fn join(handle: Self::Handle) -> &'static str {
        handle.await;
        "Ok"
    }

    fn detach(handle: Self::Handle) {
        handle.detach();
    }
}

/// The same on smol's own executor, which has a thread.
struct SmolGlobal;

impl Spawn for SmolGlobal {
    type Handle = smol::Task<()>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle {
        smol::spawn(task)
    }

    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2] {
        SmolLocal::cancel(handle, seen).await
    }

    async fn join(handle: Self::Handle) -> &'static str {
        SmolLocal::join(handle).await
    }

    fn detach(handle: Self::Handle) {
        handle.detach();
    }
}

struct OurLoop;

impl Spawn for OurLoop {
    type Handle = event_loop::JoinHandle<()>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Self::Handle {
        event_loop::spawn(task)
    }

    async fn cancel(handle: Self::Handle, seen: &mut Seen) -> [&'static str; 2] {
        let given = if handle.cancel().await.is_err() { "Err" } else { "Ok" };
        [given, seen.guard()]
    }

    async fn join(handle: Self::Handle) -> &'static str {
        if handle.await.is_err() { "Err" } else { "Ok" }
    }

    fn detach(handle: Self::Handle) {
        handle.detach();
    }
}

/// Nothing cancels a thread, so two of the answers are missing.
fn std_thread() {
    let (go_on, told) = mpsc::channel::<()>();
    let (passed, has_passed) = mpsc::channel();
    drop(thread::spawn(move || {
        let _told = told.recv();
        passed.send(())
    }));
    drop(go_on);
    println!("{}", if has_passed.recv().is_ok() { "runs on" } else { "cancelled" });
    println!("no such call\nno such call");

    let joined = thread::spawn(|| panic!("on purpose")).join();
    println!("{}", if joined.is_err() { "Err" } else { "Ok" });

    let (held, guard) = mpsc::channel::<()>();
    drop(thread::spawn(move || {
        let _held = held;
        panic!("on purpose")
    }));
    let _dropped = guard.recv();
    println!("only reported");
}
