//! Child processes that don't outlive the one that has started them, however that ends.

use std::process::Command;

use lesson_kit::unrecorded;

/// Set for a child that is to end with its parent.
const LIFELINE: &str = "LESSON_05_LIFELINE";

/// Prepares `command` to [hold on](hold) to this process. It is no part of a recording in which this process may be.
pub fn tie(command: &mut Command) -> &mut Command {
    unrecorded(command).env(LIFELINE, std::process::id().to_string())
}

/// Called by what may be such a child: has it killed when its parent ends. Without a parent of ours it does nothing.
///
/// Only Linux can do this without a thread, which would be counted. Elsewhere a child can be left over if its parent is
/// killed; Ctrl-C reaches both.
#[cfg(target_os = "linux")]
pub fn hold() {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    let Some(parent) = std::env::var(LIFELINE).ok().and_then(|parent| parent.parse::<i32>().ok()) else { return };
    // If it is refused, Ctrl-C still ends both.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    // The parent may have ended before.
    if getppid().is_none_or(|found| found.as_raw_nonzero().get() != parent) {
        std::process::exit(1);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn hold() {}
