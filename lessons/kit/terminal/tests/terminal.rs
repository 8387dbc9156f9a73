//! The terminal against real programs: the shell and what every Unix has besides.
#![cfg(unix)]

use std::{
    error::Error,
    fs::{self, File},
    io::{self, Read},
    path::Path,
    time::Duration,
};

use lesson_terminal::{Exit, Screen, Terminal};
use rustix::process::{Pid, test_kill_process};
#[cfg(target_os = "linux")]
use rustix::process::{Signal, kill_process};

type Outcome = Result<(), Box<dyn Error>>;

fn shell(script: &str) -> Terminal {
    Terminal::new("/bin/sh").args(["-c", script])
}

/// Whether there is such a process, be it only a zombie.
fn exists(id: u32) -> bool {
    test_kill_process(process_id(id)).is_ok()
}

fn process_id(id: u32) -> Pid {
    i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process id is positive")
}

#[test]
fn frames_are_what_was_overwritten_and_no_ends_of_lines() -> Outcome {
    for (output, frames, lines) in [
        (r"\r| a\r/ a\r   \r", &["| a", "/ a"][..], &[][..]),
        (r"one\ntwo\r\n| a\rthree\n", &["| a"], &["one", "two", "three"]),
    ] {
        let run = Terminal::new("printf").args([output]).start()?.finish()?;
        assert_eq!(run.frames, frames);
        assert_eq!(run.screen.lines(), lines);
    }
    Ok(())
}

#[test]
fn frames_survive_odd_chunks() -> Outcome {
    // Each `read` holds back the next part until this one has arrived, so that no two can come in one chunk. Without
    // the echo the Enter key leaves no trace.
    let parts = r"'\r| ' 'a\r' '/ a' '\r ' '  \r'";
    let mut session =
        shell(&format!("stty -echo; for part in {parts}; do printf \"$part\"; read -r _; done")).start()?;
    for (column, line) in [(2, "|"), (0, "| a"), (3, "/ a"), (1, "  a"), (0, "")] {
        session.wait_until(&format!("{line:?} with the cursor at column {column}"), |screen| {
            screen.cursor() == (0, column) && screen.line_with_cursor() == line
        })?;
        session.send("\r")?;
    }
    let run = session.finish()?;
    assert_eq!(run.frames, ["| a", "/ a"]);
    assert_eq!(run.output, b"\r| a\r/ a\r   \r");
    assert!(run.chunks.len() >= 5, "{:?}", run.chunks);
    assert!(run.chunks.is_sorted_by_key(|(since_start, _)| *since_start), "{:?}", run.chunks);
    Ok(())
}

#[test]
fn a_condition_sees_every_frame_in_order() -> Outcome {
    let mut session = Terminal::new("printf").args([r"\r| a\r/ a\r- a\r\033[2K42\n"]).start()?;
    for frame in ["| a", "/ a", "- a", "42"] {
        session.wait_until(frame, |screen| screen.line_with_cursor() == frame)?;
    }
    session.finish()?;
    Ok(())
}

#[test]
fn lines_that_scrolled_off_are_kept() -> Outcome {
    let run = shell("seq 500").start()?.finish()?;
    let expected: Vec<_> = (1..=500).map(|number: u32| number.to_string()).collect();
    assert_eq!(run.screen.lines(), expected);
    assert_eq!(run.screen.cursor(), (23, 0));
    assert_eq!(run.screen.text(), expected.join("\n"));
    Ok(())
}

#[test]
fn the_cursor_hides_and_comes_back() -> Outcome {
    let mut session = shell(r"printf '\033[?25l'; read -r _; printf '\033[?25h'; read -r _").start()?;
    session.wait_until("the cursor to hide", |screen| !screen.cursor_visible())?;
    session.send("\r")?;
    session.wait_until("the cursor to come back", Screen::cursor_visible)?;
    session.send("\r")?;
    assert!(session.finish()?.screen.cursor_visible());

    let run = Terminal::new("printf").args([r"\033[?25l"]).start()?.finish()?;
    assert!(!run.screen.cursor_visible());
    Ok(())
}

