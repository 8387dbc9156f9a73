//! From blocking to async and back, in the right place and in the wrong one.

use crate::{LESSON, lines};

#[test]
fn every_bridge_carries() {
    let lines = lines("bridging");
    assert_eq!(lines.len(), 13, "{lines:?}");
    assert!(lines[1..].iter().all(|line| line.ends_with(" 42")), "{lines:?}");
}

const WRONG: [(&str, &str); 10] = [
    ("a task of tokio: Runtime::block_on", "panics"),
    ("a task of tokio: Handle::block_on", "panics"),
    ("a task of tokio: blocking_recv", "panics"),
    ("a task of tokio: drops a Runtime", "panics"),
    ("a task of tokio: futures_lite::block_on", "hangs"),
    ("a task of smol's LocalExecutor: block_on", "hangs"),
    ("a task of smol::spawn, 1 thread: block_on", "hangs"),
    ("a task of async-std, 1 thread: block_on", "hangs"),
    ("smol: a socket of tokio", "panics"),
    ("main of tokio: a blocking call never ends", "hangs"),
];

/// How often it is run before we believe that a panic takes as long as a watchdog waits: on a machine that has better
/// things to do, it can.
const ATTEMPTS: usize = 10;

#[test]
fn in_the_wrong_place_it_panics_or_hangs() {
    for _ in 0..ATTEMPTS {
        let recording = LESSON.record("bridging-wrong");
        let names: Vec<_> = recording.outcomes.iter().map(|cell| (cell.row.as_str(), cell.column.as_str())).collect();
        assert_eq!(names, WRONG.map(|(row, _)| (row, "outcome")));
        let mut is_as_expected = true;
        for ((row, expected), outcome) in WRONG.into_iter().zip(&recording.outcomes) {
            let outcome = outcome.words.as_str();
            assert!(outcome == expected || outcome == "hangs", "{row}: {outcome}");
            is_as_expected &= outcome == expected;
        }
        if is_as_expected {
            return;
        }
    }
    panic!("what should panic hangs");
}

#[test]
fn python_bridging() {
    let output = LESSON.output(["python-bridging"]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines[..3].iter().all(|line| line.ends_with(": 42")), "{lines:?}");
    assert!(lines[3].contains("RuntimeError: asyncio.run() cannot be called from a running event loop"), "{lines:?}");
    assert!(lines[4].ends_with(": hangs"), "{lines:?}");
}

/// What hangs is in a process of its own, which must not outlive us.
#[cfg(unix)]
#[test]
fn ctrl_c_bridging_wrong() {
    let lines = LESSON.interrupted_at("bridging-wrong", "Runtime::block_on");
    assert!(!lines.iter().any(|line| line.contains("never ends")), "{lines:?}");
}
