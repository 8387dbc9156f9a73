//! What goes wrong with blocking calls that a runtime takes to its pool of threads.
//!
//! `spawn_blocking` (`unblock` on smol) is the way out when a task has to make a call
//! that blocks. The call goes to a pool of OS threads, and the task waits for it. Here
//! each pool is asked what its documentation says in passing:
//!
//! 1. A call that has begun is cancelled. Does it end?
//! 2. A call that waits for a thread is cancelled. Does it begin?
//! 3. Its handle is dropped while it waits for a thread. Does it begin?
//! 4. All threads of the pool are taken. Can a task read a file?
//! 5. The runtime is dropped while a call runs. Does that wait?
//!
//! You will see a row for each runtime, and that nothing stops a call that has begun.
//!
//!     cargo run -p lesson-05 -- blocking-pools

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use futures_util::FutureExt as _;
use lesson_kit::{Cell, Column, Results};
use tokio::runtime::Runtime;

/// Longer than the system takes for five hundred threads.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long something has the time to happen that should not happen yet.
const A_MOMENT: Duration = Duration::from_millis(100);

/// Any file will do. This one is there.
const THE_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// What comes to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// A call that fills the pool has begun.
    Begun,
    /// It has ended.
    Ended,
    /// The call that was cancelled while it waited has begun.
    CancelledBegun,
    /// The call whose handle was dropped while it waited has begun.
    DroppedBegun,
    /// A task has read a file.
    FileRead,
    /// The runtime has been dropped.
    RuntimeDropped,
}

/// A pool, and how its runtime does what all of them do.
trait Pool {
    /// The most threads that it has.
    const MOST: usize;
    /// What the runtime gives for a call.
    type Handle;

    /// Takes a blocking call to the pool.
    fn call(&self, call: impl FnOnce() + Send + 'static) -> Self::Handle;

    /// Cancels a call, and does not wait for what comes of it.
    fn cancel(&self, handle: Self::Handle);

    /// Has a task read a file, and then say so.
    fn read_a_file(&self, done: Sender<Event>);
}

/// tokio's pool belongs to a runtime, and takes what it does with files as well.
struct Tokio(Runtime);

impl Pool for Tokio {
    const MOST: usize = 512; // (1)
    type Handle = tokio::task::JoinHandle<()>;

    fn call(&self, call: impl FnOnce() + Send + 'static) -> Self::Handle {
        self.0.spawn_blocking(call) // (2)
    }

    fn cancel(&self, handle: Self::Handle) {
        handle.abort(); // (3)
    }

    fn read_a_file(&self, done: Sender<Event>) {
        self.0.spawn(async move {
            tokio::fs::read(THE_FILE).await.ok(); // (4)
            done.send(Event::FileRead)
        });
    }
}

/// async-std's pool is the crate `blocking`, one for the whole process.
struct AsyncStd;

impl Pool for AsyncStd {
    const MOST: usize = 500; // (1)
    type Handle = async_std::task::JoinHandle<()>;

    fn call(&self, call: impl FnOnce() + Send + 'static) -> Self::Handle {
        async_std::task::spawn_blocking(call) // (2)
    }

    fn cancel(&self, handle: Self::Handle) {
        handle.cancel().now_or_never(); // (3)
    }

    fn read_a_file(&self, done: Sender<Event>) {
        async_std::task::spawn(async move {
            async_std::fs::read(THE_FILE).await.ok(); // (4)
            done.send(Event::FileRead)
        });
    }
}

/// smol's pool is the crate `blocking` too, and the same one.
struct Smol;

impl Pool for Smol {
    const MOST: usize = 500; // (1)
    type Handle = smol::Task<()>;

    fn call(&self, call: impl FnOnce() + Send + 'static) -> Self::Handle {
        smol::unblock(call) // (2)
    }

    fn cancel(&self, handle: Self::Handle) {
        handle.cancel().now_or_never(); // (3)
    }

