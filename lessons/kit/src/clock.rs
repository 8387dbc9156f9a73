//! The one clock of a recording, the same in every process that takes part in it.

/// Nanoseconds since a moment that is fixed while the machine runs.
///
/// On Unix this is `CLOCK_MONOTONIC`, which all processes of a machine share and which Python reads with
/// `time.clock_gettime_ns`. `std::time::Instant` reads the same clock on Linux, but gives its value to no other process.
#[cfg(unix)]
pub(crate) fn now() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

/// Nanoseconds since 1970 by the system's clock, which all processes of a machine share.
#[cfg(not(unix))]
pub(crate) fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
}
