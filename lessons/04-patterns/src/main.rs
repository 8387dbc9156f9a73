//! Lesson 4: patterns. Background tasks, cancellation, structured concurrency, and what a real program needs beside them.

use std::process::ExitCode;

use lesson_kit::Lesson;

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Patterns: background, cancellation, structure").run()
}
