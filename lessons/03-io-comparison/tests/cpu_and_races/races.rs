//! The races: lost, in an order of polls that was chosen, and mended.

use crate::LESSON;
use lesson_testing::figures;

#[test]
fn an_update_is_lost_every_time() {
    let expected =
        ["balance: 100", "Ann reads 100", "Bob reads 100", "Ann writes 150", "Bob writes 120", "balance: 120, of 170"];
    for _ in 0..10 {
        assert_eq!(LESSON.lines("race-lost"), expected);
    }
}

#[test]
fn one_thread_is_enough_to_lose_it() {
    assert_eq!(LESSON.record("race-lost").threads.len(), 1);
}

#[test]
fn what_is_mended_is_right_in_every_order() {
    let recording = LESSON.record("race-orders");
    let results = figures(&recording);
    assert_eq!(results.len(), 6 * 4);
    let of = |wanted: &str| {
        let figures = results.iter().filter(|(_, column, _)| *column == wanted);
        figures.map(|&(_, _, balance)| format!("{balance}")).collect::<Vec<_>>()
    };
    assert_eq!(of("await between"), ["170", "120", "150", "120", "150", "170"]);
    for mended in ["none between", "lock", "channel"] {
        assert_eq!(of(mended), ["170"; 6], "{mended}");
    }
}

#[test]
fn nothing_is_lost_on_any_runtime() {
    for variant in ["race-fixed-tokio", "race-fixed-async-std", "race-fixed-smol"] {
        for _ in 0..10 {
            let lines = LESSON.lines(variant);
            let kept: Vec<Vec<_>> = lines[1..].iter().map(|line| line.split_whitespace().collect()).collect();
            assert_eq!(kept, [["lock", "100"], ["channel", "100"]], "{variant}");
        }
    }
}

/// Whether both deposits are made.
const LOCKS: [(&str, bool); 8] = [
    ("tokio: std::sync::Mutex, held", false),
    ("tokio: std::sync::Mutex, given back before", true),
    ("tokio: tokio::sync::Mutex, held", true),
    ("tokio: a channel to the owner", true),
    ("async-std: std::sync::Mutex, held", false),
    ("async-std: async_std::sync::Mutex, held", true),
    ("smol: std::sync::Mutex, held", false),
    ("smol: smol::lock::Mutex, held", true),
];

/// How often it is tried. On a machine that has better things to do, the watchdog can lose patience with a row that is
/// only slow.
const ATTEMPTS: usize = 10;

#[test]
fn a_lock_that_blocks_and_is_held_across_an_await_stops_both() {
    let mut done = [0.0_f64; LOCKS.len()];
    for _ in 0..ATTEMPTS {
        let recording = LESSON.record("lock-across-await");
        let results = figures(&recording);
        let names: Vec<_> = results.iter().map(|&(row, column, _)| (row, column)).collect();
        assert_eq!(names, LOCKS.map(|(row, _)| (row, "done")));
        for (most, ((row, ends), (_, _, count))) in done.iter_mut().zip(LOCKS.into_iter().zip(results)) {
            assert!(ends || count < 0.5, "{row}: {count} done");
            *most = most.max(count);
        }
        if LOCKS.into_iter().zip(done).all(|((_, ends), most)| !ends || most > 1.5) {
            return;
        }
    }
    panic!("not all were done in the rows that end: {done:?}");
}
