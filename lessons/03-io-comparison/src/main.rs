//! Lesson 3: threads and async for I/O, and for the CPU. The notes' comparison, run and measured.

mod async_std;
mod bare_sockets;
mod bounded_async_std;
mod bounded_smol;
mod bounded_threads;
mod bounded_tokio;
mod cell;
mod cpu_blocks;
mod cpu_offload_async_std;
mod cpu_offload_smol;
mod cpu_offload_tokio;
mod cpu_processes;
mod cpu_rayon;
mod cpu_sweep;
mod cpu_threads;
mod cpu_yield;
mod download_error;
mod lock_across_await;
mod prime;
#[cfg(test)]
mod promises;
mod race_fixed_async_std;
mod race_fixed_smol;
mod race_fixed_tokio;
mod race_lost;
mod race_orders;
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

use lesson_kit::{Lesson, PYTHON, Runtime, Variant};
use settings::{
    BOUND, BOUNDED, DOWNLOADS, ERRORS, LISTEN, NUMBER, NUMBER_IN_PYTHON, NUMBERS, ORDERED, SEED, SIZES, TIMEOUT,
};

#[allow(clippy::too_many_lines, reason = "a table is as long as it has rows")]
fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Threads and async, for I/O and for the CPU")
        .variant(
            Variant::rust("sequential", Runtime::Std, sequential::main)
                .watch("one download after the other takes as long as all of them together")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::python("python-sequential", env!("CARGO_MANIFEST_DIR"), "python/sequential.py")
                .watch("the baseline in Python")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::rust("threads", Runtime::Std, threads::main)
                .watch("a thread for each: as long as the slowest")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::python("python-threads", env!("CARGO_MANIFEST_DIR"), "python/threads.py")
                .watch("threads help here: one that waits for a socket holds no GIL")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::rust("thread-pool", Runtime::Std, thread_pool::main)
                .watch("eight threads share the downloads, and show them as they come")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED, &ORDERED]),
        )
        .variant(
            Variant::python("python-thread-pool", env!("CARGO_MANIFEST_DIR"), "python/thread_pool.py")
                .watch("ThreadPoolExecutor, with as_completed; ORDERED=1 takes map")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED, &ORDERED]),
        )
        .variant(
            Variant::rust("tokio", Runtime::TokioCurrentThread, tokio::main)
                .watch("a task for each, on one thread: as long as the slowest")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::python("python-asyncio", env!("CARGO_MANIFEST_DIR"), "python/downloads_asyncio.py")
                .watch("tasks on streams, since urlopen would block the loop")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::rust("async-std", Runtime::AsyncStd, async_std::main)
                .watch("the same on a pool, with a client put together by hand")
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::rust("smol", Runtime::SmolLocal, smol::main)
                .watch("the same on one thread, with the same client")
                .on_tour()
                .reads(&[&DOWNLOADS, &SEED]),
        )
        .variant(
            Variant::rust("bounded-threads", Runtime::Std, bounded_threads::main)
                .watch("eight at once, from a server that fails; retries, and a report that adds up")
                .handles_ctrl_c()
                .reads(&[&BOUNDED, &SEED, &BOUND, &ERRORS, &TIMEOUT]),
        )
        .variant(
            Variant::rust("bounded-tokio", Runtime::TokioCurrentThread, bounded_tokio::main)
                .watch("the same as tasks: press Ctrl-C in the middle")
                .handles_ctrl_c()
                .reads(&[&BOUNDED, &SEED, &BOUND, &ERRORS, &TIMEOUT]),
        )
        .variant(
            Variant::rust("bounded-async-std", Runtime::AsyncStd, bounded_async_std::main)
                .watch("the same report on async-std")
                .handles_ctrl_c()
                .reads(&[&BOUNDED, &SEED, &BOUND, &ERRORS, &TIMEOUT]),
        )
        .variant(
            Variant::rust("bounded-smol", Runtime::SmolLocal, bounded_smol::main)
                .watch("the same report on smol")
                .handles_ctrl_c()
                .reads(&[&BOUNDED, &SEED, &BOUND, &ERRORS, &TIMEOUT]),
        )
        .variant(
            Variant::rust("cpu-blocks", Runtime::TokioCurrentThread, cpu_blocks::main)
                .watch("a task that computes: the spinner stands still until it is done")
                .differs("at .await, and nowhere in a loop that divides", "abort(), then awaiting the handle")
                .on_tour()
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-yield", Runtime::TokioCurrentThread, cpu_yield::main)
                .watch("the loop gives way now and then: the spinner turns, and nothing gets faster")
                .differs("at .await, and after each portion", "abort(), then awaiting the handle")
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-offload-tokio", Runtime::TokioCurrentThread, cpu_offload_tokio::main)
                .watch("spawn_blocking computes on another thread: the spinner turns")
                .differs("at .await", "abort(), then awaiting the handle")
                .on_tour()
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-offload-async-std", Runtime::AsyncStd, cpu_offload_async_std::main)
                .watch("the same with async-std's spawn_blocking")
                .differs("at .await", "cancel().await")
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-offload-smol", Runtime::SmolLocal, cpu_offload_smol::main)
                .watch("the same with smol's unblock")
                .differs("at .await", "cancel().await, or dropping the handle")
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-threads", Runtime::TokioCurrentThread, cpu_threads::main)
                .watch("a thread of our own computes, and a channel brings its answer")
                .differs("at .await", "abort(), then awaiting the handle")
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-rayon", Runtime::TokioCurrentThread, cpu_rayon::main)
                .watch("every core computes: the spinner turns, for a shorter time")
                .differs("at .await", "abort(), then awaiting the handle")
                .on_tour()
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::rust("cpu-processes", Runtime::TokioCurrentThread, cpu_processes::main)
                .watch("a child process computes, and lives no longer than its parent")
                .differs("at .await", "abort(), then awaiting the handle")
                .reads(&[&NUMBER]),
        )
        .variant(
            Variant::python("python-cpu-blocks", env!("CARGO_MANIFEST_DIR"), "python/cpu_blocks.py")
                .watch("asyncio freezes in the same way, on a smaller number")
                .differs("at await", "cancel(), then the task group")
                .on_tour()
                .reads(&[&NUMBER_IN_PYTHON]),
        )
        .variant(
            Variant::python("python-cpu-offload", env!("CARGO_MANIFEST_DIR"), "python/cpu_offload.py")
                .watch("to_thread: two threads take turns at the interpreter's lock, and the spinner turns")
                .differs("at await", "cancel(), then the task group")
                .on_tour()
                .reads(&[&NUMBER_IN_PYTHON]),
        )
        .variant(
            Variant::python("python-cpu-processes", env!("CARGO_MANIFEST_DIR"), "python/cpu_processes.py")
                .watch("ProcessPoolExecutor: an interpreter of its own, and a lock of its own")
                .differs("at await", "cancel(), then the task group")
                .reads(&[&NUMBER_IN_PYTHON]),
        )
        .variant(
            Variant::rust("cpu-sweep", Runtime::Std, cpu_sweep::main)
                .watch("more workers, in Rust and in Python: what do the cores give, and to whom?")
                .reads(&[&NUMBERS, &PYTHON]),
        )
        .variant(
            Variant::rust("race-lost", Runtime::TokioCurrentThread, race_lost::main)
                .watch("an update is lost across an await, on one thread"),
        )
        .variant(
            Variant::rust("race-orders", Runtime::FromScratch, race_orders::main)
                .watch("every order of polls: which of them lose an update, and which mends do not"),
        )
        .variant(
            Variant::rust("race-fixed-tokio", Runtime::TokioMultiThread, race_fixed_tokio::main)
                .watch("a lock that may be held across an await, and a task that owns the balance"),
        )
        .variant(
            Variant::rust("race-fixed-async-std", Runtime::AsyncStd, race_fixed_async_std::main)
                .watch("the same on async-std"),
        )
        .variant(
            Variant::rust("race-fixed-smol", Runtime::SmolLocal, race_fixed_smol::main)
                .watch("the same on one thread of smol's, where it is needed as much"),
        )
        .variant(
            Variant::rust("lock-across-await", Runtime::All, lock_across_await::main)
                .watch("std's lock, held across an await, stops a thread for good; an asynchronous one doesn't"),
        )
        .variant(
            Variant::rust("strategies", Runtime::All, strategies::main)
                .watch("what each way costs, for more and more downloads at once")
                .reads(&[&SIZES, &SEED]),
        )
        .variant(
            Variant::rust("server-capacity", Runtime::All, server_capacity::main)
                .watch("that the server is not what limits the others")
                .reads(&[&SIZES, &SEED]),
        )
        .variant(
            Variant::rust("server", Runtime::TokioCurrentThread, server::main)
                .watch("the slow server alone, for curl or a client of yours")
                .endless()
                .reads(&[&SEED, &ERRORS, &LISTEN]),
        )
        .run()
}
