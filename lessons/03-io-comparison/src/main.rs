//! Lesson 3: threads and async for I/O, and for the CPU. The notes' comparison, run and measured.

mod async_std;
mod bounded_async_std;
mod bounded_smol;
mod bounded_threads;
mod bounded_tokio;
mod cell;
mod download_error;
#[cfg(test)]
mod promises;
mod report;
mod retry;
mod sequential;
mod server;
mod server_capacity;
mod settings;
mod slow_server;
mod smol;
mod strategies;
mod thread_pool;
mod threads;
mod tokio;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    let lesson = Lesson::new(env!("CARGO_PKG_NAME"), "Threads and async, for I/O and for the CPU");
    let lesson = settings::MEANINGS.into_iter().fold(lesson, |lesson, (name, sets)| lesson.setting(name, sets));
    lesson
        .variant(
            Variant::rust("sequential", Runtime::Std, sequential::main)
                .watch("one download after the other takes as long as all of them together")
                .on_tour(),
        )
        .variant(
            Variant::python("python-sequential", env!("CARGO_MANIFEST_DIR"), "python/sequential.py")
                .watch("the baseline in Python")
                .on_tour(),
        )
        .variant(
            Variant::rust("threads", Runtime::Std, threads::main)
                .watch("a thread for each: as long as the slowest")
                .on_tour(),
        )
        .variant(
            Variant::python("python-threads", env!("CARGO_MANIFEST_DIR"), "python/threads.py")
                .watch("threads help here: who waits for a socket holds no GIL")
                .on_tour(),
        )
        .variant(
            Variant::rust("thread-pool", Runtime::Std, thread_pool::main)
                .watch("eight threads share the downloads; in order, and as they come")
                .on_tour(),
        )
        .variant(
            Variant::python("python-thread-pool", env!("CARGO_MANIFEST_DIR"), "python/thread_pool.py")
                .watch("ThreadPoolExecutor, with map and as_completed")
                .on_tour(),
        )
        .variant(
            Variant::rust("tokio", Runtime::TokioCurrentThread, tokio::main)
                .watch("a task for each, on one thread: as long as the slowest")
                .on_tour(),
        )
        .variant(
            Variant::python("python-asyncio", env!("CARGO_MANIFEST_DIR"), "python/downloads_asyncio.py")
                .watch("tasks on streams, since urlopen would block the loop")
                .on_tour(),
        )
        .variant(
            Variant::rust("async-std", Runtime::AsyncStd, async_std::main)
                .watch("the same on a pool, with a client put together by hand"),
        )
        .variant(
            Variant::rust("smol", Runtime::SmolLocal, smol::main)
                .watch("the same on one thread, with the same client")
                .on_tour(),
        )
        .variant(
            Variant::rust("bounded-threads", Runtime::Std, bounded_threads::main)
                .watch("eight at once, from a server that fails; retries, and a report that adds up"),
        )
        .variant(
            Variant::rust("bounded-tokio", Runtime::TokioCurrentThread, bounded_tokio::main)
                .watch("the same as tasks: press Ctrl-C in the middle"),
        )
        .variant(
            Variant::rust("bounded-async-std", Runtime::AsyncStd, bounded_async_std::main)
                .watch("the same report on async-std"),
        )
        .variant(Variant::rust("bounded-smol", Runtime::SmolLocal, bounded_smol::main).watch("the same report on smol"))
        .variant(
            Variant::rust("strategies", Runtime::All, strategies::main)
                .watch("what each way costs, for more and more downloads at once"),
        )
        .variant(
            Variant::rust("server-capacity", Runtime::All, server_capacity::main)
                .watch("that the server is not what limits the others"),
        )
        .variant(
            Variant::rust("server", Runtime::TokioCurrentThread, server::main)
                .watch("the slow server alone, for curl or a client of yours")
                .endless(),
        )
        .run()
}
