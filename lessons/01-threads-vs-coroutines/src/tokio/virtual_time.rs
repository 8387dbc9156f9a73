//! What the spinner does, counted exactly: tokio can pause its clock, and then jumps from timer to timer.

use lesson_kit::Recorder;

use super::supervisor;

#[tokio::test(start_paused = true)]
async fn three_seconds_are_thirty_frames_in_order() {
    let recorder = Recorder::default();
    let _recording = recorder.on_this_thread();

    let began = tokio::time::Instant::now();
    assert_eq!(supervisor().await, 42);
    assert_eq!(began.elapsed().as_millis(), 3_000);

    // One at once and one after each tick. The thirtieth tick ends together with `slow`, and then the runtime polls the
    // future in `block_on` before any task: the spinner is aborted before it draws again.
    let turns = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];
    assert_eq!(recorder.frames(), turns.into_iter().cycle().take(30).collect::<Vec<_>>());
}
