//! What the system allows a process, read before it is reached: behind some of these limits lies no error but an abort.

use std::fmt;

/// Descriptors that are in use anyway: standard streams, the reactor's, the listener, and a few to spare.
const DESCRIPTORS_IN_USE: u64 = 32;

/// The fewest descriptors with which it is worth to begin. A runtime takes about ten before it serves anybody.
const FEWEST_DESCRIPTORS: u64 = 16;

/// The fewest ports that are taken as in use by others.
const PORTS_IN_USE: u64 = 10;

/// Memory maps of a thread: its stack, the stack for signals, and a guard page before each.
#[cfg(target_os = "linux")]
const MAPS_PER_THREAD: u64 = 4;

/// Memory maps of a process with few threads, and some to spare for the allocator.
#[cfg(target_os = "linux")]
const MAPS_IN_USE: u64 = 1_000;

/// Addresses that the stack of a thread takes if nobody says how many, in bytes. Most of them never become memory.
#[cfg(target_os = "linux")]
const STACK: u64 = 2 << 20;

/// How many of something there can be, and which setting says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub most: u64,
    /// The setting and its value, as an administrator knows them.
    pub setting: String,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.most, self.setting)
    }
}

/// The most descriptors that this process may have open.
#[cfg(unix)]
pub fn descriptors() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};

    getrlimit(Resource::Nofile).current
}

/// Other systems have no such limit, or don't tell.
#[cfg(not(unix))]
pub fn descriptors() -> Option<u64> {
    None
}

/// Finds out whether there are descriptors enough to begin. Without them the runtimes panic while they start, or lazily
/// later, and nothing can be done about it then.
///
/// # Errors
///
/// One sentence, if the limit is too low.
pub fn enough_descriptors() -> Result<(), String> {
    match descriptors() {
        Some(most) if most < FEWEST_DESCRIPTORS => Err(format!(
            "{most} file descriptors are too few (`ulimit -n` is {most}); try `ulimit -n {FEWEST_DESCRIPTORS}` or more, in a new \
             shell if this one refuses"
        )),
        _ => Ok(()),
    }
}

/// What to do about a thread that was refused, in half a sentence.
pub fn how_to_have_more_threads() -> String {
    let limit = threads().map_or_else(String::new, |limit| format!(", such as {}", limit.setting));
    format!("more can be had by ending other programs, or by raising a limit{limit}")
}

