//! Lesson 1: threads vs coroutines. The notes' spinner, on threads, as a child process, and as a task on three
//! runtimes.

mod async_std;
mod processes;
mod smol;
mod threads;
mod threads_event;
mod tokio;
mod tokio_multi;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Threads vs coroutines: one spinner, on everything that can turn it")
        .variant(
            Variant::rust("threads", Runtime::Std, threads::main)
                .watch("the spinner sees its flag after its nap: stopping takes up to a tick")
                .differs("anywhere", "a flag, looked at once a tick")
                .on_tour(),
        )
        .variant(
            Variant::rust("threads-event", Runtime::Std, threads_event::main)
                .watch("a channel wakes the spinner: it stops at once")
                .differs("anywhere", "a channel, which wakes it")
                .on_tour(),
        )
        .variant(
            Variant::rust("processes", Runtime::Std, processes::main)
                .watch("the spinner is a child process that lives as long as its pipe")
                .differs("anywhere", "its standard input closes"),
        )
        .variant(
            Variant::rust("tokio", Runtime::TokioCurrentThread, tokio::main)
                .watch("one thread: the spinner and the slow function take turns on it")
                .differs("at .await", "abort(), then awaiting the handle")
                .on_tour(),
        )
        .variant(
            Variant::rust("tokio-multi", Runtime::TokioMultiThread, tokio_multi::main)
                .watch("the same source; worker threads poll the spinner, main polls the rest")
                .differs("at .await", "abort(), then awaiting the handle"),
        )
        .variant(
            Variant::rust("async-std", Runtime::AsyncStd, async_std::main)
                .watch("worker threads poll the spinner; cancel() waits until it is gone")
                .differs("at .await", "cancel().await")
                .on_tour(),
        )
        .variant(
            Variant::rust("smol", Runtime::SmolLocal, smol::main)
                .watch("one thread runs the tasks; dropping a task's handle would cancel it too")
                .differs("at .await", "cancel().await, or dropping the handle")
                .on_tour(),
        )
        .variant(
            Variant::python("python-threads", env!("CARGO_MANIFEST_DIR"), "python/spinner_threads.py")
                .watch("the original on threads, with an event instead of a flag")
                .differs("anywhere", "an event, which wakes it")
                .on_tour(),
        )
        .variant(
            Variant::python("python-asyncio", env!("CARGO_MANIFEST_DIR"), "python/spinner_asyncio.py")
                .watch("the original on asyncio, with a task group")
                .differs("at await", "cancel() raises CancelledError in it")
                .on_tour(),
        )
        .run()
}
