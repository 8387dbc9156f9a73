//! The one clock of a recording, the same in every process that takes part in it.

use std::time::Duration;

/// Nanoseconds since a moment that is fixed while the machine runs.
///
/// On Unix this is `CLOCK_MONOTONIC`, which all processes of a machine share and which Python reads with
/// `time.clock_gettime_ns`. `std::time::Instant` reads the same clock on Linux, but gives its value to no other
/// process.
#[cfg(unix)]
pub(crate) fn now() -> u64 {
    read(rustix::time::ClockId::Monotonic)
}

/// Nanoseconds since 1970 by the system's clock, which all processes of a machine share.
#[cfg(not(unix))]
pub(crate) fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}

/// The CPU time that all threads of this process have spent so far, for a variant that measures itself; `None` where the
/// system doesn't tell.
#[must_use]
pub fn cpu_time() -> Option<Duration> {
    cpu_of_this_process().map(Duration::from_nanos)
}

/// The CPU time that all threads of this process have spent so far, in nanoseconds; `None` where the system doesn't
/// tell.
#[allow(clippy::unnecessary_wraps, reason = "not every system tells")]
pub(crate) fn cpu_of_this_process() -> Option<u64> {
    #[cfg(unix)]
    {
        Some(read(rustix::time::ClockId::ProcessCPUTime))
    }
    #[cfg(not(unix))]
    {
        None
    }
}

/// The CPU time in nanoseconds of all child processes that have been waited for, and of theirs; `None` where the system
/// doesn't tell.
pub(crate) fn cpu_of_children() -> Option<u64> {
    #[cfg(unix)]
    {
        use nix::sys::{
            resource::{UsageWho, getrusage},
            time::TimeValLike,
        };

        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
        u64::try_from((usage.user_time() + usage.system_time()).num_nanoseconds()).ok()
    }
    #[cfg(not(unix))]
    {
        None
    }
}

#[cfg(unix)]
fn read(clock: rustix::time::ClockId) -> u64 {
    let time = rustix::time::clock_gettime(clock);
    // Neither is ever negative for these clocks.
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}
