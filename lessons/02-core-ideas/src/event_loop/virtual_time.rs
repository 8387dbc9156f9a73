//! What the spinner does, counted exactly: under the loop's virtual clock three seconds take none.

use std::time::Duration;

use event_loop::{EventLoop, now};
use lesson_kit::Recorder;

use super::supervisor;

#[test]
fn three_seconds_and_a_half_tick_are_thirty_one_frames_in_order() {
    let recorder = Recorder::default();
    let _recording = recorder.on_this_thread();

    let (answer, elapsed) = EventLoop::with_virtual_clock().block_on(async {
        let began = now();
        (supervisor().await, now() - began)
    });
    assert_eq!(answer, 42);
    assert_eq!(elapsed, Duration::from_millis(3_050));

    // One at once, and one after each of thirty ticks. `slow` returns in the middle of the next.
    let turns = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];
    assert_eq!(recorder.frames(), turns.into_iter().cycle().take(31).collect::<Vec<_>>());
}
