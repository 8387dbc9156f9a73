//! What the `//!` of the variants say of their timelines and figures.

use crate::support::{list, record, results, whys};

fn count(whys: &[String], why: &str) -> usize {
    whys.iter().filter(|other| *other == why).count()
}

#[test]
fn one_waker_for_both_polls_both() {
    let recording = record("block-on");
    let (slow, spin) = (whys(&recording, "slow"), whys(&recording, "spin"));
    let (slow, spin) = (count(&slow[0], "poll"), count(&spin[0], "poll"));
    assert_eq!(slow, spin);
    assert!(slow > 2, "{slow} polls");
    assert_eq!(list(&recording, "threads").len(), 1, "the threads that sleep poll nothing");
}

#[test]
fn a_waker_for_each_task_polls_none_in_vain() {
    let recording = record("run-queue");
    assert_eq!(whys(&recording, "slow"), [["poll", "poll", "drop"]]);
    // The first poll draws the first frame, and so on; the nap that was cancelled is never over.
    let spin = whys(&recording, "spin");
    assert_eq!(count(&spin[0], "poll"), list(&recording, "frames").len());
    assert_eq!(list(&recording, "threads").len(), 1);
}

/// Ten tasks nap most of the time, and the figure is the most that was ever seen.
#[cfg(target_os = "linux")]
#[test]
fn each_nap_of_the_queue_costs_a_thread() {
    let threads = |variant| record(variant)["measured"]["peak_threads"].as_u64().expect("Linux tells");
    let (block_on, run_queue) = (threads("block-on"), threads("run-queue"));
    assert!(run_queue > 8 && block_on < 8, "{block_on} and {run_queue} threads");
}

#[test]
fn our_loop_polls_none_in_vain_and_says_what_it_does() {
    let recording = record("event-loop");
    assert_eq!(whys(&recording, "slow"), [["poll", "poll", "drop"]]);
    let spin = whys(&recording, "spin");
    assert_eq!(count(&spin[0], "poll"), list(&recording, "frames").len());
    // Task 1 is the main future. It spawns the spinner, and in the end it is the one that has cancelled it.
    let steps: Vec<_> = list(&recording, "scheduling")
        .iter()
        .map(|step| (step["what"].as_str().unwrap_or_default(), step["task"].as_u64(), step["by"].as_u64()))
        .collect();
    assert!(steps.contains(&("spawned", Some(2), Some(1))), "{steps:?}");
    assert!(steps.contains(&("cancelled", Some(2), None)), "{steps:?}");
    assert_eq!(steps.last(), Some(&("finished", Some(1), None)));
}

#[cfg(target_os = "linux")]
#[test]
fn our_loop_needs_no_thread_but_the_one_it_runs_on() {
    assert_eq!(record("event-loop")["measured"]["peak_threads"], 1);
}

/// The one rests for three seconds in which the other does not.
#[cfg(target_os = "linux")]
#[test]
fn a_busy_loop_costs_more_than_one_that_rests() {
    let cpu = |variant| record(variant)["measured"]["cpu_ns"].as_u64().expect("Linux tells");
    let (busy_loop, block_on) = (cpu("busy-loop"), cpu("block-on"));
    assert!(busy_loop > 2 * block_on, "{busy_loop} and {block_on} nanoseconds");
}

#[test]
fn each_job_is_polled_twice() {
    let recording = record("tasks-tokio");
    assert_eq!(whys(&recording, "job"), [["poll", "poll", "drop"]; 6]);
}

#[test]
fn sizes_are_results() {
    let recording = record("by-hand");
    let sizes = results(&recording);
    let names: Vec<_> = sizes.iter().map(|&(row, column, _)| (row, column)).collect();
    assert_eq!(names, [("by hand", "size"), ("async fn", "size")]);
    assert!(sizes[0].2 < sizes[1].2, "{sizes:?}");
    assert_eq!(list(&recording, "results")[0]["unit"], "bytes");
}
