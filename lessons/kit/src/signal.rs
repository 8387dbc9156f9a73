//! What signals do to a program that has no handler for them, done to this one.

#[cfg(unix)]
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, raise, sigaction};

/// The number of Ctrl-C, on Windows too, for what a variant tells us.
pub(crate) const CTRL_C: i32 = 2;

/// The number of what `kill` sends.
pub(crate) const KILL: i32 = 15;

/// The signals by which a person, a shell or a terminal ends a program.
#[cfg(unix)]
pub(crate) const ENDS: [i32; 4] = [CTRL_C, KILL, signal_hook::consts::SIGHUP, signal_hook::consts::SIGQUIT];

/// Does what `signal` does to a program without a handler: end it, or stop it until it is told to go on.
///
/// Called by signal handlers.
#[cfg(unix)]
pub(crate) fn obey(signal: i32) {
    if ends_the_program(signal) {
        // It fails for unknown signals only, and ours are known.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    } else {
        stop();
    }
}

/// Does what Ctrl-C does to a program without a handler: what Windows reports of it then is 0xC000013A.
#[cfg(windows)]
pub(crate) fn obey(_signal: i32) {
    const STATUS_CONTROL_C_EXIT: i32 = -1_073_741_510;
    std::process::exit(STATUS_CONTROL_C_EXIT);
}

/// Whether a program without a handler is ended by `signal`.
#[cfg(unix)]
pub(crate) fn ends_the_program(signal: i32) -> bool {
    signal != signal_hook::consts::SIGTSTP
}

/// Stops this process as Ctrl-Z does, and returns when it goes on. Where no shell could resume it, the system does not
/// stop it at all, which is why this takes the signal itself and not SIGSTOP.
#[cfg(unix)]
#[allow(unsafe_code, reason = "signal-hook stops by SIGSTOP, which stops for ever where there is no shell")]
fn stop() {
    let plain = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: all of these are async-signal-safe, and no handler of another's is installed: ours is put back as it was.
    unsafe {
        let Ok(ours) = sigaction(Signal::SIGTSTP, &plain) else { return };
        let _ = SigSet::from(Signal::SIGTSTP).thread_unblock();
        let _ = raise(Signal::SIGTSTP);
        let _ = sigaction(Signal::SIGTSTP, &ours);
    }
}

/// Whether we were started with `signal` ignored, as `nohup` does, and shells do for jobs in the background. Then it
/// stays so.
#[cfg(unix)]
#[allow(unsafe_code, reason = "nothing in the standard library tells")]
pub(crate) fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: with no new action this only writes the present one, into memory of the right type. All zeros are a value
    // of that type too, should the call fail.
    let action = unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}

/// Calls `start` while Ctrl-C waits, and gives what it gives. A program that is started so, or takes our place, has Ctrl-C
/// wait until it lets it through: for one that can't be interrupted decently before it has come that far. Elsewhere than
/// on Unix no signal can be made to wait.
pub(crate) fn with_ctrl_c_waiting<T>(start: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    let before = SigSet::from(Signal::SIGINT).thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = start();
    #[cfg(unix)]
    let _ = before.and_then(|before| before.thread_set_mask());
    started
}
