//! Lesson 5: when to choose. Three programs on threads and on each runtime, and the load that tells them apart.

mod advise;
mod blocking_pools;
mod chat;
mod chat_async_std;
mod chat_smol;
mod chat_threads;
mod chat_tokio;
mod cores;
mod crawl;
mod crawler_async_std;
mod crawler_smol;
mod crawler_threads;
mod crawler_tokio;
mod event_loops;
mod http_async_std;
mod http_pool;
mod http_smol;
mod http_threads;
mod http_tokio;
mod limits;
mod listening;
mod load;
mod million;
mod mixed;
mod overhead;
mod plain;
mod rounds;
mod script_async;
mod script_pool;
mod scripts;
mod setting;
mod sites;
mod stop_signal;
mod unoptimised;
mod web;

use std::process::ExitCode;

use lesson_kit::{Lesson, PYTHON, Runtime, Variant};

#[allow(clippy::too_many_lines, reason = "a table is as long as it has rows")]
fn main() -> ExitCode {
    let lesson = Lesson::new(env!("CARGO_PKG_NAME"), "When to choose threads, when tasks")
        .variant(
            Variant::rust("http-threads", Runtime::Std, http_threads::main)
                .watch("a web server with a thread for each connection; Ctrl-C drains it")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("http-pool", Runtime::Std, http_pool::main)
                .watch("the same on a pool of threads, which WORKERS bounds: an idle client has none of them")
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
            Variant::python("python-http", env!("CARGO_MANIFEST_DIR"), "python/http_server.py")
                .watch("the same on asyncio, with the standard library alone; LOOP=uvloop takes another loop")
                .handles_signals()
                .endless(),
        )
        .variant(
            Variant::rust("load", Runtime::All, load::main)
                .watch("each web server with more and more clients: where do tasks overtake threads?")
                .reads(&[&PYTHON])
                .optimised(),
        )
        .variant(
            Variant::rust("mixed", Runtime::All, mixed::main)
                .watch("a route that waits and computes, in the task or handed over: how long do others wait?")
                .optimised(),
        )
        .variant(
            Variant::rust("cores", Runtime::All, cores::main)
                .watch("one thread for a server's tasks, and two, on cores that it shares with its clients")
                .optimised(),
        )
        .variant(
            Variant::rust("million", Runtime::All, million::main)
                .watch("a million spinners on each runtime (with --release), and as many threads as there can be")
                .reads(&[&PYTHON])
                .optimised()
                .on_tour(),
        )
        .variant(
            Variant::rust("overhead", Runtime::All, overhead::main)
                .watch("what the service costs, beside the plainest server on the same runtime")
                .optimised(),
        )
        .variant(
            Variant::rust("plain-threads", Runtime::Std, plain::threads::main)
                .source("src/plain/threads.rs")
                .watch("for overhead: a socket, a thread and a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-tokio", Runtime::TokioMultiThread, plain::tokio::main)
                .source("src/plain/tokio.rs")
                .watch("for overhead: hyper on tokio with a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-async-std", Runtime::AsyncStd, plain::async_std::main)
                .source("src/plain/async_std.rs")
                .watch("for overhead: hyper on async-std with a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("plain-smol", Runtime::SmolLocal, plain::smol::main)
                .source("src/plain/smol.rs")
                .watch("for overhead: hyper on smol with a fixed answer")
                .endless(),
        )
        .variant(
            Variant::rust("chat-threads", Runtime::Std, chat_threads::main)
                .watch("a chat with two threads a client; LISTEN=127.0.0.1:4000 serves netcat")
                .handles_signals(),
        )
        .variant(
            Variant::rust("chat-tokio", Runtime::TokioMultiThread, chat_tokio::main)
                .watch("the same chat with a task a client, which reads, writes and waits for the end at once")
                .handles_signals(),
        )
        .variant(
            Variant::rust("chat-async-std", Runtime::AsyncStd, chat_async_std::main)
                .watch("the same on async-std, where a client's task has to be cancelled")
                .handles_signals(),
        )
        .variant(
            Variant::rust("chat-smol", Runtime::SmolLocal, chat_smol::main)
                .watch("the same on one thread of smol's, without a lock")
                .handles_signals(),
        )
        .variant(
            Variant::python("python-chat", env!("CARGO_MANIFEST_DIR"), "python/chat_server.py")
                .watch("the same on asyncio: two tasks a client, on one thread; LOOP=uvloop takes another loop")
                .handles_signals(),
        )
        .variant(
            Variant::rust("crawler-threads", Runtime::Std, crawler_threads::main)
                .watch("a crawl of sites that misbehave: five threads share a list of pages")
                .handles_signals(),
        )
        .variant(
            Variant::rust("crawler-tokio", Runtime::TokioMultiThread, crawler_tokio::main)
                .watch("a task for each page, and permits: five at once, two of one host; the same report")
                .handles_signals(),
        )
        .variant(
            Variant::rust("crawler-async-std", Runtime::AsyncStd, crawler_async_std::main)
                .watch("the same on a pool of threads; the same report")
                .handles_signals(),
        )
        .variant(
            Variant::rust("crawler-smol", Runtime::SmolLocal, crawler_smol::main)
                .watch("the same on one thread of smol's; the same report")
                .handles_signals(),
        )
        .variant(
            Variant::rust("sites", Runtime::Std, sites::main)
                .watch("the sites that are crawled, for curl, or for a crawler in another terminal; LISTEN says where")
                .endless(),
        )
        .variant(
            Variant::rust("blocking-pools", Runtime::All, blocking_pools::main)
                .watch("a blocking call in a runtime's pool: what if it is cancelled, or the pool is full?"),
        )
        .variant(
            Variant::rust("script-pool", Runtime::Std, script_pool::main)
                .watch("a small script on a pool of threads: the blocking call, four at once")
                .on_tour(),
        )
        .variant(
            Variant::rust("script-async", Runtime::TokioMultiThread, script_async::main)
                .watch("the same as tasks, whose files are read on a pool of threads all the same")
                .on_tour(),
        )
        .variant(
            Variant::python("python-script-pool", env!("CARGO_MANIFEST_DIR"), "python/script_pool.py")
                .watch("the same in Python, with a ThreadPoolExecutor")
                .on_tour(),
        )
        .variant(
            Variant::python("python-script-async", env!("CARGO_MANIFEST_DIR"), "python/script_async.py")
                .watch("the same with asyncio, whose files are read on a pool of threads too"),
        )
        .variant(
            Variant::rust("scripts", Runtime::All, scripts::main)
                .watch("what each of these four takes: lines of code, time, threads, memory")
                .reads(&[&PYTHON])
                .optimised(),
        )
        // Last, since its reasons quote the recordings of those before it.
        .variant(
            Variant::rust("advise", Runtime::Std, advise::main)
                .watch("threads, a pool or async? Five questions, an answer, and who measured its reasons")
                .on_tour(),
        );
    setting::MEANINGS.into_iter().fold(lesson, |lesson, (name, sets)| lesson.setting(name, sets)).run()
}
