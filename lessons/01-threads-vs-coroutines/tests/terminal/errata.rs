//! What the notes get wrong, shown by programs that do it. One of them goes on until Ctrl-C is pressed a second time.

use std::{env, ffi::OsString, process::Command};

use lesson_testing::{Exit, Screen, Terminal};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/errata");

/// The interpreter that the lessons are tested with.
fn python() -> OsString {
    env::var_os("LESSON_PYTHON").unwrap_or_else(|| "python3".into())
}

/// The lines that the program `name` prints.
fn lines_of(name: &str) -> Vec<String> {
    let output = Command::new(python()).arg(format!("{FOLDER}/{name}")).output().expect("Python can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn python_spins_on_after_ctrl_c_and_ends_at_the_second() {
    let script = format!("{FOLDER}/notes_threads.py");
    let mut session = Terminal::new(python()).args([script]).start().expect("Python can be started");
    let shows = |frame: &'static str| move |screen: &Screen| screen.line_with_cursor().starts_with(frame);
    session.wait_until("the spinner to turn", shows("/ thinking!")).expect("it turns");
    session.interrupt().expect("the terminal takes keys");
    session.wait_until("the main thread to end", |screen| screen.contains("KeyboardInterrupt")).expect("it ends");
    // Two whole turns of it, long after the flag would have been lowered.
    for frame in ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"].into_iter().cycle().take(8) {
        session.wait_until("the spinner to turn", shows(frame)).expect("it turns");
    }
    // The main thread is joining the spinner's by now, and the second one interrupts that.
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("the second Ctrl-C ends it");
    assert_eq!(run.exit, Exit::Signal(2), "{:?}", run.screen);
    assert!(run.screen.contains("_shutdown"), "{:?}", run.screen);
}

#[test]
fn python_cannot_time_out_what_swallows_its_cancellation() {
    let expected =
        ["wait_swallowing said: went on as if nothing had happened", "cleaned up", "wait_cleaning_up timed out"];
    assert_eq!(lines_of("swallowed_cancellation.py"), expected);
}

#[test]
fn python_loses_the_cleanup_of_a_task_that_nobody_awaits() {
    let expected = [
        "notes_supervisor",
        "  cleanup begins",
        "  supervisor is over",
        "structured_supervisor",
        "  cleanup begins",
        "  cleanup ends",
        "  supervisor is over",
    ];
    assert_eq!(lines_of("lost_cleanup.py"), expected);
}

#[test]
fn python_does_not_compile_the_frames_of_the_notes() {
    let lines = lines_of("lost_escapes.py");
    assert!(lines[0].starts_with(r"'|/-\' does not compile: "), "{lines:?}");
    assert!(lines[1].contains("goes back 0 columns") && lines[1].ends_with("goes back 11"), "{lines:?}");
}

#[test]
fn python_gives_up_get_event_loop() {
    let lines = lines_of("get_event_loop.py");
    let version = lines[0].split(' ').nth(1).expect("it says which Python it is");
    let minor: u32 = version.split('.').nth(1).and_then(|minor| minor.parse().ok()).expect("it is a version");
    let expected = match minor {
        ..=11 => "makes a loop",
        12 | 13 => "warns: DeprecationWarning",
        _ => "refuses: ",
    };
    assert!(lines[0].contains(expected), "{lines:?}");
}
