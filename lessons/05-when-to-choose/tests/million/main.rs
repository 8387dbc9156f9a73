//! What `million` promises: every kind has its row, and a limit that is met is named, in a sentence. What a person sees of
//! it in a terminal. How late anybody is, is no matter of a test. Python has its rows only in tests that are named after it.
#![cfg(unix)]

#[cfg(target_os = "linux")]
mod limits;
mod python;
mod rows;
mod terminal;

use std::process::{Command, Output};

/// What the rows are called.
const KINDS: [&str; 6] = ["threads", "tokio current_thread", "tokio multi_thread", "async-std", "smol", "our loop"];

/// Has Python left out.
const NO_PYTHON: (&str, &str) = ("LESSON_PYTHON", "none");

/// What is said of that.
const LEFT_OUT: &str = "asyncio is left out: LESSON_PYTHON=none is no CPython 3.11 or newer; unset it, or name one \
                        that is\n";

/// A sentence, and two tables with their heads and an empty line between them.
const LINES: usize = 1 + 1 + KINDS.len() + 1 + 1 + KINDS.len();

/// Few spinners, for a moment.
const FEW: [(&str, &str); 3] = [("SPINNERS", "300"), ("SECONDS", "0.4"), ("PERIOD", "0.1")];

/// Runs `million` without a terminal and without Python, as a backtrace would be wanted, since nobody is to see one.
fn million(settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    command.arg("million").env("RUST_BACKTRACE", "1").envs([NO_PYTHON]).envs(settings.iter().copied());
    command.output().expect("it starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it is text")
}

/// The cells of the rows called so, one of each table.
fn rows<'a>(text: &'a str, name: &str) -> Vec<Vec<&'a str>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix("  "));
    rows.map(|row| row.split_whitespace().collect()).collect()
}

/// Finds that so many spinners have turned, by the row of each kind.
fn assert_turned(text: &str, kinds: &[&str], spinners: &str) {
    for kind in kinds {
        let [punctuality, costs] = &rows(text, kind)[..] else { panic!("{kind}: {text}") };
        assert_eq!(costs.len(), 2, "{kind}: {text}");
        let [count, on_time, median, p99, worst] = punctuality[..] else { panic!("{text}") };
        assert_eq!(count, spinners, "{kind}: {text}");
        let [on_time, median, p99, worst] =
            [on_time, median, p99, worst].map(|cell| cell.parse::<f64>().expect("it is a figure"));
        // On a machine that is held up, not all turns are in time; more than were due there can't be.
        assert!((0.0..=100.0).contains(&on_time), "{kind}: {text}");
        assert!(median > 0.0 && median <= p99 && p99 <= worst + 0.1, "{kind}: {text}");
    }
}
