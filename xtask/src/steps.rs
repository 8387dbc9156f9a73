//! The steps of `test-all`: the table that names them, and those that are one call of cargo.

mod browser;
pub mod programs;
pub mod readme;
mod suite;

use crate::{
    context::Context,
    step::{Outcome, Step, cargo},
};
use anyhow::{Context as _, Result};
use std::ffi::OsStr;

const FMT: &str = "cargo fmt --all --check";
const CLIPPY: &str = "cargo clippy --workspace --all-targets -- -D warnings";
// By name, so that a test says itself what it needs, and a machine with Rust alone can leave it out.
const TEST: &str = "--skip python --skip browser";
const PYTHON: &str = "python";
// In a folder of its own: a build with another cfg would throw away what the other steps have built.
const LOOM: &str = "cargo test --release --package event-loop --features net --test loom --target-dir target/loom";
const MODEL: &str = "cargo test --release --package event-loop --test model --target-dir target/loom";
const DOC: &str = "cargo doc --workspace --no-deps";
// A package of its own, so that what mdBook needs is built only when the book is.
const BOOK_BUILD: &str = "cargo run --quiet --package xtask-book -- book";
const LINKS: &str = "cargo run --quiet --package xtask-book -- links";
const RECORDINGS: &str = "cargo run --quiet --package xtask-book -- record --check";

const NO_PYTHON: &str = "no CPython 3.11 or newer was found; install python3, or set LESSON_PYTHON to the one to use";

/// The step that can also open what it has built.
pub const BOOK: &str = "book";

/// The steps that look closer with `--thorough`.
pub const THOROUGH_STEPS: &[&str] = &["loom", "browser"];

/// The steps that mostly wait, so that `test-all` runs them beside the others. None of them looks at the built book, which
/// `readme` builds again.
pub const WAITING_STEPS: &[&str] = &["test", "python", "recordings"];

/// Every step, in the order in which `test-all` runs them: what is quick and fails often comes first.
pub const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the code is formatted as rustfmt does it",
        runs: FMT,
        run: |context| cargo(context, FMT, &[]).context("`cargo fmt --all` formats the code"),
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
        runs: "cargo test --workspace -- --skip python --skip browser, several programs at a time",
        run: |context| suite::run(context, TEST, &[]),
    },
    Step {
        name: "python",
        about: "the tests that need Python pass; skipped without CPython 3.11 or newer",
        runs: "cargo test --workspace -- python, several programs at a time",
        run: |context| match programs::python() {
            // Passed on, so that the tests use the one that was found suitable here.
            Some(program) => suite::run(context, PYTHON, &[("LESSON_PYTHON", &program)]),
            None => Ok(Outcome::Skipped(NO_PYTHON.into())),
        },
    },
    Step {
        name: "loom",
        about: "the event loop loses no wake, in whatever order threads take turns",
        runs: "cargo test --release --package event-loop --features net --test loom, with RUSTFLAGS=--cfg event_loop_loom",
        run: loom,
    },
    Step {
        name: "doc",
        about: "the API documentation builds without a warning",
        runs: "cargo doc --workspace --no-deps, with RUSTDOCFLAGS=-D warnings",
        run: |context| cargo(context, DOC, &[("RUSTDOCFLAGS", OsStr::new("-D warnings"))]),
    },
    Step {
        name: BOOK,
        about: "the book builds, and shows nothing that does not run and was not measured",
        runs: BOOK_BUILD,
        run: |context| cargo(context, &format!("{BOOK_BUILD}{}", if context.open { " --open" } else { "" }), &[]),
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
        runs: RECORDINGS,
        run: recordings,
    },
    Step {
        name: readme::NAME,
        about: "every command that README.md shows in a ```sh fence works",
        runs: "every command in the ```sh fences of README.md",
        run: readme::run,
    },
];

fn loom(context: &Context<'_>) -> Result<Outcome> {
    let outcome = cargo(context, LOOM, &[("RUSTFLAGS", OsStr::new("--cfg event_loop_loom"))])?;
    // Each run tries programs that no run has tried before, so more of them are a closer look.
    let cases = [("EVENT_LOOP_CASES", OsStr::new("1000000"))];
    if context.thorough { cargo(context, MODEL, &cases) } else { Ok(outcome) }
}

/// Those of Rust are checked on every machine.
fn recordings(context: &Context<'_>) -> Result<Outcome> {
    if let Some(program) = programs::python() {
        return cargo(context, RECORDINGS, &[("LESSON_PYTHON", &program)]);
    }
    cargo(context, &format!("{RECORDINGS} --without-python"), &[])?;
    Ok(Outcome::Skipped(format!("Rust's hold, and Python's were left out: {NO_PYTHON}")))
}
