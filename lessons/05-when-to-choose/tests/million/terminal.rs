//! What a person sees.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use lesson_testing::{Exit, Program, Screen, Terminal, lines_without_echo};

use crate::{FEW, KINDS, LEFT_OUT, LINES, NO_PYTHON};

const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-05"));

/// `million` with few spinners, which turn for so long. Python is left out.
fn few(seconds: &str) -> Terminal {
    let settings = FEW.into_iter().chain([NO_PYTHON, ("SECONDS", seconds)]);
    // So wide that what is said of Python is a line.
    let terminal = LESSON.terminal(["million"]).size(150, 40);
    settings.fold(terminal, |terminal, (name, value)| terminal.env(name, value))
}

/// Whether eight spinners turn, beside what all of them have come to.
fn shows_spinners(screen: &Screen) -> bool {
    let line = screen.line_with_cursor();
    let turning = line.chars().take_while(|&char| r"|/-\".contains(char)).count();
    turning == 8 && line.contains(" % on time, late ") && line.contains(", p99 ") && line.contains(", worst ")
}

#[test]
fn spinners_turn_until_the_table_is_all_that_is_left() {
    let mut session = few("0.6").start().expect("the lesson can be started");
    for kind in KINDS {
        let seen = session.wait_until(kind, |screen| {
            shows_spinners(screen) && screen.line_with_cursor().ends_with(&format!(", {kind}"))
        });
        seen.expect("they turn");
    }
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    assert!(run.screen.cursor_visible());
    let lines = run.screen.lines();
    assert_eq!(lines.len(), 1 + LINES, "{lines:?}");
    assert_eq!(lines[1], LEFT_OUT.trim_end());
    for (line, kind) in lines[3..3 + KINDS.len()].iter().zip(KINDS) {
        assert!(line.starts_with(&format!("{kind}  ")), "{lines:?}");
    }
}

#[test]
fn python_spinners_turn_in_the_status_line() {
    let mut session = few("0.6").env("LESSON_PYTHON", "").start().expect("the lesson can be started");
    let seen = session
        .wait_until("asyncio", |screen| shows_spinners(screen) && screen.line_with_cursor().ends_with(", asyncio"));
    seen.expect("they turn");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
}

#[test]
fn ctrl_c_ends_the_spinners_too() {
    let mut session = few("600").start().expect("the lesson can be started");
    session.wait_until("spinners", shows_spinners).expect("they turn");
    let spinners = spinners_of(session.process_id());
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the program");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert!(run.screen.cursor_visible());
    let lines = lines_without_echo(&run.screen);
    assert!(lines.len() == 2 && lines[0].starts_with("300 spinners, each turns every 100ms, for 600s"), "{lines:?}");
    assert_eq!(lines[1], LEFT_OUT.trim_end());
    wait_until_gone(&spinners);
}

/// Nobody tells the spinners of this, but the system.
#[cfg(target_os = "linux")]
#[test]
fn no_spinners_are_left_when_the_program_is_killed() {
    use rustix::process::{Pid, Signal, kill_process};

    let mut session = few("600").start().expect("the lesson can be started");
    session.wait_until("spinners", shows_spinners).expect("they turn");
    let spinners = spinners_of(session.process_id());
    assert_eq!(spinners.len(), 1);
    let program = i32::try_from(session.process_id()).ok().and_then(Pid::from_raw).expect("it is a process");
    kill_process(program, Signal::KILL).expect("it is ours");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit.as_shell(), 137, "{:?}", run.screen);
    wait_until_gone(&spinners);
}

/// The processes that this one has started. None where the system doesn't tell.
fn spinners_of(process: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    children.split_whitespace().map(|child| child.parse().expect("it is a number")).collect()
}

/// Waits until none of these runs any more. One that has ended may still have its number, until somebody asks for it.
fn wait_until_gone(processes: &[u32]) {
    let since = Instant::now();
    for process in processes {
        let runs = || {
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            !status.is_empty() && !status.contains("State:\tZ") && !status.contains("State:\tX")
        };
        while runs() {
            assert!(since.elapsed() < Duration::from_secs(60), "{process} still runs");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
