//! What `million` promises: every kind has its row, and a limit that is met is named, in a sentence. What a person sees of
//! it in a terminal. How late anybody is, is no matter of a test.
#![cfg(unix)]

#[cfg(target_os = "linux")]
mod limits;
mod rows;
mod terminal;

use std::process::{Command, Output};

/// What the rows are called.
const KINDS: [&str; 6] = ["threads", "tokio current_thread", "tokio multi_thread", "async-std", "smol", "our loop"];

/// A sentence, and two tables with their heads and an empty line between them.
const LINES: usize = 1 + 1 + KINDS.len() + 1 + 1 + KINDS.len();

/// Few spinners, for a moment.
const FEW: [(&str, &str); 3] = [("SPINNERS", "300"), ("SECONDS", "0.4"), ("PERIOD", "0.1")];

/// Runs `million` without a terminal, as a backtrace would be wanted, since nobody is to see one.
fn million(settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    command.arg("million").env("RUST_BACKTRACE", "1").envs(settings.iter().copied());
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
