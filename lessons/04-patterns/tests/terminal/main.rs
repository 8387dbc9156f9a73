//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod background;
mod backpressure;
mod bridging;
mod cancelling;
mod groups;
#[cfg(unix)]
mod interruption;
mod overview;
mod progress;
#[cfg(unix)]
mod shutdown;
mod tables;

use lesson_testing::{Program, Recording};

const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-04"));

/// When the last of the spans called `name` closed.
fn closed(recording: &Recording, name: &str) -> u64 {
    let closed = recording.spans_named(name).map(|(span, _)| span.closed.expect("it has ended"));
    closed.max().unwrap_or_else(|| panic!("there is a span {name}"))
}

/// The lines that `variant` prints, in a terminal, where they must be the same as in a pipe.
fn lines(variant: &str) -> Vec<String> {
    LESSON.lines_of_both(variant, without_time)
}

/// A line without the time in it, which need not be the same twice.
fn without_time(line: &str) -> String {
    match (line.split_once(" after "), line.split_once(" s, ")) {
        (Some((before, _)), Some((_, after))) => format!("{before}, {after}"),
        _ => line.to_owned(),
    }
}
