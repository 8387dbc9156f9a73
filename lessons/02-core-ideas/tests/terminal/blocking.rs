//! The table of what freezes a loop. Only what must be so on any machine is checked: how many frames are drawn where
//! nothing is frozen depends on the machine, and so does, after a nap on tokio's workers, whether anything is.

use std::collections::BTreeSet;

use crate::LESSON;
use lesson_testing::figures;

/// Whether `slow` freezes the spinner there; `None` if that depends.
const ROWS: [(&str, Option<bool>); 16] = [
    ("event-loop, task", Some(true)),
    ("tokio current_thread, block_on", Some(true)),
    ("tokio current_thread, task", Some(true)),
    ("tokio current_thread, spawn_blocking", Some(false)),
    ("tokio multi_thread, block_on", Some(false)),
    ("tokio multi_thread, task, 1 worker", Some(true)),
    ("tokio multi_thread, task, 2 workers", Some(false)),
    ("tokio multi_thread, task after a nap, 2 workers", None),
    ("tokio multi_thread, block_in_place, 1 worker", Some(false)),
    ("async-std, block_on", Some(false)),
    ("async-std, task, 1 thread", Some(true)),
    ("async-std, spawn_blocking, 1 thread", Some(false)),
    ("smol::spawn, block_on", Some(false)),
    ("smol::spawn, task, 1 thread", Some(true)),
    ("smol LocalExecutor, task", Some(true)),
    ("smol LocalExecutor, unblock", Some(false)),
];

/// How often the table is measured before we believe that something is frozen. A machine that has better things to do
/// can keep a thread waiting for longer than `slow` takes.
const ATTEMPTS: usize = 10;

#[test]
fn who_blocks_a_thread_freezes_what_has_no_other() {
    let mut still: BTreeSet<_> =
        ROWS.iter().filter(|(_, frozen)| *frozen == Some(false)).map(|(row, _)| *row).collect();
    for _ in 0..ATTEMPTS {
        let recording = LESSON.record("blocking");
        let results = figures(&recording);
        let names: Vec<_> = results.iter().map(|&(row, column, _)| (row, column)).collect();
        assert_eq!(names, ROWS.map(|(row, _)| (row, "frames")));
        for ((row, is_frozen), (_, _, frames)) in ROWS.into_iter().zip(results) {
            let has_drawn = frames >= 1.0;
            assert!(!has_drawn || is_frozen != Some(true), "{row}: {frames} frames");
            if has_drawn {
                still.remove(row);
            }
        }
        if still.is_empty() {
            return;
        }
    }
    panic!("nothing was ever drawn in {still:?}");
}

#[test]
fn the_table_is_all_that_is_left() {
    assert_is_table_of_frames("blocking", &ROWS.map(|(row, _)| row));
}

/// Checks that `variant` leaves a table in the terminal, with a number of frames in each of these rows.
pub fn assert_is_table_of_frames(variant: &str, rows: &[&str]) {
    let lines = LESSON.lines(variant);
    assert_eq!(lines.len(), 1 + rows.len(), "{lines:?}");
    for (line, row) in lines[1..].iter().zip(rows) {
        let frames = line.strip_prefix(row).map(|frames| frames.trim().parse::<u32>());
        assert!(matches!(frames, Some(Ok(_))), "{line:?} is the row of {row}");
    }
}

#[test]
fn python_blocking() {
    for _ in 0..ATTEMPTS {
        let lines = LESSON.lines("python-blocking");
        let frames = |place: &str| {
            let line = lines.iter().find_map(|line| line.strip_prefix(place)?.strip_suffix(" frames"));
            line.and_then(|frames| frames.parse::<u32>().ok()).unwrap_or_else(|| panic!("{place}: {lines:?}"))
        };
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(frames("in the main coroutine: "), 0);
        assert_eq!(frames("in a task: "), 0);
        if frames("in another thread: ") >= 1 {
            return;
        }
    }
    panic!("nothing was ever drawn beside another thread");
}
