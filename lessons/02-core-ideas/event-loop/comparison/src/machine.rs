//! What the operating system says and grants: CPUs and memory.

/// Lets this thread, and those that it starts from now on, run on one CPU only: the first that it may run on, or the
/// second, and so on. Says whether the system does so.
#[cfg(target_os = "linux")]
pub fn pin(place: usize) -> bool {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return false };
    let Some(cpu) = (0..CpuSet::MAX_CPU).filter(|&cpu| allowed.is_set(cpu)).nth(place) else { return false };
    let mut one = CpuSet::new();
    one.set(cpu);
    sched_setaffinity(None, &one).is_ok()
}

/// Elsewhere there is no such way, or another.
#[cfg(not(target_os = "linux"))]
pub fn pin(_place: usize) -> bool {
    false
}

/// The resident memory of this process in bytes. Linux alone says it in a file.
pub fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kilobytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
