//! How soon the spinner ends after it is told to.

use std::{
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use lesson_kit::Recorder;

use super::spin;

/// The flag is down before the spinner has drawn its first frame, and still it naps for a whole tick.
#[test]
fn the_flag_is_seen_no_sooner_than_the_end_of_a_nap() {
    let recorder = Recorder::default();
    let _recording = recorder.on_this_thread();
    let began = Instant::now();
    spin("thinking!", &AtomicBool::new(false));
    assert!(began.elapsed() >= Duration::from_millis(100));
    assert_eq!(recorder.frames(), ["| thinking!"]);
}
