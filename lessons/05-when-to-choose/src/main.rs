//! Lesson 5: when to choose. Three programs on threads and on each runtime, and the load that tells them apart.

use std::process::ExitCode;

use lesson_kit::Lesson;

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "When to choose threads, when tasks").run()
}
