//! The steps of `test-all`: the table that names them, and those that are one call of cargo.

mod browser;
mod fences;
mod interpreter;
mod readme;
pub mod recordings;

use crate::context::Context;
use std::{
    ffi::OsStr,
    process::{self, ExitStatus, Stdio},
};

/// One thing that must hold, and how to find out whether it does.
#[derive(Debug)]
pub struct Step {
    /// What it is called on the command line.
    pub name: &'static str,
    /// One line for the help: what holds when it passes.
    pub about: &'static str,
    /// What it runs, printed before it starts.
    pub runs: &'static str,
    /// Runs it.
    pub run: fn(&Context<'_>) -> Outcome,
}

/// How a step ended.
#[derive(Debug)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold, and why.
    Failed(String),
    /// This machine lacks something that is optional, and what to install.
    Skipped(String),
}

const FMT: &str = "cargo fmt --all --check";
const CLIPPY: &str = "cargo clippy --workspace --all-targets -- -D warnings";
// By name, so that a test says itself what it needs, and a machine with Rust alone can leave it out.
const TEST: &str = "cargo test --workspace --no-fail-fast -- --skip python --skip browser";
const PYTHON: &str = "cargo test --workspace --no-fail-fast -- python";
// In a folder of its own: a build with another cfg would throw away what the other steps have built.
const LOOM: &str = "cargo test --release --package event-loop --features net --test loom --target-dir target/loom";
const MODEL: &str = "cargo test --release --package event-loop --test model --target-dir target/loom";
const DOC: &str = "cargo doc --workspace --no-deps";
// A package of its own, so that what mdBook needs is built only when the book is.
const BOOK: &str = "cargo run --quiet --package xtask-book -- build";
const BOOK_OPEN: &str = "cargo run --quiet --package xtask-book -- build --open";
const LINKS: &str = "cargo run --quiet --package xtask-book -- links";

/// Every step, in the order in which `test-all` runs them: what is quick and fails often comes first.
pub const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the code is formatted as rustfmt does it",
        runs: FMT,
        run: |context| match cargo(context, FMT, &[]) {
            Outcome::Failed(why) => Outcome::Failed(format!("{why}; `cargo fmt --all` formats the code")),
            outcome => outcome,
        },
    },
    Step {
        name: "clippy",
        about: "the compiler and clippy have nothing to warn of",
        runs: CLIPPY,
        run: |context| cargo(context, CLIPPY, &[]),
    },
    Step {
        name: "test",
        about: "every test passes, apart from those that need Python or a browser",
        runs: TEST,
        run: |context| cargo(context, TEST, &[at_once()]),
    },
    Step {
        name: "python",
        about: "the tests that need Python pass; skipped without CPython 3.11 or newer",
        runs: PYTHON,
        run: |context| match interpreter::find() {
            // Passed on, so that the tests use the one that was found suitable here.
            Some(program) => cargo(context, PYTHON, &[at_once(), ("LESSON_PYTHON", &program)]),
            None => Outcome::Skipped(
                "no CPython 3.11 or newer was found; install python3, or set LESSON_PYTHON to the one to use".into(),
            ),
        },
    },
    Step {
        name: "loom",
        about: "the event loop loses no wake, in whatever order threads take turns",
        runs: "cargo test --release --package event-loop --features net --test loom, with RUSTFLAGS=--cfg event_loop_loom",
        run: |context| match cargo(context, LOOM, &[("RUSTFLAGS", OsStr::new("--cfg event_loop_loom"))]) {
            // Each run tries programs that nobody has seen before, so more of them are a closer look.
            Outcome::Passed if context.thorough => {
                cargo(context, MODEL, &[("EVENT_LOOP_CASES", OsStr::new("1000000"))])
            }
            outcome => outcome,
        },
    },
    Step {
        name: "doc",
        about: "the API documentation builds without a warning",
        runs: "cargo doc --workspace --no-deps, with RUSTDOCFLAGS=-D warnings",
        run: |context| cargo(context, DOC, &[("RUSTDOCFLAGS", OsStr::new("-D warnings"))]),
    },
    Step {
        name: "book",
        about: "the book builds, and shows nothing that does not run and was not measured",
        runs: BOOK,
        run: |context| cargo(context, BOOK, &[]),
    },
    Step {
        name: "links",
        about: "every link of the book, as it was last built, leads somewhere",
        runs: LINKS,
        run: |context| cargo(context, LINKS, &[]),
    },
    Step {
        name: "browser",
        about: "a real browser finds nothing wrong with the book as it was last built; skipped without Chromium",
        runs: browser::RUNS,
        run: browser::run,
    },
    Step {
        name: "recordings",
        about: "today's programs run as recorded; Python's are left out without CPython 3.11 or newer",
        runs: recordings::CHECK,
        run: recordings::check,
    },
    Step {
        name: "readme",
        about: "every command that README.md shows in a ```sh fence works",
        runs: "every command in the ```sh fences of README.md",
        run: readme::run,
    },
];

/// The steps that look closer with `--thorough`.
pub const THOROUGH_STEPS: &[&str] = &["loom", "browser"];

/// What `book` is with `--open`, which is for a reader and never for `test-all`.
pub const BOOK_OPENED: Step = Step {
    name: "book",
    about: "the book builds, and a browser shows it",
    runs: BOOK_OPEN,
    run: |context| cargo(context, BOOK_OPEN, &[]),
};

/// Runs one line that starts with `cargo`, its output straight to the terminal.
///
/// On Windows a running program cannot be replaced, and ours is running: there a line over the whole workspace fails if
/// it has to link xtask differently from how `cargo xtask` did.
fn cargo(context: &Context<'_>, line: &str, variables: &[(&str, &OsStr)]) -> Outcome {
    let status = cargo_command(context, line)
        .envs(variables.iter().copied())
        // A test that asked for input would wait for ever in CI, so it shall not wait here either.
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(format!("`{line}` {}", ending(status))),
        Err(error) => Outcome::Failed(format!("`{line}` could not be started: {error}")),
    }
}

/// How many tests run at once. Most of them watch a spinner for three seconds, so they can be more than there are CPUs.
fn at_once() -> (&'static str, &'static OsStr) {
    ("RUST_TEST_THREADS", OsStr::new("6"))
}

/// The process that a line starting with `cargo` stands for. Words are split at white space; there is no shell.
fn cargo_command(context: &Context<'_>, line: &str) -> process::Command {
    let mut command = process::Command::new(&context.cargo);
    command.args(line.split_whitespace().skip(1)).current_dir(&context.root);
    command
}

/// How a process ended, to follow its name in a sentence.
fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => format!("was ended from outside ({status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_their_own() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(step.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", step.name);
            assert!(STEPS[..index].iter().all(|earlier| earlier.name != step.name), "{} is there twice", step.name);
        }
    }

    /// How a step's line ends when `program` stands in for cargo, which would fill the tests' output with its own.
    fn cargo_with(program: &str) -> Outcome {
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        context.cargo = program.into();
        cargo(&context, "cargo some words", &[])
    }

    fn failure(outcome: Outcome) -> String {
        match outcome {
            Outcome::Failed(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_exit_code_decides() {
        assert!(matches!(cargo_with("true"), Outcome::Passed));
        assert_eq!(failure(cargo_with("false")), "`cargo some words` ended with exit code 1");
    }

    #[test]
    fn a_missing_cargo_is_a_failure() {
        let why = failure(cargo_with("no-such-program-anywhere"));
        assert!(why.starts_with("`cargo some words` could not be started: "), "{why}");
    }
}
