//! Lesson 3: threads and async for I/O, and for the CPU. The notes' comparison, run and measured.

use std::process::ExitCode;

use lesson_kit::Lesson;

fn main() -> ExitCode {
    Lesson::new(env!("CARGO_PKG_NAME"), "Threads and async, for I/O and for the CPU").run()
}
