//! Lesson 4: patterns. Background tasks, cancellation, structured concurrency, and what a real program needs beside them.

mod account;
mod backpressure;
mod backpressure_smol;
mod backpressure_threads;
mod bridging;
mod bridging_wrong;
mod customers;
mod message;
mod progress;
mod progress_torn;
mod service;
mod shutdown;
mod shutdown_async_std;
mod shutdown_smol;
mod shutdown_threads;
mod watchdog;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Patterns: background, cancellation, structure")
        .variant(
            Variant::rust("shutdown", Runtime::TokioCurrentThread, shutdown::main)
                .watch("a service told to stop: drain, deadline, and an account that adds up")
                .handles_signals()
                .on_tour(),
        )
        .variant(
            Variant::rust("shutdown-threads", Runtime::Std, shutdown_threads::main)
                .watch("the same with a thread for each customer, and somebody to wake each of them")
                .handles_signals(),
        )
        .variant(
            Variant::rust("shutdown-async-std", Runtime::AsyncStd, shutdown_async_std::main)
                .watch("the same with channels that close, on async-std")
                .handles_signals(),
        )
        .variant(
            Variant::rust("shutdown-smol", Runtime::SmolLocal, shutdown_smol::main)
                .watch("the same with channels that close, on one thread of smol's")
                .handles_signals(),
        )
        .variant(
            Variant::python("python-shutdown", env!("CARGO_MANIFEST_DIR"), "python/shutdown.py")
                .watch("the same on asyncio, with signal handlers that run in the loop")
                .handles_signals(),
        )
        .variant(
            Variant::rust("backpressure", Runtime::TokioCurrentThread, backpressure::main)
                .watch("a bounded channel slows the producer down; an unbounded one fills the memory")
                .on_tour(),
        )
        .variant(
            Variant::rust("backpressure-threads", Runtime::Std, backpressure_threads::main)
                .watch("the same with sync_channel and channel"),
        )
        .variant(
            Variant::rust("backpressure-smol", Runtime::SmolLocal, backpressure_smol::main)
                .watch("the same with async-channel, which async-std has too"),
        )
        .variant(
            Variant::python("python-backpressure", env!("CARGO_MANIFEST_DIR"), "python/backpressure.py")
                .watch("the same with asyncio.Queue, with and without maxsize"),
        )
        .variant(
            Variant::rust("bridging", Runtime::All, bridging::main)
                .watch("blocking from async, async from blocking, one runtime's socket on another")
                .on_tour(),
        )
        .variant(
            Variant::rust("bridging-wrong", Runtime::All, bridging_wrong::main)
                .watch("the same in the wrong place: some panic, and some hang without a word")
                .on_tour(),
        )
        .variant(
            Variant::python("python-bridging", env!("CARGO_MANIFEST_DIR"), "python/bridging.py")
                .watch("to_thread, run_coroutine_threadsafe, and a result that nobody can bring"),
        )
        .variant(
            Variant::rust("progress", Runtime::All, progress::main)
                .watch("several bars at once, log lines between them, and a spinner that nothing freezes")
                .handles_signals(),
        )
        .variant(
            Variant::rust("progress-torn", Runtime::Std, progress_torn::main)
                .watch("the same with plain println!: bars and lines run into each other"),
        )
        .run()
}
