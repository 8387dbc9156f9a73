//! Ctrl-C, `kill`, Ctrl-Z and the like: the program does what the signal asks, and leaves a clean line and a visible
//! cursor.
//!
//! The signal's own effect is kept, so a shell sees what it expects: 130 after Ctrl-C, 143 after `kill`. There is no
//! thread that waits for signals, since it would be counted among the threads of every variant.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

#[cfg(unix)]
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTSTP};

#[cfg(unix)]
use crate::signal::{ENDS, is_ignored};
use crate::{
    clock,
    signal::{CTRL_C, KILL, obey},
    terminal,
};

/// What a variant can handle itself: nothing, Ctrl-C alone, or `kill` as well.
pub(crate) const NOTHING: &[i32] = &[];
pub(crate) const CTRL_C_ALONE: &[i32] = &[CTRL_C];
pub(crate) const CTRL_C_AND_KILL: &[i32] = &[CTRL_C, KILL];

/// Prepares a process that runs a variant for the signals that a person sends. What the variant has `handled` itself is
/// left to it.
#[cfg(unix)]
pub(crate) fn install(handled: &[i32]) {
    ENDS.into_iter().filter(|signal| !handled.contains(signal)).for_each(clear_the_row_on);
    // Under a parent of ours, the parent clears the row.
    if !terminal::is_passed_on() {
        clear_the_row_on(SIGTSTP);
    }
}

/// The last signal that has asked a parent to end; 0 if none has.
static RECEIVED: AtomicI32 = AtomicI32::new(0);
/// A key of the terminal sent it.
static BY_KEY: AtomicBool = AtomicBool::new(false);
/// When the first came, by [`clock::now`]; 0 if none has.
static FIRST_AT: AtomicU64 = AtomicU64::new(0);
/// When one more came; 0 if none has.
static AGAIN_AT: AtomicU64 = AtomicU64::new(0);

/// How far apart two signals are at least if somebody has sent one more. GNU `timeout` sends one to the process and one to
/// its group, which means one.
pub(crate) const MOMENT: Duration = Duration::from_millis(100);

/// How long a parent may take to clear up behind the variant once it has been told not to wait. Then something holds it
/// up, such as a pager that does not read, and the next signal ends it as it is.
const HELD_UP: Duration = Duration::from_secs(5);

/// Prepares a process that runs variants in processes of their own. It has to outlive them and to clear up behind them, so
/// it is not ended by a signal but told of it by [`received`] and [`is_repeated`].
#[cfg(unix)]
pub(crate) fn install_for_parent() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        ENDS.into_iter().filter(|&signal| !is_ignored(signal)).for_each(note_arrival_of);
        clear_the_row_on(SIGTSTP);
    });
}

/// Takes note of a signal to a parent, in a signal handler.
fn note(signal: i32, by_key: bool) {
    let now = clock::now();
    let first = FIRST_AT.compare_exchange(0, now, SeqCst, SeqCst);
    BY_KEY.store(by_key, SeqCst);
    // Last, so that whoever finds a signal received finds the rest as well.
    RECEIVED.store(signal, SeqCst);
    let Err(first) = first else { return };
    if since(first, now) < MOMENT {
        return;
    }
    if let Err(again) = AGAIN_AT.compare_exchange(0, now, SeqCst, SeqCst) {
        if since(again, now) > HELD_UP {
            terminal::erase_held_row();
            obey(signal);
        }
    }
}

fn since(then: u64, now: u64) -> Duration {
    Duration::from_nanos(now.saturating_sub(then))
}

/// The signal that has asked a parent to end, if one has.
pub(crate) fn received() -> Option<i32> {
    Some(RECEIVED.load(SeqCst)).filter(|&signal| signal != 0)
}

/// Whether one more has come: nothing is to be waited for any longer.
pub(crate) fn is_repeated() -> bool {
    AGAIN_AT.load(SeqCst) != 0
}

