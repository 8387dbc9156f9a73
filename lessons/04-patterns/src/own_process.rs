//! Runs a part of a variant in a process of its own: this executable again.
//!
//! What a program does about a panic is a question to the whole process, which may not survive it. And no runtime shall be
//! there that an earlier part has started.

use std::{
    env,
    io::{Error, Result},
    process::{Command, Stdio},
};

use lesson_kit::end_with_parent;

/// Names the part for the child.
const PART: &str = "LESSON_04_PART";

/// The part that this process is to run, if it is a child of ours.
#[must_use]
pub fn part() -> Option<String> {
    env::var(PART).ok()
}

/// How a child ended.
#[derive(Debug)]
pub struct Child {
    /// The lines that it wrote to standard output.
    pub said: Vec<String>,
    /// How often a panic was reported on its standard error.
    pub reports: usize,
    /// Whether it ended with exit code 0.
    pub survived: bool,
}

/// Runs `part` of `variant` in a child, and waits for its end.
///
/// # Errors
///
/// If it can't be started.
pub fn run(variant: &str, part: &str) -> Result<Child> {
    let output = end_with_parent(&mut Command::new(env::current_exe()?))
        .arg(variant)
        .env(PART, part)
        .env("RUST_BACKTRACE", "0")
        // A thread for each runtime that takes the number from there, so that the order of what it does is known.
        .env("ASYNC_STD_THREAD_COUNT", "1")
        .env("SMOL_THREADS", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::piped()) // The reports of panics that are part of the show.
        .output()
        .map_err(|error| Error::other(format!("cannot start this program again for `{part}`: {error}")))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    Ok(Child {
        said: String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect(),
        reports: errors.matches(" panicked at ").count(),
        survived: output.status.success(),
    })
}
