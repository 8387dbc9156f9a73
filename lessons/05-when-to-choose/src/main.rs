//! Lesson 5: when to choose. Three programs on threads and on each runtime, and the load that tells them apart.

mod http_async_std;
mod http_smol;
mod http_threads;
mod http_tokio;
mod lifeline;
mod limits;
mod load;
mod million;
mod overhead;
mod plain;
mod web;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "When to choose threads, when tasks")
        .setting("LISTEN", "where a server listens; 127.0.0.1:8080 without it, and port 0 stands for any that is free")
        .setting("CONNECTIONS", "the most clients at once; without it as many as the system has room for")
        .setting("PATIENCE", "http-*: seconds that a client may keep the server waiting; 30 without it")
        .setting("DRAIN", "http-*: seconds in which to finish after Ctrl-C; 5 without it")
        .setting(
            "SECONDS",
            "load, overhead, million: seconds of each measurement; about half a second without it, or 3",
        )
        .setting("CLIENTS", "load: how many clients, such as 1,200; from 1 to thousands without it")
        .setting("SPINNERS", "million: how many; 1000000 without it")
        .setting("PERIOD", "million: seconds from one turn of a spinner to its next; 1.5 without it")
        .variant(
            Variant::rust("http-threads", Runtime::Std, http_threads::main)
                .watch("a web server with a thread for each connection; Ctrl-C drains it")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("http-tokio", Runtime::TokioMultiThread, http_tokio::main)
                .watch("the same service with hyper, a task for each connection")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("http-async-std", Runtime::AsyncStd, http_async_std::main)
                .watch("the same with hyper on async-std, through a small adapter")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("http-smol", Runtime::SmolLocal, http_smol::main)
                .watch("the same with hyper on smol, every connection on one thread")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("load", Runtime::All, load::main)
                .watch("each web server with more and more clients: where do tasks overtake threads?"),
        )
        .variant(
            Variant::rust("million", Runtime::All, million::main)
                .watch("a million spinners on each runtime, and as many threads as there can be")
                .on_tour(),
        )
        .variant(
            Variant::rust("overhead", Runtime::All, overhead::main)
                .watch("what the service costs, beside the plainest server on the same runtime"),
        )
        .variant(
            Variant::rust("plain-threads", Runtime::Std, plain::threads::main)
                .watch("for overhead: a socket, a thread and a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-tokio", Runtime::TokioMultiThread, plain::tokio::main)
                .watch("for overhead: hyper on tokio with a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-async-std", Runtime::AsyncStd, plain::async_std::main)
                .watch("for overhead: hyper on async-std with a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-smol", Runtime::SmolLocal, plain::smol::main)
                .watch("for overhead: hyper on smol with a fixed answer")
                .endless(),
        )
        .run()
}
