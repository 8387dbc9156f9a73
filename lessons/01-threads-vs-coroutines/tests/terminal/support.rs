//! The built program, and how the tests of this lesson run it.

use lesson_terminal::{Run, Terminal, contract::Lesson};

/// The program that a learner runs.
pub const LESSON: &str = env!("CARGO_BIN_EXE_lesson-01");

/// The lesson.
pub const CONTRACT: Lesson = Lesson::at(LESSON);

/// A terminal in which the lesson will run with `arguments`. It is so wide that no line of a variant is wrapped.
pub fn terminal<const N: usize>(arguments: [&str; N]) -> Terminal {
    CONTRACT.terminal(arguments)
}

/// Runs the lesson with `arguments` to its end.
pub fn run<const N: usize>(arguments: [&str; N]) -> Run {
    CONTRACT.run(arguments)
}
