//! Ctrl-C in the middle of a run. `lazy` and its like are over before anybody could press it.

use crate::{LESSON, SPINNERS};
use lesson_testing::at_once;

#[test]
fn ctrl_c_spinners() {
    at_once(&SPINNERS, |variant| LESSON.ends_on_ctrl_c(variant));
}

#[test]
fn ctrl_c_by_hand() {
    let lines = LESSON.interrupted_at("by-hand", "poll 2");
    assert!(!lines.iter().any(|line| line.contains("size")), "{lines:?}");
}

#[test]
fn ctrl_c_tasks() {
    for variant in ["tasks-tokio", "tasks-async-std", "tasks-smol"] {
        assert_eq!(LESSON.interrupted_at(variant, "results in order:"), ["results in order:"], "{variant}");
    }
}

#[test]
fn ctrl_c_python_tasks() {
    let lines = LESSON.interrupted_at("python-tasks", "results in order:");
    assert!(!lines.iter().any(|line| line.contains("as they come")), "{lines:?}");
}

/// Both processes get it, and the child's spinner is erased.
#[test]
fn ctrl_c_blocking() {
    let lines = LESSON.interrupted_at("blocking", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thinking!") || line.contains("smol")), "{lines:?}");
}

#[test]
fn ctrl_c_blocked_socket() {
    let lines = LESSON.interrupted_at("blocked-socket", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thinking!") || line.contains("event_loop")), "{lines:?}");
}

#[test]
fn ctrl_c_python_blocking() {
    let lines = LESSON.interrupted_at("python-blocking", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thread")), "{lines:?}");
}
