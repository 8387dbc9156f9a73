//! What a learner sees of the tour, the guide and the small script, in a terminal as the learner has one.

mod advise;
mod blocking_pools;
mod overview;
mod scripts;

use lesson_testing::Program;

/// The lesson.
const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-05"));
