//! Ctrl-C in the middle of a run. `lazy` and its like are over before anybody could press it.

use crate::support::LESSON;
use lesson_terminal::contract::lines_without_echo;

#[test]
fn ctrl_c_busy_loop() {
    LESSON.is_ended_by_ctrl_c("busy-loop");
}

#[test]
fn ctrl_c_block_on() {
    LESSON.is_ended_by_ctrl_c("block-on");
}

#[test]
fn ctrl_c_run_queue() {
    LESSON.is_ended_by_ctrl_c("run-queue");
}

#[test]
fn ctrl_c_event_loop() {
    LESSON.is_ended_by_ctrl_c("event-loop");
}

/// Presses Ctrl-C once `sign` stands in the terminal, and gives the lines that are left.
fn ctrl_c(variant: &str, sign: &str) -> Vec<String> {
    let mut session = LESSON.terminal([variant]).start().expect("the lesson can be started");
    session.wait_until(sign, |screen| screen.contains(sign)).expect("it gets there");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the program");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    lines_without_echo(&run.screen)
}

#[test]
fn ctrl_c_by_hand() {
    let lines = ctrl_c("by-hand", "poll 2");
    assert!(!lines.iter().any(|line| line.contains("size")), "{lines:?}");
}

#[test]
fn ctrl_c_tasks() {
    for variant in ["tasks-tokio", "tasks-async-std", "tasks-smol"] {
        assert_eq!(ctrl_c(variant, "results in order:"), ["results in order:"], "{variant}");
    }
}

#[test]
fn ctrl_c_python_tasks() {
    let lines = ctrl_c("python-tasks", "results in order:");
    assert!(!lines.iter().any(|line| line.contains("as they come")), "{lines:?}");
}

/// Both processes get it, and the child's spinner is erased.
#[test]
fn ctrl_c_blocking() {
    let lines = ctrl_c("blocking", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thinking!") || line.contains("smol")), "{lines:?}");
}

#[test]
fn ctrl_c_blocked_socket() {
    let lines = ctrl_c("blocked-socket", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thinking!") || line.contains("event_loop")), "{lines:?}");
}

#[test]
fn ctrl_c_python_blocking() {
    let lines = ctrl_c("python-blocking", "thinking!");
    assert!(!lines.iter().any(|line| line.contains("thread")), "{lines:?}");
}
