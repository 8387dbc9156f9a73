//! Ctrl-C in the middle of a run.

#[cfg(target_os = "linux")]
use std::{thread, time::Duration};

use lesson_terminal::contract::{at_once, lines_without_echo};

use crate::support::{FEW, LESSON};
#[cfg(target_os = "linux")]
use crate::{processes::wait_until_it_computes, support::LARGEST};

#[test]
fn ctrl_c_ends_every_spinner() {
    let spinners = [
        "cpu-blocks",
        "cpu-yield",
        "cpu-offload-tokio",
        "cpu-offload-async-std",
        "cpu-offload-smol",
        "cpu-threads",
        "cpu-rayon",
        "cpu-processes",
    ];
    at_once(&spinners, |variant| LESSON.is_ended_by_ctrl_c(variant));
}

#[test]
fn ctrl_c_python_spinners() {
    let spinners = ["python-cpu-blocks", "python-cpu-offload", "python-cpu-processes"];
    at_once(&spinners, |variant| LESSON.is_ended_by_ctrl_c(variant));
}

/// asyncio answers the first Ctrl-C by cancelling the task, and waits for its call, here or on another thread. It would take
/// minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_second_ctrl_c_ends_python_in_the_middle_of_its_check() {
    let variants = ["python-cpu-blocks", "python-cpu-offload"];
    let runs = at_once(&variants, |variant| {
        let lesson = LESSON.setting("NUMBER", LARGEST);
        let mut session = lesson.terminal([variant]).start().expect("the lesson can be started");
        wait_until_it_computes(session.process_id());
        for _ in 0..2 {
            session.interrupt().expect("the terminal takes keys");
            // Two that come together are one for Python.
            thread::sleep(Duration::from_millis(500));
        }
        session.finish().expect("the second ends the program")
    });
    for (variant, run) in runs {
        assert_eq!(run.exit.as_shell(), 130, "{variant}: {:?}", run.screen);
        assert!(!run.screen.contains("Traceback"), "{variant}: {:?}", run.screen);
    }
}

/// Presses Ctrl-C once `sign` stands in the terminal, and gives the lines that are left.
fn ctrl_c(variant: &str, setting: (&'static str, &'static str), sign: &str) -> Vec<String> {
    let lesson = LESSON.setting(setting.0, setting.1);
    let mut session = lesson.terminal([variant]).start().expect("the lesson can be started");
    session.wait_until(sign, |screen| screen.contains(sign)).expect("it gets there");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the program");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    lines_without_echo(&run.screen)
}

/// No `.await` is needed, as a signal asks no task.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_check_that_would_take_minutes() {
    let variants = ["cpu-blocks", "cpu-offload-tokio", "cpu-rayon", "cpu-processes"];
    let runs = at_once(&variants, |variant| {
        let lesson = LESSON.setting("NUMBER", LARGEST);
        let mut session = lesson.terminal([variant]).start().expect("the lesson can be started");
        wait_until_it_computes(session.process_id());
        session.interrupt().expect("the terminal takes keys");
        session.finish().expect("Ctrl-C ends the program")
    });
    for (variant, run) in runs {
        assert_eq!(run.exit.as_shell(), 130, "{variant}: {:?}", run.screen);
        assert!(run.screen.cursor_visible(), "{variant}: {:?}", run.screen);
        assert_eq!(lines_without_echo(&run.screen).len(), 1, "{variant}: {:?}", run.screen);
    }
}

#[test]
fn ctrl_c_cpu_sweep() {
    for sign in ["threads, 1", "processes, 2"] {
        let lines = ctrl_c("cpu-sweep", ("NUMBERS", FEW), sign);
        assert_eq!(lines, [""; 0], "nothing is left of it");
    }
}

#[test]
fn ctrl_c_python_rows_of_the_sweep() {
    for sign in ["python threads, 4", "python processes, 2"] {
        let lines = ctrl_c("cpu-sweep", ("NUMBERS", FEW), sign);
        assert_eq!(lines, [""; 0], "nothing is left of it");
    }
}

#[test]
fn ctrl_c_lock_across_await() {
    let lines = ctrl_c("lock-across-await", ("NUMBER", ""), "given back before");
    assert!(!lines.iter().any(|line| line.contains("smol")), "{lines:?}");
}
