//! How soon the spinner ends after it is told to.

use std::{sync::mpsc, thread, time::Duration};

use lesson_kit::Recorder;

use super::spin;

/// A race against somebody who naps for a tick: the spinner does not.
#[test]
fn a_closed_channel_ends_the_nap_at_once() {
    let recorder = Recorder::default();
    let _recording = recorder.on_this_thread();
    let (finish, order) = mpsc::channel();
    thread::spawn({
        let finish = finish.clone();
        move || {
            thread::sleep(Duration::from_millis(100));
            finish.send("nap")
        }
    });
    let (go, stopped) = mpsc::channel();
    drop(go);
    spin("thinking!", &stopped);
    finish.send("spinner").expect("the other end is here");
    assert_eq!(order.recv(), Ok("spinner"));
    assert_eq!(recorder.frames(), ["| thinking!"]);
}