#[test]
fn ctrl_c_kills() -> Outcome {
    let mut session = Terminal::new("sleep").args(["30"]).start()?;
    session.interrupt()?;
    let run = session.finish()?;
    assert_eq!(run.exit, Exit::Signal(2));
    assert_eq!(run.exit.as_shell(), 130);
    assert_eq!(run.exit.to_string(), "signal 2");
    Ok(())
}

#[test]
fn ctrl_c_can_be_handled() -> Outcome {
    let mut session = shell("trap 'echo caught; exit 7' INT; echo ready; while :; do read -r _; done").start()?;
    session.wait_until("the trap", |screen| screen.contains("ready"))?;
    session.interrupt()?;
    let run = session.finish()?;
    assert_eq!(run.exit, Exit::Code(7));
    assert!(run.screen.contains("caught"), "{:?}", run.screen);
    Ok(())
}

#[test]
fn ctrl_z_suspends_the_job_of_a_shell() -> Outcome {
    let mut session = shell("set -m; sh -c 'echo ready; exec sleep 30'; echo status $?").start()?;
    session.wait_until("the job", |screen| screen.contains("ready"))?;
    session.suspend()?;
    let run = session.finish()?;
    // 128 and the number of SIGTSTP, which is not the same everywhere.
    assert!(run.screen.contains("status 14"), "{:?}", run.screen);
    Ok(())
}

#[test]
fn exit_codes_are_told() -> Outcome {
    for code in [0, 1, 101, 255] {
        let run = shell(&format!("exit {code}")).start()?.finish()?;
        assert_eq!(run.exit, Exit::Code(code));
        assert_eq!(run.exit.as_shell(), code);
        assert_eq!(run.exit.to_string(), format!("exit code {code}"));
    }
    Ok(())
}

#[test]
fn a_program_may_end_at_once() -> Outcome {
    for _ in 0..20 {
        let run = Terminal::new("true").start()?.finish()?;
        assert_eq!((run.exit, run.output.len(), run.chunks.len()), (Exit::Code(0), 0, 0));
        let run = Terminal::new("echo").args(["last words"]).start()?.finish()?;
        assert_eq!(run.screen.lines(), ["last words"]);
    }
    Ok(())
}

#[test]
fn the_program_finds_its_terminal() -> Outcome {
    let run = shell(r#"tty >/dev/null && echo "$TERM|$A|${B-none}"; pwd; stty size"#)
        .env("A", "a")
        .env("B", "b")
        .env_remove("B")
        .current_dir("/")
        .size(100, 30)
        .start()?
        .finish()?;
    assert_eq!(run.screen.lines(), ["xterm-256color|a|none", "/", "30 100"]);

    let run = Terminal::new("pwd").size(1000, 24).start()?.finish()?;
    assert_eq!(run.screen.text(), std::env::current_dir()?.to_string_lossy());
    Ok(())
}

#[test]
fn resizing_is_told() -> Outcome {
    let mut session = shell("trap 'stty size; exit' WINCH; sleep 1000 & echo ready; wait").start()?;
    session.wait_until("the trap", |screen| screen.contains("ready"))?;
    session.resize(132, 50)?;
    assert!(session.finish()?.screen.contains("50 132"));
    Ok(())
}

#[test]
fn what_cannot_start_is_an_error() -> Outcome {
    let kind = |terminal: Terminal| terminal.start().expect_err("this cannot start").kind();
    assert_eq!(kind(Terminal::new("true").size(0, 24)), io::ErrorKind::InvalidInput);
    assert_eq!(kind(Terminal::new("true").current_dir("/nonexistent")), io::ErrorKind::NotFound);

    let error = Terminal::new("/nonexistent/program").start().expect_err("there is no such program");
    assert!(error.to_string().contains("/nonexistent/program"), "{error}");

    let mut session = Terminal::new("cat").start()?;
    assert_eq!(session.resize(80, 0).expect_err("no rows").kind(), io::ErrorKind::InvalidInput);
    Ok(())
}

#[test]
fn finish_gives_up() -> Outcome {
    let session = Terminal::new("sleep").args(["30"]).patience(Duration::from_millis(200)).start()?;
    let id = session.process_id();
    assert!(exists(id));
    let error = session.finish().expect_err("it sleeps for longer than that");
    assert!(!exists(id), "neither a process nor a zombie is left");
    assert_eq!(error.exit, None);

    let message = error.to_string();
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("gave up after ") && first.ends_with(" waiting for the program to end"), "{message}");
    assert_eq!(lines.collect::<Vec<_>>(), ["the program was still running", "the screen was empty"]);
    assert_eq!(format!("{error:?}"), message);
    Ok(())
}

