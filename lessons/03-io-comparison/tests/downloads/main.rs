//! What the downloads promise, checked on the program that a learner runs, in a terminal as the learner has one.

mod bounded;
mod downloads;
mod server;
mod settings;
mod tables;

use lesson_testing::Program;

const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-03"));
