//! A bound for what may never end when a promise is broken.

use std::{
    panic::resume_unwind,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// No test takes that long, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs `test` on a thread of its own.
///
/// # Panics
///
/// If it does, and if it does not end.
pub fn ends(test: impl FnOnce() + Send + 'static) {
    let (ended, end) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let _ended = ended;
        test();
    });
    match end.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
        _ended => {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    }
}
