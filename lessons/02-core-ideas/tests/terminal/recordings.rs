//! What the `//!` of the variants say of their timelines and figures.

use crate::LESSON;
use lesson_testing::{
    Reason::{self, Drop, Poll},
    figures,
};

fn polls(reasons: &[Reason]) -> usize {
    reasons.iter().filter(|reason| **reason == Poll).count()
}

#[test]
fn one_waker_for_both_polls_both() {
    let recording = LESSON.record("block-on");
    let (slow, spin) = (recording.reasons("slow"), recording.reasons("spin"));
    let (slow, spin) = (polls(&slow[0]), polls(&spin[0]));
    assert_eq!(slow, spin);
    assert!(slow > 2, "{slow} polls");
    assert_eq!(recording.threads.len(), 1, "the threads that sleep poll nothing");
}

#[test]
fn a_waker_for_each_task_polls_none_in_vain() {
    let recording = LESSON.record("run-queue");
    assert_eq!(recording.reasons("slow"), [[Poll, Poll, Drop]]);
    // The first poll draws the first frame, and so on; the nap that was cancelled is never over.
    let spin = recording.reasons("spin");
    assert_eq!(polls(&spin[0]), recording.frames.len());
    assert_eq!(recording.threads.len(), 1);
}

/// Ten tasks nap most of the time, and the figure is the most that was ever seen.
#[cfg(target_os = "linux")]
#[test]
fn each_nap_of_the_queue_costs_a_thread() {
    let threads = |variant| LESSON.record(variant).measured.peak_threads.expect("Linux tells");
    let (block_on, run_queue) = (threads("block-on"), threads("run-queue"));
    assert!(run_queue > 8 && block_on < 8, "{block_on} and {run_queue} threads");
}

#[test]
fn our_loop_polls_none_in_vain_and_says_what_it_does() {
    let recording = LESSON.record("event-loop");
    assert_eq!(recording.reasons("slow"), [[Poll, Poll, Drop]]);
    let spin = recording.reasons("spin");
    assert_eq!(polls(&spin[0]), recording.frames.len());
    // Task 1 is the main future. It spawns the spinner, and in the end it is the one that has cancelled it.
    let steps = recording.scheduling.iter().map(|step| (step.message.as_str(), step.task, step.by));
    let steps: Vec<_> = steps.collect();
    assert!(steps.contains(&("spawned", Some(2), Some(1))), "{steps:?}");
    assert!(steps.contains(&("cancelled", Some(2), None)), "{steps:?}");
    assert_eq!(steps.last(), Some(&("finished", Some(1), None)));
}

#[cfg(target_os = "linux")]
#[test]
fn our_loop_needs_no_thread_but_the_one_it_runs_on() {
    assert_eq!(LESSON.record("event-loop").measured.peak_threads, Some(1));
}

/// The one rests for three seconds in which the other does not.
#[cfg(target_os = "linux")]
#[test]
fn a_busy_loop_costs_more_than_one_that_rests() {
    let cpu = |variant| LESSON.record(variant).measured.cpu.expect("Linux tells");
    let (busy_loop, block_on) = (cpu("busy-loop"), cpu("block-on"));
    assert!(busy_loop > 2 * block_on, "{busy_loop} and {block_on} nanoseconds");
}

#[test]
fn each_job_is_polled_twice() {
    let recording = LESSON.record("tasks-tokio");
    assert_eq!(recording.reasons("job"), [[Poll, Poll, Drop]; 6]);
}

#[test]
fn sizes_are_results() {
    let recording = LESSON.record("by-hand");
    let sizes = figures(&recording);
    let names: Vec<_> = sizes.iter().map(|&(row, column, _)| (row, column)).collect();
    assert_eq!(names, [("by hand", "size"), ("async fn", "size")]);
    assert!(sizes[0].2 < sizes[1].2, "{sizes:?}");
    assert_eq!(recording.unit("size"), Some("bytes"));
}
