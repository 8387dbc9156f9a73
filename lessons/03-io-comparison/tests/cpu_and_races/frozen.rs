//! The spinner beside a check: frozen, or not. Judged by what it draws between the check's first moment and its last.
//! How many frames that are where it turns depends on the machine. That there are none where it is frozen doesn't.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{list, record};
use lesson_terminal::contract::at_once;

/// Half a second, five frames long.
const PRIME: &[(&str, &str)] = &[("NUMBER", "5000111000222021")];

/// As long in Python.
const PYTHONS_PRIME: &[(&str, &str)] = &[("NUMBER", "300000000000089")];

/// The ways out in Rust.
const WAYS_OUT: [&str; 7] = [
    "cpu-yield",
    "cpu-offload-tokio",
    "cpu-offload-async-std",
    "cpu-offload-smol",
    "cpu-threads",
    "cpu-rayon",
    "cpu-processes",
];

/// How often it is tried. A machine that has better things to do can keep a thread waiting for longer than a check takes.
const ATTEMPTS: usize = 10;

/// How many frames are drawn before, during and after the check.
fn frames(recording: &Value) -> [usize; 3] {
    let spans = list(recording, "spans");
    let is_check = |entry: &&Value| {
        let span = entry["span"].as_u64().and_then(|span| usize::try_from(span).ok()).expect("it is an index");
        spans[span]["name"] == "check" && entry["why"] != "drop"
    };
    let time = |value: &Value| value.as_u64().expect("it is a time");
    let checks: Vec<_> = list(recording, "entries").iter().filter(is_check).collect();
    let begins = checks.iter().map(|check| time(&check["from"])).min().expect("there is a check");
    let ends = checks.iter().map(|check| time(&check["to"])).max().expect("there is a check");
    let mut counts = [0; 3];
    for frame in list(recording, "frames") {
        let at = time(&frame["at"]);
        counts[usize::from(at >= begins) + usize::from(at > ends)] += 1;
    }
    counts
}

#[test]
fn a_task_that_computes_freezes_the_spinner() {
    let [before, during, after] = frames(&record("cpu-blocks", PRIME));
    assert_eq!(during, 0);
    assert!(before >= 2 && after >= 1, "it turns before and after: {before} and {after} frames");
}

#[test]
fn every_way_out_lets_it_turn() {
    let mut still: BTreeSet<_> = WAYS_OUT.into();
    for _ in 0..ATTEMPTS {
        let ways: Vec<_> = still.iter().copied().collect();
        // Two at once, as more would keep each other from the processors.
        for ways in ways.chunks(2) {
            for (way, recording) in at_once(ways, |way| record(way, PRIME)) {
                if frames(&recording)[1] >= 1 {
                    still.remove(way);
                }
            }
        }
        if still.is_empty() {
            return;
        }
    }
    panic!("nothing was ever drawn beside the check of {still:?}");
}

/// When Python's frames are drawn is seen from outside, a moment later, so that one of before may seem to be of now.
/// Undisturbed, there would be five.
#[test]
fn python_freezes_as_well() {
    let is_frozen = || {
        let [before, during, after] = frames(&record("python-cpu-blocks", PYTHONS_PRIME));
        before >= 2 && during == 0 && after >= 1
    };
    assert!((0..ATTEMPTS).any(|_| is_frozen()), "it was never seen frozen");
}

#[test]
fn python_threads_let_it_turn() {
    let turns = || frames(&record("python-cpu-offload", PYTHONS_PRIME))[1] >= 1;
    assert!((0..ATTEMPTS).any(|_| turns()), "nothing was ever drawn beside the check");
}
