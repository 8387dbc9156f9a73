//! The spinner ends with the work, however that ends.

use lesson_testing::{Exit, Run, TURNS, at_once};

use crate::LESSON;

const RUST: [&str; 4] = ["background-threads", "background-tokio", "background-async-std", "background-smol"];

/// A run in a terminal with these numbers.
fn run(variant: &str, numbers: &str) -> Run {
    LESSON.with(&[("NUMBERS", numbers)]).run([variant])
}

fn turns(run: &Run) {
    let expected: Vec<_> = TURNS.into_iter().cycle().take(run.frames.len()).collect();
    assert_eq!(run.frames, expected);
    assert!(run.frames.len() >= 2, "{:?}", run.frames);
}

fn answers(variant: &str) {
    let run = run(variant, "");
    assert_eq!(run.exit, Exit::Code(0), "{variant}: {:?}", run.screen);
    assert_eq!(run.screen.lines(), ["Answer: 42"], "{variant}");
    assert!(run.screen.cursor_visible(), "{variant}");
    turns(&run);
}

#[test]
fn the_work_gives_its_answer_and_nothing_is_left_of_the_spinner() {
    at_once(&RUST, answers);
}

#[test]
fn python_background_gives_its_answer() {
    answers("python-background");
}

#[test]
fn an_error_of_the_work_ends_the_spinner_too() {
    for (variant, run) in at_once(&RUST, |variant| run(variant, "2 three")) {
        assert_eq!(run.exit, Exit::Code(1), "{variant}: {:?}", run.screen);
        let why = "lesson-04: the peer sent `three`, which is no whole number from 0 to 4294967295; NUMBERS=\"2 3 5\" has it send three";
        assert_eq!(run.screen.lines(), [why], "{variant}");
        assert!(run.screen.cursor_visible(), "{variant}");
        turns(&run);
    }
}

#[test]
fn python_background_ends_with_an_error() {
    let run = run("python-background", "2 three");
    assert_eq!(run.exit, Exit::Code(1), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert!(lines.len() == 1 && lines[0].starts_with("the peer sent what is no whole number: "), "{lines:?}");
    turns(&run);
}

#[test]
fn a_pipe_gets_the_answer_and_no_frames() {
    for (variant, output) in at_once(&RUST, |variant| LESSON.output([variant])) {
        assert!(output.status.success(), "{variant}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "Answer: 42\n", "{variant}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
    }
}
