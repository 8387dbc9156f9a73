//! asyncio beside the others.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{FEW, KINDS, assert_turned, million, text};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/million.py");

/// A module in the place of uvloop, whether that is installed or not.
fn with_uvloop(source: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    fs::write(folder.path().join("uvloop.py"), source).expect("it is ours");
    let found = env::var("LESSON_PYTHON").unwrap_or_default();
    let path = folder.path().to_str().expect("it is text");
    let output = million(&[FEW.as_slice(), &[("LESSON_PYTHON", &found), ("PYTHONPATH", path)]].concat());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout).to_owned()
}

#[test]
fn python_spinners_turn_beside_the_others() {
    let text = with_uvloop("raise ImportError");
    assert_turned(&text, &KINDS, "300");
    assert_turned(&text, &["asyncio"], "300");
    assert!(!text.contains("uvloop"), "{text}");
}

#[test]
fn python_has_a_row_for_uvloop_where_it_is_installed() {
    let text = with_uvloop("from asyncio import new_event_loop");
    assert_turned(&text, &["asyncio", "uvloop"], "300");
}

/// Turns that have not happened count as late, in each of its lines as in those of the others.
#[test]
fn python_counts_all_turns_that_were_due() {
    let output = python(["asyncio", "3", "0.1", "0.5"]).output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    let numbers = text(&output.stdout).lines().last().expect("there is one").split(' ');
    let numbers: Vec<u64> = numbers.map(|number| number.parse().expect("it is a number")).collect();
    let [phase, here, _memory, due, on_time, ..] = numbers[..] else { panic!("{numbers:?}") };
    assert_eq!((numbers.len(), phase, here, due), (17, 2, 3, 15), "{numbers:?}");
    assert!(on_time <= due, "{numbers:?}");
}

#[test]
fn python_ends_when_its_lines_are_not_read_any_more() {
    let mut spinners = python(["asyncio", "300", "0.1", "600"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    // The end that reads is closed behind it.
    BufReader::new(spinners.stdout.take().expect("it is piped")).read_line(&mut line).expect("it reports");
    let since = Instant::now();
    while spinners.try_wait().expect("it is ours").is_none() {
        if since.elapsed() > Duration::from_secs(60) {
            spinners.kill().expect("it is ours");
            panic!("it goes on");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The script itself.
fn python<const N: usize>(arguments: [&str; N]) -> Command {
    let found = env::var_os("LESSON_PYTHON").filter(|python| !python.is_empty()).unwrap_or("python3".into());
    let mut command = Command::new(found);
    command.arg(SCRIPT).args(arguments);
    command
}
