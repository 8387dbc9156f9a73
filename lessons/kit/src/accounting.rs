//! What the operating system says a run takes: threads and memory, looked at from outside while it lasts.

use std::{
    fs, io,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use crate::{event_log::unrecorded, lifeline::end_with_parent};

/// How often threads and memory are looked at.
pub(crate) const SAMPLE: Duration = Duration::from_millis(5);

/// The most memory and threads seen of a process and its descendants.
///
/// `None` where the system doesn't tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Peaks {
    /// The most that was resident at once, in bytes: of the processes that there were together, the highest of each.
    pub memory: Option<u64>,
    /// The most threads at once, in all processes together.
    pub threads: Option<u64>,
}

/// So many bytes in the unit that tables have for memory: in millions of bytes.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "it is exact for all the memory that a machine has today")]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

impl Peaks {
    /// Takes a look at the process `root` and its descendants. It misses what lives between two looks.
    pub(crate) fn look(&mut self, root: u32) {
        let mut processes = vec![root];
        let mut statuses = Vec::new();
        while let Some(process) = processes.pop() {
            // A process that has just ended has no status any more; what was seen of it before stands.
            let Some(status) = status(process) else { continue };
            statuses.push(status);
            processes.extend(children(process));
        }
        if !statuses.is_empty() {
            self.threads = self.threads.max(Some(statuses.iter().map(|status| status.threads).sum()));
            self.memory = self.memory.max(Some(statuses.iter().map(|status| status.peak_memory).sum()));
        }
    }
}

/// Runs `command` to its end and watches it: gives what it wrote to standard output, which must be short, and the most
/// memory and threads seen of it. It is not recorded, so that recording is not what is measured, and
/// it ends when this process does.
///
/// # Errors
///
/// If the command can't be started or waited for.
pub fn run_and_watch(command: &mut Command) -> io::Result<(Output, Peaks)> {
    let mut child = end_with_parent(unrecorded(command)).stdout(Stdio::piped()).spawn()?;
    let mut peaks = Peaks::default();
    loop {
        peaks.look(child.id());
        // What it has written waits in the pipe meanwhile, which is why it must be short.
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(SAMPLE);
    }
    Ok((child.wait_with_output()?, peaks))
}

/// The highest that the resident set of this process has been, in bytes, and how many threads it has.
pub(crate) fn of_this_process() -> (Option<u64>, Option<u64>) {
    let status = status(std::process::id());
    status.map(|status| (status.peak_memory, status.threads)).unzip()
}

/// What Linux says of a process right now. Other systems have no such files, and tell these figures only through
/// dependencies that are not worth it here.
struct Status {
    threads: u64,
    /// The highest its resident set has been, in bytes.
    peak_memory: u64,
}

fn status(process: u32) -> Option<Status> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field = |name| {
        let value = status.lines().find_map(|line| line.strip_prefix(name));
        value?.split_whitespace().next()?.parse::<u64>().ok()
    };
    // Not `ru_maxrss`, which starts at the peak of the process that did the fork.
    Some(Status { threads: field("Threads:")?, peak_memory: field("VmHWM:")? * 1024 })
}

/// The processes that threads of `process` have started.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
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
        let mut together = Peaks::default();
        together.look(std::process::id());
        let alone = together;
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
        together.look(std::process::id());
        child.stdin.take().expect("it is piped").write_all(b"\n").expect("it reads");
        child.wait().expect("it ends");
        drop(go);
        let _ = waiting.join();
        // Other tests of this executable come and go on threads of their own, so the count is a lower bound.
        assert!(together.threads >= Some(3), "{together:?}");
        assert!(together.memory > alone.memory, "{alone:?} {together:?}");
    }
}