/// Lets this process, and those that it starts, have as many descriptors as it may allow itself.
#[cfg(unix)]
pub fn raise_descriptors() {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // If not, the limit is as it was, and is named where it is met.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// There is no such limit.
#[cfg(not(unix))]
pub fn raise_descriptors() {}

/// The most connections that a process can have open.
pub fn connections() -> Option<u64> {
    descriptors().map(|most| most.saturating_sub(DESCRIPTORS_IN_USE).max(1))
}

/// The most connections to one address that this machine can have open, as each has a port.
/// An estimate from below: other programs have some of the ports, and a server that has ended
/// keeps its own for a minute.
pub fn ports() -> Limit {
    let (free, setting) = free_ports();
    let taken = (free / 10).max(PORTS_IN_USE);
    Limit { most: free.saturating_sub(taken).max(1), setting }
}

/// How many ports there are for those who don't ask for a certain one, and which setting says so.
#[cfg(target_os = "linux")]
fn free_ports() -> (u64, String) {
    use std::fs;

    let read = |name| {
        let text = fs::read_to_string(format!("/proc/sys/net/ipv4/{name}"));
        text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (range, reserved) = (read("ip_local_port_range"), read("ip_local_reserved_ports"));
    let Some(free) = ports_in(&range, &reserved) else { return usual_ports() };
    let range = format!("net.ipv4.ip_local_port_range = {range}");
    match reserved.as_str() {
        "" => (free, range),
        _ => (free, format!("{range}, net.ipv4.ip_local_reserved_ports = {reserved}")),
    }
}

/// Other systems have such settings too, but each asks for them in its own way.
#[cfg(not(target_os = "linux"))]
fn free_ports() -> (u64, String) {
    usual_ports()
}

/// What a system gives out if it was not told otherwise.
fn usual_ports() -> (u64, String) {
    let (first, last) = (49_152, 65_535);
    (last - first + 1, format!("a system gives out the ports {first} to {last}"))
}

/// The ports of a `range`, such as `32768 60999`, less those that are `reserved`, such as
/// `8080,40000-40099`.
#[cfg(target_os = "linux")]
fn ports_in(range: &str, reserved: &str) -> Option<u64> {
    let number = |text: &str| text.parse::<u64>().ok();
    let (first, last) = range.split_once(' ')?;
    let (first, last) = (number(first)?, number(last)?);
    let mut free = (last + 1).checked_sub(first)?;
    for part in reserved.split(',').filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        // Not all of them need be in the range.
        let (from, to) = (number(from)?.max(first), number(to)?.min(last));
        free = free.saturating_sub((to + 1).saturating_sub(from));
    }
    Some(free)
}

/// The most threads that this process can have, by the lowest of all the limits that are known. An estimate from below.
pub fn threads() -> Option<Limit> {
    thread_limits().into_iter().min_by_key(|limit| limit.most)
}

// ANCHOR: thread_limits
/// Each limit to the number of threads, in threads.
#[cfg(target_os = "linux")]
pub fn thread_limits() -> Vec<Limit> {
    use std::fs;

    use rustix::process::{Resource, getrlimit};

    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let mut limits = Vec::new();
    if let Some(maps) = number("/proc/sys/vm/max_map_count") {
        let most = maps.saturating_sub(MAPS_IN_USE) / MAPS_PER_THREAD;
        limits.push(Limit {
            most,
            setting: format!("vm.max_map_count = {maps}, of which each thread takes {MAPS_PER_THREAD}"),
        });
    }
    // These count what others run as well.
    if let Some(most) = number("/proc/sys/kernel/threads-max") {
        limits.push(Limit { most, setting: format!("kernel.threads-max = {most}") });
    }
    if let Some(most) = number("/proc/sys/kernel/pid_max") {
        limits.push(Limit { most, setting: format!("kernel.pid_max = {most}") });
    }
    if let Some(most) = getrlimit(Resource::Nproc).current {
        limits.push(Limit { most, setting: format!("ulimit -u = {most}") });
    }
    if let Some(bytes) = getrlimit(Resource::As).current {
        let setting =
            format!("ulimit -v = {} (KiB), of which a thread takes {} for its stack alone", bytes >> 10, STACK >> 10);
        limits.push(Limit { most: bytes / STACK, setting });
    }
    limits.extend(cgroup_limit());
    limits
}
// ANCHOR_END: thread_limits

/// What the control group allows.
#[cfg(target_os = "linux")]
fn cgroup_limit() -> Option<Limit> {
    let most = of_cgroup("pids", &["pids.max"])?;
    Some(Limit { most, setting: format!("pids.max of the control group = {most}") })
}

/// What one of these `files` of the control group says, in version 1 or 2 of them.
#[cfg(target_os = "linux")]
fn of_cgroup(controller: &str, files: &[&str]) -> Option<u64> {
    use std::fs;

    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        let root = match controllers {
            "" => "/sys/fs/cgroup".to_owned(),
            one if one == controller => format!("/sys/fs/cgroup/{one}"),
            _ => return None,
        };
        files.iter().find_map(|file| fs::read_to_string(format!("{root}{path}/{file}")).ok()?.trim().parse().ok())
    })
}

/// The most memory that this process can have, in bytes, by the lowest of all the limits that are known.
#[cfg(target_os = "linux")]
pub fn memory() -> Option<Limit> {
    use std::fs;

    use rustix::process::{Resource, getrlimit};

    let mut limits = Vec::new();
    for (option, resource) in [("-v", Resource::As), ("-d", Resource::Data)] {
        if let Some(most) = getrlimit(resource).current {
            limits.push(Limit { most, setting: format!("ulimit {option} = {} (KiB)", most >> 10) });
        }
    }
    if let Some(most) = of_cgroup("memory", &["memory.max", "memory.limit_in_bytes"]) {
        limits.push(Limit { most, setting: format!("memory.max of the control group = {most} (bytes)") });
    }
    let told = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = told.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    if let Some::<u64>(kib) = total {
        limits.push(Limit { most: kib << 10, setting: format!("the memory of the machine, {kib} KiB") });
    }
    limits.into_iter().min_by_key(|limit| limit.most)
}

/// Other systems have such limits too, but each asks for them in its own way.
#[cfg(not(target_os = "linux"))]
pub fn memory() -> Option<Limit> {
    None
}

/// Has the system keep no image of this process if it dies. It would be as large as the process was.
#[cfg(unix)]
pub fn keep_no_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    // If that is refused, there is a file more.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

/// There is none.
#[cfg(not(unix))]
pub fn keep_no_core() {}

/// Other systems have such limits too, but each asks for them in its own way.
#[cfg(not(target_os = "linux"))]
pub fn thread_limits() -> Vec<Limit> {
    Vec::new()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn reserved_ports_are_not_free() {
        for (range, reserved, free) in [
            ("32768 60999", "", Some(28_232)),
            ("40000 40099", "40000-40080", Some(19)),
            ("40000 40099", "8080,39990-40009,40099-50000", Some(89)),
            ("40000 40099", "1-65535", Some(0)),
            ("40000", "", None),
            ("", "", None),
        ] {
            assert_eq!(ports_in(range, reserved), free, "{range} without {reserved}");
        }
    }
}
