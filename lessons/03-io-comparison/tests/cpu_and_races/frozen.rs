//! The spinner beside a check: frozen, or not. Judged by what it draws between the check's first moment and its last.
//! How many frames that are where it turns depends on the machine. That there are none where it is frozen doesn't.

use std::collections::BTreeSet;

use crate::{LESSON, SPINNERS};
use lesson_testing::{Reason, Recording, at_once};

/// Half a second, five frames long.
const PRIME: &[(&str, &str)] = &[("NUMBER", "5000111000222021")];

/// As long in Python.
const PYTHONS_PRIME: &[(&str, &str)] = &[("NUMBER", "300000000000089")];

/// How often it is tried. A machine that has better things to do can keep a thread waiting for longer than a check takes.
const ATTEMPTS: usize = 10;

/// How many frames are drawn before, during and after the check.
fn frames(recording: &Recording) -> [usize; 3] {
    let checks = recording.spans_named("check").flat_map(|(_, entries)| entries);
    let checks: Vec<_> = checks.filter(|entry| entry.reason != Reason::Drop).collect();
    let begins = checks.iter().map(|check| check.from).min().expect("there is a check");
    let ends = checks.iter().map(|check| check.to.expect("it ends")).max().expect("there is a check");
    let mut counts = [0; 3];
    for frame in &recording.frames {
        counts[usize::from(frame.at >= begins) + usize::from(frame.at > ends)] += 1;
    }
    counts
}

#[test]
fn a_task_that_computes_freezes_the_spinner() {
    let [before, during, after] = frames(&LESSON.with(PRIME).record("cpu-blocks"));
    assert_eq!(during, 0);
    assert!(before >= 2 && after >= 1, "it turns before and after: {before} and {after} frames");
}

#[test]
fn every_way_out_lets_it_turn() {
    let mut still: BTreeSet<_> = SPINNERS[1..].iter().copied().collect();
    for _ in 0..ATTEMPTS {
        let ways: Vec<_> = still.iter().copied().collect();
        // Two at once, as more would keep each other from the processors.
        for ways in ways.chunks(2) {
            for (way, recording) in at_once(ways, |way| LESSON.with(PRIME).record(way)) {
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
        let [before, during, after] = frames(&LESSON.with(PYTHONS_PRIME).record("python-cpu-blocks"));
        before >= 2 && during == 0 && after >= 1
    };
    assert!((0..ATTEMPTS).any(|_| is_frozen()), "it was never seen frozen");
}

#[test]
fn python_threads_let_it_turn() {
    let turns = || frames(&LESSON.with(PYTHONS_PRIME).record("python-cpu-offload"))[1] >= 1;
    assert!((0..ATTEMPTS).any(|_| turns()), "nothing was ever drawn beside the check");
}
