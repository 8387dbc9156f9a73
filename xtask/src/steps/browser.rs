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
    let version = ["--version"];
    let Some((driver, of_driver)) = candidates("LESSON_CHROMEDRIVER", &["chromedriver"], &version).next() else {
        return Ok(missing("chromedriver"));
    };
    // It drives only a browser of its own version. A machine can have several.
    let browsers: Vec<_> = candidates("LESSON_CHROMIUM", &CHROMIUM, &version).collect();
    let same = browsers.iter().find(|(_, version)| major(version) == major(&of_driver));
    let Some((chromium, _)) = same.or(browsers.first()) else { return Ok(missing("Chromium")) };
    let is_built = context.root.join("target/book/index.html").is_file();
    ensure!(is_built, "the book is not built; build it with `cargo xtask book`");
    // Passed on, so that those are used that were found here.
    let variables: [(&str, &OsStr); 2] = [("LESSON_CHROMIUM", chromium), ("LESSON_CHROMEDRIVER", &driver)];
    let is_closer = context.thorough || context.ci;
    let thorough = if context.thorough { " --thorough" } else { "" };
    let repeated = if is_closer { " --repeated" } else { "" };
    let outcome = cargo(context, &format!("{CHECK}{thorough}{repeated}"), &variables)?;
    if is_closer { cargo(context, TEST, &variables) } else { Ok(outcome) }
}

fn missing(what: &str) -> Outcome {
    Outcome::Skipped(format!(
        "no {what} was found; install chromium and its driver (Debian: chromium and chromium-driver), or set \
         LESSON_CHROMIUM and LESSON_CHROMEDRIVER to them"
    ))
}

/// The first part of a version: `156` in `Chromium 156.0.8078.79 built on Debian`.
fn major(answer: &str) -> Option<&str> {
    answer.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (answer, expected) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12", Some("156")),
            ("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078)", Some("156")),
            ("Command '/usr/bin/chromium-browser' requires the snap", None),
        ] {
            assert_eq!(major(answer), expected, "{answer}");
        }
    }
}
