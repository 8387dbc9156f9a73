//! Lesson 5: when to choose. Three programs on threads and on each runtime, and the load that tells them apart.

mod chat;
mod chat_async_std;
mod chat_smol;
mod chat_threads;
mod chat_tokio;
mod crawl;
mod crawler_async_std;
mod crawler_smol;
mod crawler_threads;
mod crawler_tokio;
mod script_async;
mod script_pool;
mod setting;
mod stop_signal;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    let lesson = Lesson::new(env!("CARGO_PKG_NAME"), "When to choose threads, when tasks")
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
        );
    setting::MEANINGS.into_iter().fold(lesson, |lesson, (name, sets)| lesson.setting(name, sets)).run()
}
