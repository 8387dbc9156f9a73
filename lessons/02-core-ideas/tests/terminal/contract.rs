//! The spinners, run in a terminal as a learner runs them, look the same from outside as those of the first lesson.

use crate::{LESSON, SPINNERS};
use lesson_testing::at_once;

#[test]
fn a_terminal_gets_frames_and_an_answer() {
    at_once(&SPINNERS, |variant| LESSON.holds_the_contract(variant));
}

#[test]
fn a_pipe_gets_the_lines_and_no_frames() {
    LESSON.writes_its_lines_into_a_pipe(&SPINNERS);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    LESSON.ends_quietly_when_nobody_reads(&SPINNERS);
}
