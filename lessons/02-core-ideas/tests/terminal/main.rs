//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod blocking;
mod contract;
#[cfg(unix)]
mod interruption;
mod output;
mod recordings;
mod sockets;

use lesson_testing::Program;

const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-02"));

/// The variants with a spinner of their own.
const SPINNERS: [&str; 4] = ["busy-loop", "block-on", "run-queue", "event-loop"];
