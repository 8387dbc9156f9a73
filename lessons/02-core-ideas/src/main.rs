//! Lesson 2: core ideas. Coroutine, event loop and task: built by hand, then met again in the real runtimes.

mod block_on;
mod blocked_socket;
mod blocking;
mod busy_loop;
mod by_hand;
mod event_loop;
mod lazy;
mod reactor;
mod run_queue;
mod tasks_async_std;
mod tasks_smol;
mod tasks_tokio;
mod timers;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Core ideas: event loop, coroutine, task")
        .variant(
            Variant::rust("by-hand", Runtime::FromScratch, by_hand::main)
                .watch("a coroutine is cranked: each poll runs it up to its next nap")
                .on_tour(),
        )
        .variant(
            Variant::python("python-by-hand", env!("CARGO_MANIFEST_DIR"), "python/by_hand.py")
                .watch("the same crank in Python: send(None) until StopIteration"),
        )
        .variant(
            Variant::rust("lazy", Runtime::TokioCurrentThread, lazy::main)
                .watch("a call of an async fn runs nothing; await or spawn does"),
        )
        .variant(
            Variant::python("python-lazy", env!("CARGO_MANIFEST_DIR"), "python/lazy.py")
                .watch("the same in Python, which warns while it runs"),
        )
        .variant(
            Variant::rust("busy-loop", Runtime::FromScratch, busy_loop::main)
                .watch("polled again and again: it spins, and so does a whole core")
                .differs("at .await", "dropping the future")
                .on_tour(),
        )
        .variant(
            Variant::rust("block-on", Runtime::FromScratch, block_on::main)
                .watch("the thread sleeps until a waker wakes it; then it polls both futures")
                .differs("at .await", "dropping the future")
                .on_tour(),
        )
        .variant(
            Variant::rust("run-queue", Runtime::FromScratch, run_queue::main)
                .watch("a waker says which task to poll; but each nap costs a thread")
                .differs("at .await", "dropping the task's future")
                .on_tour(),
        )
        .variant(
            Variant::rust("event-loop", Runtime::FromScratch, event_loop::main)
                .watch("our own loop: one thread, and each poll has something to do")
                .differs("at .await", "cancel().await, or dropping the handle")
                .on_tour(),
        )
        .variant(
            Variant::rust("timers", Runtime::All, timers::main)
                .watch("a nap shorter than a slot of tokio's wheel ends late on tokio"),
        )
        .variant(
            Variant::rust("reactor", Runtime::FromScratch, reactor::main)
                .watch("a server and its client on one thread: the one that waits for its socket lets the other go on")
                .reads(&[&reactor::LISTEN]),
        )
        .variant(
            Variant::rust("blocked-socket", Runtime::FromScratch, blocked_socket::main)
                .watch("a read that blocks freezes the spinner until the peer sends; one that is awaited doesn't"),
        )
        .variant(
            Variant::rust("tasks-tokio", Runtime::TokioCurrentThread, tasks_tokio::main)
                .watch("three jobs at once take as long as the longest")
                .on_tour(),
        )
        .variant(
            Variant::rust("tasks-async-std", Runtime::AsyncStd, tasks_async_std::main)
                .watch("the same on a pool of threads, with a set of futures for the order of completion"),
        )
        .variant(
            Variant::rust("tasks-smol", Runtime::SmolLocal, tasks_smol::main).watch("the same on one thread of smol's"),
        )
        .variant(
            Variant::python("python-tasks", env!("CARGO_MANIFEST_DIR"), "python/tasks.py")
                .watch("asyncio's gather and as_completed")
                .on_tour(),
        )
        .variant(
            Variant::rust("blocking", Runtime::All, blocking::main)
                .watch("a call that blocks freezes every task that has no other thread to run on")
                .on_tour(),
        )
        .variant(
            Variant::python("python-blocking", env!("CARGO_MANIFEST_DIR"), "python/blocking.py")
                .watch("the same on asyncio, and its way out: to_thread"),
        )
        .run()
}
