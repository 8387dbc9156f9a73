//! What the spinner does, counted exactly: tokio can pause its clock, and then jumps from timer to timer.

use lesson_kit::Recorder;

use super::supervisor;

#[tokio::test(start_paused = true)]
async fn three_seconds_and_a_half_tick_are_thirty_one_frames_in_order() {
    let recorder = Recorder::default();
    let _recording = recorder.on_this_thread();

    let began = tokio::time::Instant::now();
    assert_eq!(supervisor().await, 42);
    assert_eq!(began.elapsed().as_millis(), 3_050);

    // One at once, and one after each of thirty ticks. `slow` returns in the middle of the next.
    let turns = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];
    assert_eq!(recorder.frames(), turns.into_iter().cycle().take(31).collect::<Vec<_>>());
}
