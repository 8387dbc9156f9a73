//! Where the output goes: a pipe, a pipe that closes, a disk that is full, a narrow or a plain terminal.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, ExitStatus, Output, Stdio},
};

use crate::support::{LESSON, TURNS, run, terminal};

const RUST: [&str; 7] = ["threads", "threads-event", "processes", "tokio", "tokio-multi", "async-std", "smol"];
const PYTHON: [&str; 2] = ["python-threads", "python-asyncio"];

fn lesson(variant: &str) -> Command {
    let mut command = Command::new(LESSON);
    command.arg(variant).env("RUST_BACKTRACE", "0");
    command
}

/// Runs every one of `variants` at the same time, since each takes three seconds, and gives what `each` makes of it.
fn of_all<T: Send>(variants: &[&'static str], each: impl Fn(&'static str) -> T + Sync) -> Vec<(&'static str, T)> {
    std::thread::scope(|scope| {
        let each = &each;
        let runs: Vec<_> = variants.iter().map(|&variant| (variant, scope.spawn(move || each(variant)))).collect();
        runs.into_iter().map(|(variant, run)| (variant, run.join().expect("the closure does not panic"))).collect()
    })
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the lesson writes UTF-8")
}

#[test]
fn a_pipe_gets_the_lines_and_no_frames() {
    for (variant, output) in of_all(&RUST, |variant| lesson(variant).output().expect("the lesson can be started")) {
        let text = stdout(&output);
        let lines: Vec<_> = text.lines().collect();
        assert!(output.status.success(), "{variant}");
        assert_eq!(lines.len(), 2, "{variant}: {text:?}");
        assert!(lines[0].starts_with("spinner object: ") && lines[1] == "Answer: 42", "{variant}: {text:?}");
        assert!(!text.contains(['\r', '\x1b']), "{variant}: {text:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
    }
}

/// Python's programs print what the notes' do, wherever it goes.
#[test]
fn a_pipe_gets_all_that_python_prints() {
    for (variant, output) in of_all(&PYTHON, |variant| lesson(variant).output().expect("the lesson can be started")) {
        let text = stdout(&output);
        assert!(output.status.success(), "{variant}");
        assert!(text.starts_with("spinner object: ") && text.contains(TURNS[1]), "{variant}: {text:?}");
        assert!(text.ends_with("\r\x1b[KAnswer: 42\n"), "{variant}: {text:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
    }
}

/// Reads the first line that `variant` writes, and then stops reading. Gives how it ended, and what it wrote to standard
/// error.
fn stop_reading(variant: &'static str) -> (ExitStatus, String) {
    let mut child =
        lesson(variant).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the lesson can be started");
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    output.read_until(b'\n', &mut Vec::new()).expect("it can be read");
    drop(output);
    let mut errors = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut errors).expect("it can be read");
    (child.wait().expect("it ends"), errors)
}

fn a_closed_pipe_ends_quietly(variants: &[&'static str]) {
    for (variant, (status, errors)) in of_all(variants, stop_reading) {
        assert_eq!(errors, "", "{variant}");
        assert!(!status.success(), "{variant}");
        #[cfg(unix)]
        {
            use std::os::unix::process::ExitStatusExt;
            // Either way a shell sees 141.
            assert!(status.signal() == Some(13) || status.code() == Some(141), "{variant}: {status}");
        }
    }
}

#[test]
fn a_closed_pipe_ends_rust_quietly() {
    a_closed_pipe_ends_quietly(&RUST);
}

#[test]
fn a_closed_pipe_ends_python_quietly() {
    a_closed_pipe_ends_quietly(&PYTHON);
}

#[cfg(target_os = "linux")]
fn a_full_disk_is_one_sentence(variants: &[&'static str]) {
    let to_full_disk = |variant| {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        lesson(variant).stdout(full).output().expect("the lesson can be started")
    };
    for (variant, output) in of_all(variants, to_full_disk) {
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
        let output = Command::new(LESSON).args(arguments).stdout(full).output().expect("the lesson can be started");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments:?}: {errors}");
    }
}

#[test]
fn a_narrow_terminal_gets_frames_that_fit() {
    let run = terminal(["tokio"]).size(8, 24).start().expect("it starts").finish().expect("it ends");
    let expected: Vec<_> = TURNS.iter().map(|turn| &turn[..7]).cycle().take(run.frames.len()).collect();
    assert_eq!(run.frames, expected);
    // "Answer: 42" takes two rows here.
    assert!(run.screen.lines().ends_with(&["Answer:".to_owned(), "42".to_owned()]), "{:?}", run.screen);
}

#[test]
fn a_plain_terminal_gets_no_control_sequences() {
    let run = terminal(["smol"]).env("TERM", "dumb").start().expect("it starts").finish().expect("it ends");
    assert!(!run.output.contains(&0x1b), "{:?}", String::from_utf8_lossy(&run.output));
    assert_eq!(run.screen.lines().last().map(String::as_str), Some("Answer: 42"));
}

/// The kit uses no colour at all, so there is none to leave out.
#[test]
fn no_colour_is_written() {
    for arguments in [["smol", "--timeline"], ["threads-event", "smol"]] {
        let output = run(arguments).output;
        let text = String::from_utf8_lossy(&output).into_owned();
        let mut sequences = text.split("\x1b[").skip(1);
        let is_colour =
            |sequence: &str| sequence.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m');
        assert!(!sequences.any(is_colour), "{text:?}");
    }
}
