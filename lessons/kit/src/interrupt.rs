//! Ctrl-C, `kill` and Ctrl-Z: the program does what the signal asks, and leaves a clean line and a visible cursor.
//!
//! The signal's own effect is kept, so a shell sees what it expects: 130 after Ctrl-C, 143 after `kill`. There is no
//! thread that waits for signals, since it would be counted among the threads of every variant.

use std::sync::atomic::AtomicI32;
#[cfg(unix)]
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

#[cfg(unix)]
use signal_hook::{
    consts::{SIGINT, SIGTERM, SIGTSTP},
    flag, low_level,
};

use crate::terminal;

/// A signal that has arrived and has not been answered yet; 0 if there is none.
pub(crate) static PENDING: AtomicI32 = AtomicI32::new(0);

/// Prepares a process that runs a variant for the signals that a person sends.
#[cfg(unix)]
pub(crate) fn install() {
    clear_the_row_on(SIGINT);
    clear_the_row_on(SIGTERM);
    // Under a parent of ours, the parent clears the row.
    if has_a_shell() && !terminal::is_passed_on() {
        clear_the_row_on(SIGTSTP);
    }
}

/// Whether there is a shell that can resume this process. Without one, a stop would be for ever, and the system ignores
/// Ctrl-Z as long as we leave it alone.
#[cfg(unix)]
#[allow(unsafe_code, reason = "rustix takes the number 0 of a session outside of this container for a mistake")]
fn has_a_shell() -> bool {
    // SAFETY: both only ask for a number, and no number that they are given can do harm.
    let (parent, session) = unsafe { (libc::getppid(), libc::getsid(0)) };
    // SAFETY: as above.
    let parents_session = unsafe { libc::getsid(parent) };
    // A parent outside of this container has the number 0, which `getsid` takes for ourselves.
    parent != 0 && session == parents_session
}

/// Prepares a process that runs variants in processes of their own. It has to outlive them, so it is not ended by a
/// signal but told of it by [`received`]. The same signal once more ends it at once.
#[cfg(unix)]
pub(crate) fn install_for_parent() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        for signal in [SIGINT, SIGTERM] {
            let value = usize::try_from(signal).expect("signals are counted from 1");
            let allowed = "handlers are allowed for this signal";
            // In this order: the first sets the switch, and the second, when something holds up the end, finds it set.
            let again = Arc::new(AtomicBool::new(false));
            flag::register_conditional_default(signal, Arc::clone(&again)).expect(allowed);
            flag::register(signal, again).expect(allowed);
            flag::register_usize(signal, Arc::clone(flag()), value).expect(allowed);
        }
        if has_a_shell() {
            clear_the_row_on(SIGTSTP);
        }
    });
}

/// The signal that has asked a parent to end, if one has.
#[cfg(unix)]
pub(crate) fn received() -> Option<i32> {
    i32::try_from(flag().load(SeqCst)).ok().filter(|&signal| signal != 0)
}

#[cfg(unix)]
fn flag() -> &'static Arc<AtomicUsize> {
    static RECEIVED: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
    RECEIVED.get_or_init(Arc::default)
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "a signal handler needs it; the proof is at the block")]
fn clear_the_row_on(signal: i32) {
    // SAFETY: the action must be async-signal-safe and must not panic. `on_signal` touches atomics and makes the system
    // calls write, sigaction, sigprocmask, raise and abort, all on POSIX's list of async-signal-safe functions. It takes
    // no lock that it could wait for, allocates nothing, and has no path that panics.
    let installed = unsafe { low_level::register(signal, move || terminal::on_signal(signal)) };
    installed.expect("handlers are allowed for this signal");
}

/// Does what `signal` does to a program without a handler: end it, or stop it until it is told to go on.
#[cfg(unix)]
pub(crate) fn obey(signal: i32) {
    // It fails for unknown signals only, and ours are known.
    let _ = low_level::emulate_default_handler(signal);
}

/// Prepares this process for Ctrl-C. Windows runs the handler on a thread that it makes for the occasion.
#[cfg(windows)]
pub(crate) fn install() {
    // What Windows reports of a program that Ctrl-C has ended: 0xC000013A.
    const STATUS_CONTROL_C_EXIT: i32 = -1_073_741_510;

    let installed = ctrlc::set_handler(|| {
        terminal::close();
        std::process::exit(STATUS_CONTROL_C_EXIT);
    });
    installed.expect("the kit is the only one to set a handler");
}

/// On Windows a parent is ended by Ctrl-C like the variant that it runs.
#[cfg(windows)]
pub(crate) fn install_for_parent() {}

/// On Windows no signal is ever received.
#[cfg(windows)]
pub(crate) fn received() -> Option<i32> {
    None
}

/// On Windows no signal is ever pending.
#[cfg(windows)]
pub(crate) fn obey(_signal: i32) {}
