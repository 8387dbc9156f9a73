//! Ctrl-C and `kill`, for a program that has something to finish first.
//!
//! A thread that waits for signals works the same beside every runtime. Lesson 4 shows each runtime's own way.

use lesson_kit::end_by;

/// Calls `tell` when Ctrl-C is pressed or `kill` comes, on a thread of its own. When the variant returns after that, the
/// program ends by the signal. A second signal ends it at once.
///
/// # Errors
///
/// One sentence, if the system has no room for the thread or its handlers.
#[cfg(unix)]
pub fn on_stop_signal(tell: impl Fn() + Send + 'static) -> Result<(), String> {
    use std::thread;

    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
        low_level::emulate_default_handler,
    };

    let cannot = |error| format!("cannot wait for Ctrl-C: {error}");
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(cannot)?;
    let waiting = thread::Builder::new().name("signals".into()).spawn(move || {
        let mut signals = signals.forever();
        if let Some(signal) = signals.next() {
            end_by(signal);
            tell();
        }
        if let Some(signal) = signals.next() {
            // It fails for unknown signals only.
            let _ = emulate_default_handler(signal);
        }
    });
    waiting.map(drop).map_err(cannot)
}

/// As on Unix, for Ctrl-C alone.
#[cfg(windows)]
pub fn on_stop_signal(tell: impl Fn() + Send + 'static) -> Result<(), String> {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    const SIGINT: i32 = 2;
    let again = AtomicBool::new(false);
    let set = ctrlc::set_handler(move || {
        if again.swap(true, SeqCst) {
            std::process::exit(1);
        }
        end_by(SIGINT);
        tell();
    });
    set.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))
}
