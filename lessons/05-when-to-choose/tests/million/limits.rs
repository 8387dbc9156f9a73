//! A limit that is met is named, and nobody sees a panic. The limit is one to addresses (`ulimit -v`), as it holds for
//! every user, and both for threads, which need stacks, and for tasks, which need memory.

use std::process::{Command, Output};

use crate::{KINDS, LEFT_OUT, NO_PYTHON, rows, text};

/// What a process may take, in KiB.
const KIB: &str = "120000";

/// Runs `million` with so many spinners, from a shell with that limit. Python is left out or as it is found.
fn million_within_the_limit(spinners: &str, python: Option<(&str, &str)>) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -v $0 && exec \"$1\" million", KIB, env!("CARGO_BIN_EXE_lesson-05")]);
    let settings = [("SPINNERS", spinners), ("SECONDS", "0.2"), ("PERIOD", "0.1"), ("RUST_BACKTRACE", "1")];
    shell.envs(settings).envs(python).output().expect("there is a shell")
}

#[test]
fn threads_end_at_a_limit_that_is_named() {
    let output = million_within_the_limit("1000", Some(NO_PYTHON));
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), LEFT_OUT), "{output:?}");
    let text = text(&output.stdout);
    let threads: u64 = rows(text, "threads")[0][0].parse().expect("it is a number");
    assert!((1..100).contains(&threads), "{text}");
    for kind in &KINDS[1..] {
        assert_eq!(rows(text, kind)[0][0], "1000", "{kind}: {text}");
    }
    let last = text.lines().last().expect("there is one");
    assert!(last.starts_with("threads ended at "), "{last}");
    assert!(last.ends_with("ulimit -v = 120000 (KiB), of which a thread takes 2048 for its stack alone"), "{last}");
}

#[test]
fn tasks_end_at_a_limit_that_is_named() {
    let output = million_within_the_limit("5000000", Some(NO_PYTHON));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for kind in &KINDS[1..] {
        assert_eq!(rows(text(&output.stdout), kind), [["n/a"; 5]], "{output:?}");
    }
    let said = text(&output.stderr).strip_prefix(LEFT_OUT).expect("it is said first");
    let (begin, end) = (
        "lesson-05: 5000000 spinners are too many: tokio current_thread, tokio multi_thread, async-std, smol, our loop \
         ran out of memory (",
        "; the limit: ulimit -v = 120000 (KiB); try SPINNERS=500000\n",
    );
    assert!(said.starts_with(begin) && said.ends_with(end) && said.lines().count() == 1, "{said}");
}

#[test]
fn python_ends_at_that_limit_too() {
    let output = million_within_the_limit("5000000", None);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(rows(text(&output.stdout), "asyncio"), [["n/a"; 5]], "{output:?}");
    let said = text(&output.stderr);
    let reasons: Vec<_> = said.split("; ").filter(|reason| reason.contains("asyncio")).collect();
    assert!(reasons.len() == 1 && reasons[0].contains(" ran out of memory ("), "{said}");
    // A tenth of what it was given, which is less than all the others were.
    assert!(said.ends_with("; try SPINNERS=10000\n") && said.lines().count() == 1, "{said}");
}
