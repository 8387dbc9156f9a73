//! The step `browser`: what a reader meets in the built book, seen by a real Chromium.

use super::programs::candidates;
use crate::{
    context::Context,
    step::{Outcome, cargo},
};
use anyhow::{Result, ensure};
use std::ffi::OsStr;

/// That the checks find what was spoilt on purpose.
const TEST: &str = "cargo test --package xtask-browser -- browser";
/// That they find nothing in the book. A package of its own, so that what it needs is built only for it.
const CHECK: &str = "cargo run --quiet --package xtask-browser -- check";
/// What is printed before both.
pub const RUNS: &str = "cargo run --quiet --package xtask-browser -- check; with --thorough and in CI also cargo test \
    --package xtask-browser -- browser";

/// What a browser is called on different systems.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Checks the book; and then the checks, where there is time for that.
pub fn run(context: &Context<'_>) -> Result<Outcome> {
    let Some((chromium, _)) =
        candidates("LESSON_CHROMIUM", &CHROMIUM, &["--version"]).find(|(_, answer)| is_one(answer))
    else {
        let why = "no Chromium was found; install chromium (Debian: chromium), or set LESSON_CHROMIUM to it";
        return Ok(Outcome::Skipped(why.into()));
    };
    let is_built = context.root.join("target/book/index.html").is_file();
    ensure!(is_built, "the book is not built; build it with `cargo xtask book`");
    // Passed on, so that the one is used that was found here.
    let variables: [(&str, &OsStr); 1] = [("LESSON_CHROMIUM", &chromium)];
    let is_closer = context.thorough || context.ci;
    let thorough = if context.thorough { " --thorough" } else { "" };
    let repeated = if is_closer { " --repeated" } else { "" };
    let outcome = cargo(context, &format!("{CHECK}{thorough}{repeated}"), &variables)?;
    if is_closer { cargo(context, TEST, &variables) } else { Ok(outcome) }
}

/// Whether a browser says this of itself: `Chromium 156.0.8078.79 built on Debian`. Some systems have a `chromium` that
/// only says how to install one.
fn is_one(answer: &str) -> bool {
    answer.split_whitespace().any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_says_its_version() {
        for (answer, expected) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12", true),
            ("Google Chrome 156.0.8078.79 ", true),
            ("Command '/usr/bin/chromium-browser' requires the snap", false),
        ] {
            assert_eq!(is_one(answer), expected, "{answer}");
        }
    }
}
