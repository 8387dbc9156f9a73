//! What the operating system says a run has cost.

#[cfg(target_os = "linux")]
use std::{collections::HashMap, fs};

/// The most memory and threads seen of a process and its descendants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Peaks {
    /// The highest resident set of each process, added up, in bytes.
    pub(crate) memory: Option<u64>,
    /// The most threads at once, in all processes together.
    pub(crate) threads: Option<u64>,
}

/// Looks at a process again and again while it runs.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    #[cfg(target_os = "linux")]
    memory: HashMap<u32, u64>,
    #[cfg(target_os = "linux")]
    threads: u64,
}

/// CPU time of all children that this process has waited for, and of theirs, in nanoseconds.
#[cfg(unix)]
pub(crate) fn cpu_of_children() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    u64::try_from((usage.user_time() + usage.system_time()).num_microseconds()).ok().map(|micros| micros * 1_000)
}

#[cfg(not(unix))]
pub(crate) fn cpu_of_children() -> Option<u64> {
    None
}

impl Sampler {
    /// Takes a look at the process `root` and its descendants. It misses what lives between two looks.
    #[cfg(target_os = "linux")]
    pub(crate) fn look(&mut self, root: u32) {
        let mut threads = 0;
        let mut processes = vec![root];
        while let Some(process) = processes.pop() {
            // A process that has just ended has no status any more; what was seen of it before stands.
            let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else { continue };
            threads += field(&status, "Threads:").unwrap_or(0);
            // Not `ru_maxrss`, which starts at the peak of the process that did the fork.
            if let Some(kilobytes) = field(&status, "VmHWM:") {
                self.memory.insert(process, kilobytes * 1024);
            }
            processes.extend(children(process));
        }
        self.threads = self.threads.max(threads);
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn peaks(&self) -> Peaks {
        let memory = self.memory.values().sum();
        Peaks {
            memory: Some(memory).filter(|&bytes| bytes > 0),
            threads: Some(self.threads).filter(|&count| count > 0),
        }
    }

    /// Other systems don't tell these figures to a safe program without more dependencies than they are worth.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn look(&mut self, _root: u32) {}

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn peaks(&self) -> Peaks {
        Peaks::default()
    }
}

/// The processes that threads of `process` have started.
#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The number behind `name` in a `/proc/<pid>/status`.
#[cfg(target_os = "linux")]
fn field(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        process::{Command, Stdio},
        thread,
    };

    #[test]
    fn counts_the_threads_and_the_memory_of_descendants() {
        let mut sampler = Sampler::default();
        sampler.look(std::process::id());
        let alone = sampler.peaks();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let waiting = thread::spawn(move || wait.recv());
        // It says that it is there, and then waits for its input to close.
        let mut child = Command::new("sh")
            .args(["-c", "echo up; read line"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        child.stdout.as_mut().expect("it is piped").read_exact(&mut [0; 3]).expect("it says so");
        sampler.look(std::process::id());
        let together = sampler.peaks();
        child.stdin.take().expect("it is piped").write_all(b"\n").expect("it reads");
        child.wait().expect("it ends");
        drop(go);
        let _ = waiting.join();
        // Other tests of this executable come and go on threads of their own, so the count is a lower bound.
        assert!(together.threads >= Some(3), "{together:?}");
        assert!(together.memory > alone.memory, "{alone:?} {together:?}");
    }
}
