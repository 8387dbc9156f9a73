//! Ctrl-C in the middle of a run.

#[cfg(target_os = "linux")]
use std::{thread, time::Duration};

use lesson_testing::{at_once, lines_without_echo};

use crate::{FEW, IN_PYTHON, LESSON, SPINNERS};
#[cfg(target_os = "linux")]
use crate::{LARGEST, processes::wait_until_it_computes};

#[test]
fn ctrl_c_ends_every_spinner() {
    at_once(&SPINNERS, |variant| LESSON.ends_on_ctrl_c(variant));
}

#[test]
fn ctrl_c_python_spinners() {
    at_once(&IN_PYTHON, |variant| LESSON.ends_on_ctrl_c(variant));
}

/// asyncio answers the first Ctrl-C by cancelling the task, and waits for its call, here or on another thread. It would take
/// minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_second_ctrl_c_ends_python_in_the_middle_of_its_check() {
    let variants = ["python-cpu-blocks", "python-cpu-offload"];
    let runs = at_once(&variants, |variant| {
        let mut session = LESSON.with(&[("NUMBER", LARGEST)]).start([variant]);
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

/// No `.await` is needed, as a signal asks no task.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_a_check_that_would_take_minutes() {
    let variants = ["cpu-blocks", "cpu-offload-tokio", "cpu-rayon", "cpu-processes"];
    let runs = at_once(&variants, |variant| {
        let mut session = LESSON.with(&[("NUMBER", LARGEST)]).start([variant]);
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

fn end_the_sweep(signs: [&str; 2]) {
    for sign in signs {
        let lines = LESSON.with(&[("NUMBERS", FEW)]).interrupted_at("cpu-sweep", sign);
        assert_eq!(lines, [""; 0], "nothing is left of it");
    }
}

#[test]
fn ctrl_c_cpu_sweep() {
    end_the_sweep(["threads, 1", "processes, 2"]);
}

#[test]
fn ctrl_c_python_rows_of_the_sweep() {
    end_the_sweep(["python threads, 4", "python processes, 2"]);
}

#[test]
fn ctrl_c_lock_across_await() {
    let lines = LESSON.interrupted_at("lock-across-await", "given back before");
    assert!(!lines.iter().any(|line| line.contains("smol")), "{lines:?}");
}
