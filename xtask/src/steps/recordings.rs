//! The recordings that the book shows: makes them, or checks that today's programs would still give the same.

use super::{Outcome, cargo, interpreter};
use crate::context::Context;
use std::process::ExitCode;

/// What makes them; a package of its own, so that what it needs is built only for it.
const RECORD: &str = "cargo run --quiet --package xtask-book -- record";
/// What checks them.
const CHECK: &str = "cargo run --quiet --package xtask-book -- record --check";
/// What is printed before.
pub const RUNS: &str =
    "cargo run --quiet --package xtask-book -- record --check; with --thorough and in CI also with --long";

/// Checks all of them. Those of Rust are checked on every machine.
pub fn check(context: &Context<'_>) -> Outcome {
    // What measures for minutes is left to those who have them. Tests run it too, for a short time.
    let closely = context.thorough || context.ci;
    match start(context, &if closely { format!("{CHECK} --long") } else { CHECK.to_owned() }) {
        Outcome::Passed if interpreter::find().is_none() => Outcome::Skipped(
            "Rust's hold, and Python's were left out: no CPython 3.11 or newer was found; install python3, or set \
             LESSON_PYTHON to the one to use"
                .into(),
        ),
        outcome => outcome,
    }
}

/// Makes or checks those that are named by `words`.
pub fn run(words: &[String], context: &Context<'_>) -> ExitCode {
    match start(context, &format!("{RECORD} {}", words.join(" "))) {
        Outcome::Passed => ExitCode::SUCCESS,
        Outcome::Failed(why) | Outcome::Skipped(why) => {
            context.say(&why);
            ExitCode::FAILURE
        }
    }
}

/// Runs a line that starts with [`RECORD`], with the Python that was found suitable here, or without any.
fn start(context: &Context<'_>, line: &str) -> Outcome {
    match interpreter::find() {
        Some(program) => cargo(context, line, &[("LESSON_PYTHON", &program)]),
        None => cargo(context, &format!("{line} --without-python"), &[]),
    }
}
