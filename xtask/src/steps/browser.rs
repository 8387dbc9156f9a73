//! The step `browser`: what a reader meets in the built book, seen by a real Chromium.

use super::{Outcome, cargo};
use crate::context::Context;
use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, Stdio},
};

/// That the checks find what was spoilt on purpose.
const TEST: &str = "cargo test --package xtask-browser -- browser";
/// That they find nothing in the book. A package of its own, so that what it needs is built only for it.
const CHECK: &str = "cargo run --quiet --package xtask-browser -- check";
/// What is printed before both.
pub const RUNS: &str = "cargo run --quiet --package xtask-browser -- check; with --thorough and in CI also cargo test \
    --package xtask-browser -- browser";

/// The page that every book has.
const FIRST_PAGE: &str = "target/book/index.html";

/// What a browser is called on different systems. One that is named in `LESSON_CHROMIUM` is the only one.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Checks the book; and then the checks, where there is time for that.
pub fn run(context: &Context<'_>) -> Outcome {
    let Some((driver, version)) = candidates("LESSON_CHROMEDRIVER", &["chromedriver"]).into_iter().next() else {
        return missing("chromedriver");
    };
    // It drives only a browser of its own version. A machine can have several.
    let browsers = candidates("LESSON_CHROMIUM", &CHROMIUM);
    let Some((chromium, _)) = browsers.iter().find(|(_, of)| *of == version).or(browsers.first()) else {
        return missing("Chromium");
    };
    if !context.root.join(FIRST_PAGE).is_file() {
        return Outcome::Failed("the book is not built; build it with `cargo xtask book`".into());
    }
    // Passed on, so that those are used that were found here.
    let variables: [(&str, &OsStr); 2] = [("LESSON_CHROMIUM", chromium), ("LESSON_CHROMEDRIVER", &driver)];
    let mut check = CHECK.to_owned();
    if context.thorough {
        check += " --thorough";
    }
    if context.thorough || context.ci {
        check += " --repeated";
    }
    match cargo(context, &check, &variables) {
        Outcome::Passed if context.thorough || context.ci => cargo(context, TEST, &variables),
        outcome => outcome,
    }
}

fn missing(what: &str) -> Outcome {
    Outcome::Skipped(format!(
        "no {what} was found; install chromium and its driver (Debian: chromium and chromium-driver), or set \
         LESSON_CHROMIUM and LESSON_CHROMEDRIVER to them"
    ))
}

/// The program that the variable names, or else those of these names that start, each with its version.
fn candidates(variable: &str, names: &[&str]) -> Vec<(OsString, String)> {
    let candidates = match env::var_os(variable).filter(|program| !program.is_empty()) {
        Some(chosen) => vec![chosen],
        None => names.iter().map(Into::into).collect(),
    };
    candidates.into_iter().filter_map(|program| version(&program).map(|version| (program, version))).collect()
}

/// What it says of itself. Only running it tells: some systems have a `chromium` that only says how to install one.
fn version(program: &OsStr) -> Option<String> {
    let answer = Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    if answer.status.success() { major(&String::from_utf8_lossy(&answer.stdout)) } else { None }
}

/// The first part of a version: `156` in `Chromium 156.0.8078.79 built on Debian`.
fn major(answer: &str) -> Option<String> {
    let version = answer.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_not_found() {
        assert_eq!(candidates("LESSON_NO_SUCH_VARIABLE", &["no-such-program-anywhere"]), []);
    }

    #[test]
    fn versions_are_read() {
        for (answer, expected) in [
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12", Some("156")),
            ("Google Chrome 156.0.8078.79 ", Some("156")),
            ("ChromeDriver 156.0.8078.79 (a21ce95c-refs/branch-heads/8078)", Some("156")),
            ("Command '/usr/bin/chromium-browser' requires the snap", None),
        ] {
            assert_eq!(major(answer).as_deref(), expected, "{answer}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_install() {
        let Outcome::Skipped(why) = missing("Chromium") else { panic!("it is skipped") };
        assert!(why.starts_with("no Chromium was found; install chromium"), "{why}");
        assert!(why.contains("LESSON_CHROMEDRIVER"), "{why}");
    }
}