#[test]
fn a_wait_ends_with_the_program() -> Outcome {
    let mut session = shell("echo one; echo two; exit 3").start()?;
    let error = session.wait_until("three", |screen| screen.contains("three")).expect_err("it only counts to two");
    assert_eq!(error.exit, Some(Exit::Code(3)));
    assert_eq!(error.screen.lines(), ["one", "two"]);

    let message = error.to_string();
    assert!(message.contains(" waiting for three\nthe program had ended with exit code 3\n"), "{message}");
    assert!(message.ends_with("cursor at row 2, column 0:\n  > one\n  > two"), "{message}");
    assert_eq!(session.finish()?.exit, Exit::Code(3));
    Ok(())
}

#[test]
fn a_wait_gives_up_on_a_program_that_never_stops_writing() -> Outcome {
    let mut session = Terminal::new("yes").patience(Duration::from_millis(200)).start()?;
    let id = session.process_id();
    let error = session.wait_until("a no", |screen| screen.line_with_cursor() == "n").expect_err("yes says y");
    assert_eq!(error.exit, None);
    assert!(error.screen.contains("y"));
    assert!(session.screen().contains("y"));
    drop(session);
    assert!(!exists(id));
    Ok(())
}

#[test]
fn dropping_leaves_no_process() -> Outcome {
    // Both ignore what can be ignored. The child is not ours to wait for, so a pipe tells us when it is gone.
    let pipe = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("dropping-{}", std::process::id()));
    let script = r#"trap '' HUP INT TERM; mkfifo "$PIPE"; sleep 1000 >"$PIPE" & echo ready; wait"#;
    let mut session = shell(script).env("PIPE", &pipe).start()?;
    session.wait_until("the pipe", |screen| screen.contains("ready"))?;
    let mut child = File::open(&pipe)?;
    fs::remove_file(&pipe)?;
    let id = session.process_id();
    assert!(exists(id));

    drop(session);
    assert!(!exists(id), "neither a process nor a zombie is left");
    assert_eq!(child.read_to_end(&mut Vec::new())?, 0);
    Ok(())
}

#[test]
fn a_background_process_cannot_hold_up_the_end() -> Outcome {
    let script = "trap '' HUP; sleep 1000 & echo done; exit 4";
    let run = shell(script).start()?.finish()?;
    assert_eq!(run.exit, Exit::Code(4));
    assert_eq!(run.screen.lines(), ["done"]);
    Ok(())
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_in_a_session_of_its_own_cannot_either() -> Outcome {
    let run = shell("setsid sleep 1000 & echo $!").start()?.finish()?;
    assert_eq!(run.exit, Exit::Code(0));
    // Nobody else ends it, as it is out of the terminal's reach.
    let _ = kill_process(process_id(run.screen.text().parse()?), Signal::KILL);
    Ok(())
}

#[test]
fn the_cursor_can_be_asked_for() -> Outcome {
    let script = r"stty raw -echo; printf 'ab\033[6n'; dd bs=1 count=6 2>/dev/null | tr '\033' '^'";
    let run = shell(script).start()?.finish()?;
    assert_eq!(run.screen.lines(), ["ab^[1;3R"]);
    Ok(())
}
