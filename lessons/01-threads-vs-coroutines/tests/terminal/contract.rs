//! Every variant, run in a terminal as a learner runs it, looks the same from outside.

use crate::{LESSON, PYTHON, RUST};
use lesson_testing::at_once;

#[test]
fn in_rust() {
    at_once(&RUST, |variant| LESSON.holds_the_contract(variant));
}

#[test]
fn in_python() {
    at_once(&PYTHON, |variant| LESSON.holds_the_contract(variant));
}

#[test]
fn rust_and_python_draw_the_same_frames() {
    let runs = at_once(&["threads", PYTHON[0], PYTHON[1]], |variant| LESSON.holds_the_contract(variant).frames);
    let (_, rust) = &runs[0];
    for (variant, python) in &runs[1..] {
        let both = rust.len().min(python.len());
        assert_eq!(rust[..both], python[..both], "{variant}");
    }
}
