//! Lesson 4: patterns. Background tasks, cancellation, structured concurrency, and what a real program needs beside them.

mod account;
mod background_async_std;
mod background_smol;
mod background_threads;
mod background_tokio;
mod backpressure;
mod backpressure_smol;
mod backpressure_threads;
mod bridging;
mod bridging_wrong;
mod cancel_abort;
mod cancel_drop;
mod cancel_safety;
mod cancel_token;
mod cleanup;
mod customers;
mod guard;
mod handles;
mod left_behind;
mod message;
mod own_process;
mod panics;
mod peer;
mod progress;
mod progress_torn;
mod race;
mod service;
mod shutdown;
mod shutdown_async_std;
mod shutdown_smol;
mod shutdown_threads;
mod structured_async_std;
mod structured_smol;
mod structured_threads;
mod structured_tokio;
#[cfg(test)]
mod testing;
mod timeout;
mod watchdog;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

#[allow(clippy::too_many_lines, reason = "a table is as long as it has rows")]
fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Patterns: background, cancellation, structure")
        .variant(
            Variant::rust("background-threads", Runtime::Std, background_threads::main)
                .watch("the spinner ends with the work, also if that fails: try NUMBERS=\"2 3 five\"")
                .reads(&[&peer::NUMBERS]),
        )
        .variant(
            Variant::rust("background-tokio", Runtime::TokioCurrentThread, background_tokio::main)
                .watch("the same as a task, in a handle that aborts it when it is dropped")
                .on_tour()
                .reads(&[&peer::NUMBERS]),
        )
        .variant(
            Variant::rust("background-async-std", Runtime::AsyncStd, background_async_std::main)
                .watch("the same as the other half of one future")
                .reads(&[&peer::NUMBERS]),
        )
        .variant(
            Variant::rust("background-smol", Runtime::SmolLocal, background_smol::main)
                .watch("the same as a task that dropping cancels")
                .reads(&[&peer::NUMBERS]),
        )
        .variant(
            Variant::python("python-background", env!("CARGO_MANIFEST_DIR"), "python/background.py")
                .watch("the same in Python, with a finally")
                .on_tour()
                .reads(&[&peer::NUMBERS]),
        )
        .variant(
            Variant::rust("left-behind", Runtime::All, left_behind::main)
                .watch("what ten requests that fail leave behind: tasks without an owner run on"),
        )
        .variant(
            Variant::rust("cancel-drop", Runtime::TokioCurrentThread, cancel_drop::main)
                .watch("dropping a future is at once, and reaches nothing outside of it")
                .on_tour(),
        )
        .variant(
            Variant::rust("cancel-abort", Runtime::TokioCurrentThread, cancel_abort::main)
                .watch("aborting a task only asks: its guard is dropped later"),
        )
        .variant(
            Variant::rust("cancel-token", Runtime::TokioCurrentThread, cancel_token::main)
                .watch("a token reaches every task with a copy, and leaves time for a goodbye")
                .on_tour(),
        )
        .variant(
            Variant::python("python-cancel", env!("CARGO_MANIFEST_DIR"), "python/cancel.py")
                .watch("in Python cancelling is an exception, and cleanup can await"),
        )
        .variant(
            Variant::rust("handles", Runtime::All, handles::main)
                .watch("dropped, cancelled, panicked: what a handle does on each runtime"),
        )
        .variant(
            Variant::rust("cleanup", Runtime::TokioCurrentThread, cleanup::main)
                .watch("a goodbye has a deadline, and a call that has begun can't be aborted"),
        )
        .variant(
            Variant::rust("cancel-safety", Runtime::TokioCurrentThread, cancel_safety::main)
                .watch("a select! loop loses messages, and three others don't")
                .on_tour(),
        )
        .variant(
            Variant::python("python-cancel-safety", env!("CARGO_MANIFEST_DIR"), "python/cancel_safety.py")
                .watch("the same in Python, when the reading is cancelled, and when it is kept"),
        )
        .variant(
            Variant::rust("timeout", Runtime::All, timeout::main)
                .watch("too late is an error everywhere, and what becomes of the work depends")
                .on_tour(),
        )
        .variant(
            Variant::python("python-timeout", env!("CARGO_MANIFEST_DIR"), "python/timeout.py")
                .watch("asyncio.timeout, and work that won't be cancelled"),
        )
        .variant(
            Variant::rust("race", Runtime::All, race::main)
                .watch("the first of two wins; the loser is dropped, unless it is shielded"),
        )
        .variant(
            Variant::rust("structured-threads", Runtime::Std, structured_threads::main)
                .watch("one child fails: the others stop, and nothing outlives the group"),
        )
        .variant(
            Variant::rust("structured-tokio", Runtime::TokioCurrentThread, structured_tokio::main)
                .watch("the same with a JoinSet")
                .on_tour(),
        )
        .variant(
            Variant::rust("structured-async-std", Runtime::AsyncStd, structured_async_std::main)
                .watch("the same with futures that are no tasks"),
        )
        .variant(
            Variant::rust("structured-smol", Runtime::SmolLocal, structured_smol::main)
                .watch("the same with an executor for each group"),
        )
        .variant(
            Variant::python("python-structured", env!("CARGO_MANIFEST_DIR"), "python/structured.py")
                .watch("the original: a TaskGroup")
                .on_tour(),
        )
        .variant(
            Variant::rust("panics", Runtime::All, panics::main)
                .watch("a panic in a task, a thread, a pool: who learns of it"),
        )
        .variant(
            Variant::rust("shutdown", Runtime::TokioCurrentThread, shutdown::main)
                .watch("a service told to stop: drain, deadline, and an account that adds up")
                .handles_signals()
                .on_tour()
                .reads(&[&service::LISTEN, &service::DRAIN]),
        )
        .variant(
            Variant::rust("shutdown-threads", Runtime::Std, shutdown_threads::main)
                .watch("the same with a thread for each customer, woken where it blocks")
                .handles_signals()
                .reads(&[&service::LISTEN, &service::DRAIN]),
        )
        .variant(
            Variant::rust("shutdown-async-std", Runtime::AsyncStd, shutdown_async_std::main)
                .watch("the same with channels that close, on async-std")
                .handles_signals()
                .reads(&[&service::LISTEN, &service::DRAIN]),
        )
        .variant(
            Variant::rust("shutdown-smol", Runtime::SmolLocal, shutdown_smol::main)
                .watch("the same with channels that close, on one thread of smol's")
                .handles_signals()
                .reads(&[&service::LISTEN, &service::DRAIN]),
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
                .watch("to_thread, run_coroutine_threadsafe, and a result that never comes"),
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