/// Whether a key of the terminal sent the signal that a parent has received. Then it has reached the variant too, since
/// Ctrl-C and Ctrl-\\ go to all that runs in the foreground. Of any other signal nobody can tell: `kill` sends it to one
/// process or to a whole group, and a terminal that hangs up tells only the leader of its session.
#[cfg(unix)]
pub(crate) fn came_from_a_key() -> bool {
    BY_KEY.load(SeqCst)
}

/// Terminals are the kernel's, and these signals come from nowhere else in it.
#[cfg(target_os = "linux")]
fn is_a_key(signal: i32, origin: &libc::siginfo_t) -> bool {
    matches!(signal, SIGINT | SIGQUIT) && origin.si_code == libc::SI_KERNEL
}

/// Other systems don't tell. A key is what people use.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_a_key(signal: i32, _origin: &libc::siginfo_t) -> bool {
    matches!(signal, SIGINT | SIGQUIT)
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "a signal handler needs it; the proof is at the block")]
fn note_arrival_of(signal: i32) {
    // SAFETY: the action must be async-signal-safe and must not panic. `note` touches atomics, reads the clock, and when
    // something holds up the end does what `on_signal` does. All it calls is on POSIX's list of async-signal-safe functions.
    let installed = unsafe {
        signal_hook_registry::register_sigaction(signal, move |origin| note(signal, is_a_key(signal, origin)))
    };
    installed.expect("handlers are allowed for this signal");
}

/// The signal by which the program is to end when the variant returns; 0 if there is none.
static END: AtomicI32 = AtomicI32::new(0);

/// Has the program end by `signal` when the variant returns: for a variant that has handled it, and has done, or now does,
/// what is to be done first. So a shell sees what it expects, 130 after Ctrl-C (2) and 143 after `kill` (15). A script
/// that runs the program then knows that it was interrupted, and ends too.
///
/// From here on, if the same signal comes once more, the program ends at once. (On Windows that is up to the variant.)
///
/// On its own, a program would call `signal_hook::low_level::emulate_default_handler` as its last act. Here the kit
/// still has to put the cursor back.
///
/// See [`Variant::handles_ctrl_c`](crate::Variant::handles_ctrl_c) and
/// [`Variant::handles_signals`](crate::Variant::handles_signals).
pub fn end_by(signal: i32) {
    let before = END.swap(signal, SeqCst);
    #[cfg(unix)]
    if before != signal && ENDS.contains(&signal) {
        // Beside the variant's own handler, which may have nobody left to tell.
        clear_the_row_on(signal);
    }
    #[cfg(windows)]
    let _ = before;
}

/// Ends the program if the variant has asked for that.
pub(crate) fn end_if_asked() {
    let signal = END.load(SeqCst);
    if signal != 0 {
        obey(signal);
    }
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "a signal handler needs it; the proof is at the block")]
fn clear_the_row_on(signal: i32) {
    if is_ignored(signal) {
        return;
    }
    // SAFETY: the action must be async-signal-safe and must not panic. `on_signal` touches atomics and makes the system
    // calls write, getppid, sigaction, sigprocmask, raise and abort, all on POSIX's list of async-signal-safe
    // functions. It takes no lock that it could wait for, allocates nothing, and has no path that panics.
    let installed = unsafe { signal_hook::low_level::register(signal, move || terminal::on_signal(signal)) };
    installed.expect("handlers are allowed for this signal");
}

/// Prepares this process for Ctrl-C, unless the variant has `handled` it. Windows runs the handler on a thread that it
/// makes for the occasion.
#[cfg(windows)]
pub(crate) fn install(handled: &[i32]) {
    if handled.contains(&CTRL_C) {
        return;
    }
    let installed = ctrlc::set_handler(|| {
        terminal::close();
        obey(CTRL_C);
    });
    installed.expect("the kit is the only one to set a handler");
}

/// Prepares a process that runs variants in processes of their own: it is told of Ctrl-C by [`received`], as on Unix. The
/// variant hears of it too.
#[cfg(windows)]
pub(crate) fn install_for_parent() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        ctrlc::set_handler(|| note(CTRL_C, true)).expect("the kit is the only one to set a handler");
    });
}
