//! Lesson 3: threads and async for I/O, and for the CPU. The notes' comparison, run and measured.

mod cpu_blocks;
mod cpu_offload_async_std;
mod cpu_offload_smol;
mod cpu_offload_tokio;
mod cpu_processes;
mod cpu_rayon;
mod cpu_sweep;
mod cpu_threads;
mod cpu_yield;
mod lock_across_await;
mod number;
mod prime;
mod race_fixed_async_std;
mod race_fixed_smol;
mod race_fixed_tokio;
mod race_lost;
mod race_orders;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Threads and async, for I/O and for the CPU")
        .setting("NUMBER", "the number that cpu variants check: is it prime? A large prime without it")
        .setting("NUMBERS", "those that cpu-sweep checks, with commas between them; eight without it")
        .variant(
            Variant::rust("cpu-blocks", Runtime::TokioCurrentThread, cpu_blocks::main)
                .watch("a task that computes: the spinner stands still until it is done")
                .differs("at .await, and nowhere in a loop that divides", "abort(), then awaiting the handle")
                .on_tour(),
        )
        .variant(
            Variant::rust("cpu-yield", Runtime::TokioCurrentThread, cpu_yield::main)
                .watch("the loop gives way now and then: the spinner turns, and nothing gets faster")
                .differs("at .await, and after each portion", "abort(), then awaiting the handle"),
        )
        .variant(
            Variant::rust("cpu-offload-tokio", Runtime::TokioCurrentThread, cpu_offload_tokio::main)
                .watch("spawn_blocking computes on another thread: the spinner turns")
                .differs("at .await", "abort(), then awaiting the handle")
                .on_tour(),
        )
        .variant(
            Variant::rust("cpu-offload-async-std", Runtime::AsyncStd, cpu_offload_async_std::main)
                .watch("the same with async-std's spawn_blocking")
                .differs("at .await", "cancel().await"),
        )
        .variant(
            Variant::rust("cpu-offload-smol", Runtime::SmolLocal, cpu_offload_smol::main)
                .watch("the same with smol's unblock")
                .differs("at .await", "cancel().await, or dropping the handle"),
        )
        .variant(
            Variant::rust("cpu-threads", Runtime::TokioCurrentThread, cpu_threads::main)
                .watch("a thread of our own computes, and a channel brings its answer")
                .differs("at .await", "abort(), then awaiting the handle"),
        )
        .variant(
            Variant::rust("cpu-rayon", Runtime::TokioCurrentThread, cpu_rayon::main)
                .watch("every core computes: the spinner turns, for a shorter time")
                .differs("at .await", "abort(), then awaiting the handle")
                .on_tour(),
        )
        .variant(
            Variant::rust("cpu-processes", Runtime::TokioCurrentThread, cpu_processes::main)
                .watch("a child process computes, and lives no longer than its parent")
                .differs("at .await", "abort(), then awaiting the handle"),
        )
        .variant(
            Variant::python("python-cpu-blocks", env!("CARGO_MANIFEST_DIR"), "python/cpu_blocks.py")
                .watch("asyncio freezes in the same way, on a smaller number")
                .differs("at await", "cancel(), then the task group")
                .on_tour(),
        )
        .variant(
            Variant::python("python-cpu-offload", env!("CARGO_MANIFEST_DIR"), "python/cpu_offload.py")
                .watch("to_thread: two threads take turns at the interpreter's lock, and the spinner turns")
                .differs("at await", "cancel(), then the task group")
                .on_tour(),
        )
        .variant(
            Variant::python("python-cpu-processes", env!("CARGO_MANIFEST_DIR"), "python/cpu_processes.py")
                .watch("ProcessPoolExecutor: an interpreter of its own, and a lock of its own")
                .differs("at await", "cancel(), then the task group"),
        )
        .variant(
            Variant::rust("cpu-sweep", Runtime::Std, cpu_sweep::main)
                .watch("more workers, in Rust and in Python: what do the cores give, and to whom?"),
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
        .run()
}
