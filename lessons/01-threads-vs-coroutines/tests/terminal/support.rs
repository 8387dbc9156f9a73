//! What the tests of this lesson share: the built program, and what a run must look like.

use lesson_terminal::{Exit, Run, Terminal};

/// The frames of a spinner, in order.
pub const TURNS: [&str; 4] = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];

/// The program that a learner runs.
pub const LESSON: &str = env!("CARGO_BIN_EXE_lesson-01");

/// A terminal in which the lesson will run with `arguments`. It is so wide that no line of a variant is wrapped.
pub fn terminal<const N: usize>(arguments: [&str; N]) -> Terminal {
    Terminal::new(LESSON).args(arguments).env("RUST_BACKTRACE", "0").env_remove("NO_COLOR").size(250, 60)
}

/// Runs the lesson with `arguments` to its end.
pub fn run<const N: usize>(arguments: [&str; N]) -> Run {
    terminal(arguments).start().expect("the lesson can be started").finish().expect("the lesson ends by itself")
}

/// Runs `variant` alone, and checks all that a variant's run must look like from outside, whatever it runs on.
pub fn holds_the_contract(variant: &str) -> Run {
    let run = run([variant]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert_eq!(lines.len(), 2, "nothing is left over: {lines:?}");
    assert!(lines[0].starts_with("spinner object: "), "{lines:?}");
    assert_eq!(lines[1], "Answer: 42");
    assert!(run.screen.cursor_visible());

    // Whatever the machine, each frame but the first comes a tick or more after the one before.
    let expected: Vec<_> = TURNS.into_iter().cycle().take(run.frames.len()).collect();
    assert_eq!(run.frames, expected);
    let (end, _) = run.chunks.last().expect("it wrote something");
    let most = usize::try_from(end.as_millis() / 100 + 1).expect("a run is not that long");
    assert!((2..=most).contains(&run.frames.len()), "{} frames in {end:?}", run.frames.len());
    run
}

/// Whether at least one whole turn of the spinner has been drawn: the second of two frames stands there.
#[cfg(unix)]
pub fn is_turning(screen: &lesson_terminal::Screen) -> bool {
    screen.line_with_cursor() == TURNS[1]
}
