//! The spinners, run in a terminal as a learner runs them, look the same from outside as those of the first lesson.

use crate::support::LESSON;

/// The variants with a spinner of their own.
const SPINNERS: [&str; 4] = ["busy-loop", "block-on", "run-queue", "event-loop"];

#[test]
fn busy_loop() {
    LESSON.holds_the_contract("busy-loop");
}

#[test]
fn block_on() {
    LESSON.holds_the_contract("block-on");
}

#[test]
fn run_queue() {
    LESSON.holds_the_contract("run-queue");
}

#[test]
fn event_loop() {
    LESSON.holds_the_contract("event-loop");
}

#[test]
fn a_pipe_gets_the_lines_and_no_frames() {
    LESSON.writes_its_lines_into_a_pipe(&SPINNERS);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    LESSON.ends_quietly_when_nobody_reads(&SPINNERS);
}
