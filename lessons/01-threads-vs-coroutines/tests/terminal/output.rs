//! Where the output goes: a pipe, a pipe that closes, a disk that is full, a narrow or a plain terminal.

use std::process::Output;

use crate::{LESSON, PYTHON, RUST};
use lesson_testing::{TURNS, at_once};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the lesson writes UTF-8")
}

#[test]
fn a_pipe_gets_the_lines_and_no_frames() {
    LESSON.writes_its_lines_into_a_pipe(&RUST);
}

/// Python's programs print what the notes' do, wherever it goes.
#[test]
fn a_pipe_gets_all_that_python_prints() {
    for (variant, output) in at_once(&PYTHON, |variant| LESSON.output([variant])) {
        let text = stdout(&output);
        assert!(output.status.success(), "{variant}");
        assert!(text.starts_with("spinner object: ") && text.contains(TURNS[1]), "{variant}: {text:?}");
        assert!(text.ends_with("\r\x1b[KAnswer: 42\n"), "{variant}: {text:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
    }
}

#[test]
fn a_closed_pipe_ends_rust_quietly() {
    LESSON.ends_quietly_when_nobody_reads(&RUST);
}

#[test]
fn a_closed_pipe_ends_python_quietly() {
    LESSON.ends_quietly_when_nobody_reads(&PYTHON);
}

#[cfg(target_os = "linux")]
fn a_full_disk_is_one_sentence(variants: &[&str]) {
    let to_full_disk = |variant: &str| {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        LESSON.command([variant]).stdout(full).output().expect("the lesson can be started")
    };
    for (variant, output) in at_once(variants, to_full_disk) {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{variant}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{variant}: {errors}");
        assert!(errors.contains("cannot write to standard output: No space left on device"), "{variant}: {errors}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_sentence_in_rust() {
    a_full_disk_is_one_sentence(&RUST);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_sentence_in_python() {
    a_full_disk_is_one_sentence(&PYTHON);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_tour_and_the_help_too() {
    for arguments in [&["--list"][..], &["smol", "tokio"], &["smol", "--timeline"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let output = LESSON.command(arguments).stdout(full).output().expect("the lesson can be started");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    }
}

#[test]
fn a_narrow_terminal_gets_frames_that_fit() {
    let run = LESSON.terminal(["tokio"]).size(8, 24).start().expect("it starts").finish().expect("it ends");
    let expected: Vec<_> = TURNS.iter().map(|turn| &turn[..7]).cycle().take(run.frames.len()).collect();
    assert_eq!(run.frames, expected);
    // "Answer: 42" takes two rows here.
    assert!(run.screen.lines().ends_with(&["Answer:".to_owned(), "42".to_owned()]), "{:?}", run.screen);
}

#[test]
fn a_plain_terminal_gets_no_control_sequences() {
    let nameless = if cfg!(unix) { Some(LESSON.terminal(["smol"]).env_remove("TERM")) } else { None };
    for terminal in [LESSON.terminal(["smol"]).env("TERM", "dumb")].into_iter().chain(nameless) {
        let run = terminal.start().expect("it starts").finish().expect("it ends");
        assert!(!run.output.contains(&0x1b), "{:?}", String::from_utf8_lossy(&run.output));
        assert_eq!(run.screen.lines().last().map(String::as_str), Some("Answer: 42"));
    }
}

/// The kit uses no colour at all, so there is none to leave out.
#[test]
fn no_colour_is_written() {
    for arguments in [["smol", "--timeline"], ["threads-event", "smol"]] {
        let output = LESSON.run(arguments).output;
        let text = String::from_utf8_lossy(&output).into_owned();
        let mut sequences = text.split("\x1b[").skip(1);
        let is_colour =
            |sequence: &str| sequence.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m');
        assert!(!sequences.any(is_colour), "{text:?}");
    }
}
