//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod command_line;
mod contract;
mod errata;
#[cfg(unix)]
mod interruption;
mod output;

use lesson_testing::Program;

/// The program that a learner runs.
const PATH: &str = env!("CARGO_BIN_EXE_lesson-01");

const LESSON: Program = Program::at(PATH);

/// The variants in Rust.
const RUST: [&str; 7] = ["threads", "threads-event", "processes", "tokio", "tokio-multi", "async-std", "smol"];

/// Those in Python.
const PYTHON: [&str; 2] = ["python-threads", "python-asyncio"];
