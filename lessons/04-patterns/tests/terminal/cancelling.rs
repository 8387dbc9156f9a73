//! Who says goodbye when, and who runs on.

use crate::{LESSON, closed, lines};
use lesson_testing::Reason;

#[test]
fn dropping_is_at_once_and_reaches_nothing_else() {
    let expected = [
        "we: now it is dropped",
        "  worker: its guard is dropped",
        "we: it is gone",
        "we: the peer hangs up",
        "  call: its guard is dropped",
        "  helper: goes on after the call",
        "  helper: its guard is dropped",
    ];
    assert_eq!(lines("cancel-drop"), expected);
}

#[test]
fn aborting_only_asks() {
    let expected = [
        "we: it is aborted",
        "we: abort has returned",
        "  worker: its guard is dropped",
        "we: it is gone, and was cancelled: true",
        "we: the peer hangs up",
        "  call: its guard is dropped",
        "  helper: goes on after the call",
        "  helper: its guard is dropped",
    ];
    assert_eq!(lines("cancel-abort"), expected);
}

#[test]
fn a_token_reaches_all_who_hold_it_and_leaves_time_for_a_goodbye() {
    let expected = [
        "we: the token is cancelled",
        "we: cancel has returned",
        "  worker: says goodbye",
        "  helper: hangs up",
        "  call: its guard is dropped",
        "  helper: its guard is dropped",
        "  worker: its guard is dropped",
        "we: all of them are gone",
    ];
    assert_eq!(lines("cancel-token"), expected);
}

#[test]
fn python_cancel_is_an_exception_with_time_for_a_goodbye() {
    let expected = [
        "we: it is cancelled",
        "we: cancel has returned",
        "  worker: says goodbye",
        "  worker: its finally runs",
        "we: it is gone, and was cancelled: True",
        "we: the peer hangs up",
        "  call: ends",
        "  helper: goes on after the call",
        "  helper: its finally runs",
    ];
    assert_eq!(lines("python-cancel"), expected);
}

/// Its tasks fail then, in the middle of being cancelled, and a thread still waits.
#[test]
fn python_cancel_ends_quietly_when_nobody_reads() {
    LESSON.ends_quietly_when_nobody_reads(&["python-cancel"]);
}

#[test]
fn a_goodbye_has_a_deadline_and_a_call_has_none() {
    let expected = [
        "spin: its line is erased",
        "polite: has said goodbye",
        "stuck: was aborted at the deadline",
        "call: is aborted, and still runs: true",
        "call: ends with Ok(42)",
    ];
    let run = LESSON.run(["cleanup"]);
    assert_eq!(run.screen.lines(), expected);
    assert!(run.screen.cursor_visible());
    assert!(!run.frames.is_empty());
}

#[test]
fn the_timeline_shows_who_outlives_whom() {
    for variant in ["cancel-drop", "cancel-abort"] {
        let recording = LESSON.record(variant);
        assert_eq!(recording.reasons("worker")[0].last(), Some(&Reason::Drop), "{variant}");
        for outlives in ["helper", "call"] {
            assert!(closed(&recording, outlives) > closed(&recording, "worker"), "{variant}: {outlives}");
        }
    }
    let recording = LESSON.record("cancel-token");
    for child in ["worker", "helper", "call"] {
        assert!(closed(&recording, child) < closed(&recording, "supervisor"), "{child}");
    }
}