    fn read_a_file(&self, done: Sender<Event>) {
        let read = async move {
            smol::fs::read(THE_FILE).await.ok(); // (4)
            done.send(Event::FileRead)
        };
        smol::spawn(read).detach();
    }
}

pub fn main() -> Result<(), String> {
    let tokio = Runtime::new().map_err(|error| format!("no room for tokio: {error}"))?;
    let tokio = Tokio(tokio);
    let columns = [
        Column::count("threads"),
        Column::words("cancelled, begun", 16),
        Column::words("cancelled, waiting", 18),
        Column::words("dropped, waiting", 16),
        Column::words("file, pool full", 18),
        Column::words("runtime dropped", 18),
    ];
    let mut results = Results::new("pool of", ["tokio", "async-std", "smol"], columns);
    let [threads, begun, waiting, dropped, file] = ask(&tokio)?;
    let end = drop_while_it_calls(tokio)?;
    results.row("tokio", [threads, begun, waiting, dropped, file, end]);
    for (name, cells) in [("async-std", ask(&AsyncStd)?), ("smol", ask(&Smol)?)] {
        let [threads, begun, waiting, dropped, file] = cells;
        results.row(name, [threads, begun, waiting, dropped, file, Cell::Nothing]);
    }
    Ok(())
}

/// Asks a pool the first four questions.
fn ask<P: Pool>(pool: &P) -> Result<[Cell; 5], String> {
    let (send, events) = mpsc::channel();
    let gate = Arc::new(Gate::default());
    let mut calls: Vec<_> = (0..P::MOST).map(|_| pool.call(until_opened(&gate, &send))).collect();
    let mut threads = 0;
    while threads < P::MOST {
        let event = next(&events)?.filter(|event| *event == Event::Begun);
        threads += usize::from(event.is_some());
    }

    // The pool is full.
    pool.cancel(calls.pop().expect("there are many"));
    let cancelled = send.clone();
    pool.cancel(pool.call(move || cancelled.send(Event::CancelledBegun).unwrap_or(())));
    let dropped = send.clone();
    drop(pool.call(move || dropped.send(Event::DroppedBegun).unwrap_or(())));
    pool.read_a_file(send);
    let early = events.recv_timeout(A_MOMENT);

    // A call that is given up is dropped with its sender, so the events come to an end.
    gate.open();
    let mut late = Vec::new();
    while let Some(event) = next(&events)? {
        late.push(event);
    }
    let ended = late.iter().filter(|event| **event == Event::Ended).count();
    let begins = |event| if late.contains(&event) { "begins" } else { "never begins" };
    Ok([
        Cell::Figure(f64::from(u32::try_from(threads).expect("it is some hundred"))),
        (if ended == P::MOST { "runs to its end" } else { "ends early" }).into(),
        begins(Event::CancelledBegun).into(),
        begins(Event::DroppedBegun).into(),
        (if early.is_err() { "waits for a thread" } else { "is read" }).into(),
    ])
}

/// Drops the runtime while a call runs in its pool.
fn drop_while_it_calls(Tokio(runtime): Tokio) -> Result<Cell, String> {
    let (send, events) = mpsc::channel();
    let gate = Arc::new(Gate::default());
    runtime.spawn_blocking(until_opened(&gate, &send));
    next(&events)?;
    thread::spawn(move || {
        drop(runtime);
        send.send(Event::RuntimeDropped)
    });
    let early = events.recv_timeout(A_MOMENT);
    gate.open();
    let first = early.ok().or(next(&events)?);
    let waits = first == Some(Event::Ended);
    Ok((if waits { "waits for the call" } else { "leaves the call" }).into())
}

/// A call that begins, waits at the gate, and ends.
fn until_opened(gate: &Arc<Gate>, send: &Sender<Event>) -> impl FnOnce() + Send + use<> {
    let (gate, send) = (gate.clone(), send.clone());
    move || {
        // Nothing is lost if the asker has given up.
        let _ = send.send(Event::Begun);
        gate.wait();
        let _ = send.send(Event::Ended);
    }
}

/// The next event; `None` if none can come any more.
fn next(events: &Receiver<Event>) -> Result<Option<Event>, String> {
    match events.recv_timeout(PATIENCE) {
        Ok(event) => Ok(Some(event)),
        Err(RecvTimeoutError::Disconnected) => Ok(None),
        Err(RecvTimeoutError::Timeout) => {
            let seconds = PATIENCE.as_secs();
            Err(format!("in {seconds} seconds the pool did not do what it was asked for"))
        }
    }
}

/// What calls wait at until it is opened.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn wait(&self) {
        let is_open = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.opened.wait_while(is_open, |is_open| !*is_open));
    }

    fn open(&self) {
        *self.is_open.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.opened.notify_all();
    }
}
