//! Runs a process whose output is kept and whose time is limited, and leaves nothing running that it has started.

use std::{
    ffi::OsStr,
    io::{self, Read, Seek, SeekFrom},
    process::{self, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// How the process ended.
#[derive(Debug)]
pub enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// By us, after the limit.
    TooLong,
    /// By itself, but one that it started went on, until we ended that one.
    LeftBehind,
}

/// What is left of a process.
#[derive(Debug)]
pub struct Finished {
    pub ending: Ending,
    /// The end of what it wrote to stdout and stderr, in the order in which it came.
    pub output: String,
}

/// The end of the output is what explains a failure. A program gone wild shall not fill our memory.
const KEPT: u64 = 64 * 1024;

/// How often we look whether a process has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// How long what the process has started may take to end after it, and then after it was killed.
const GRACE: Duration = Duration::from_secs(5);

/// Runs it without input and waits for it, for as long as `limit`.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    // A file takes all that is written, so that nothing has to be read while we wait.
    let mut output = tempfile::tempfile()?;
    let family = Family::new();
    command.env(&family.mark, "1").stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let mut child = command.spawn()?;
    let mut status = None;
    let has_ended = within(limit, || {
        status = child.try_wait().unwrap_or_default();
        status.is_some()
    });
    if !has_ended {
        // Those that it has started might answer its end by starting more, so they are looked for until there is none.
        let _ = child.kill();
        child.wait()?;
    }
    let ending = match status {
        None => Ending::TooLong,
        Some(status) if within(GRACE, || family.members().is_empty()) => Ending::Exited(status),
        Some(_) => Ending::LeftBehind,
    };
    family.end();
    let length = output.seek(SeekFrom::End(0))?;
    output.seek(SeekFrom::Start(length.saturating_sub(KEPT)))?;
    let mut kept = Vec::new();
    output.take(KEPT).read_to_end(&mut kept)?;
    Ok(Finished { ending, output: String::from_utf8_lossy(&kept).into_owned() })
}

/// Whether this comes true before the time is over.
fn within(time: Duration, mut is_true: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + time;
    loop {
        if is_true() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(PAUSE);
    }
}

/// A process and all that it has started, and they in turn. They have a variable in their environment that no other
/// process has, for they hand it down.
///
/// A process group would not do: Ctrl-C reaches only the terminal's own group, and a learner who presses it must not
/// leave anything running.
struct Family {
    mark: String,
}

impl Family {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        Family { mark: format!("XTASK_CHILD_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Those that still run, in a look at the whole system.
    fn members(&self) -> Vec<sysinfo::Pid> {
        self.look().1
    }

    fn look(&self) -> (System, Vec<sysinfo::Pid>) {
        let mut system = System::new();
        let kind = ProcessRefreshKind::nothing().with_environ(UpdateKind::Always).without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        let is_ours = |setting: &OsStr| {
            setting.as_encoded_bytes().strip_prefix(self.mark.as_bytes()).is_some_and(|rest| rest == b"=1")
        };
        let ours = system.processes().iter().filter(|(_, process)| process.environ().iter().any(|one| is_ours(one)));
        let ours = ours.map(|(&id, _)| id).collect();
        (system, ours)
    }

    /// Kills those that still run, and waits until they are gone.
    fn end(&self) {
        within(GRACE, || {
            let (system, members) = self.look();
            members.iter().filter_map(|&id| system.process(id)).for_each(|process| {
                let _ = process.kill();
            });
            members.is_empty()
        });
    }
}

// The programs that these tests run are those of a Unix shell.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_secs(1);

    fn sh(script: &str, limit: Duration) -> Finished {
        run(Command::new("sh").args(["-c", script]), limit).expect("there is a shell")
    }

    /// How many processes still have this word on their command line.
    fn running(word: &str) -> usize {
        let system = System::new_all();
        system.processes().values().filter(|process| process.cmd().iter().any(|part| part == word)).count()
    }

    #[test]
    fn both_streams_and_the_exit_code() {
        let finished = sh("echo out; echo err >&2; read line; echo \"<$line>\"; exit 3", LONG);
        assert!(matches!(finished.ending, Ending::Exited(status) if status.code() == Some(3)));
        assert_eq!(finished.output, "out\nerr\n<>\n");
    }

    #[test]
    fn of_much_output_the_end_is_kept() {
        let script = "i=0; while [ $i -lt 5000 ]; do echo 0123456789012345678901234567890123456789; \
                      echo 0123456789012345678901234567890123456789 >&2; i=$((i + 1)); done; echo end";
        let finished = sh(script, LONG);
        assert!(matches!(finished.ending, Ending::Exited(status) if status.success()));
        assert_eq!(finished.output.len(), usize::try_from(KEPT).expect("it is small"));
        assert!(finished.output.ends_with("end\n"));
    }

    #[test]
    fn too_long_is_ended_with_all_that_it_started() {
        for script in ["echo begun; sleep 61123 & sleep 61123", "exec >&- 2>&-; sleep 61123"] {
            assert!(matches!(sh(script, SHORT).ending, Ending::TooLong));
            assert_eq!(running("61123"), 0, "{script}");
        }
    }

    #[test]
    fn a_process_left_behind_is_noticed_and_ended() {
        let finished = sh("sleep 61124 & echo done", LONG);
        assert!(matches!(finished.ending, Ending::LeftBehind));
        assert_eq!(finished.output, "done\n");
        assert_eq!(running("61124"), 0);
    }
}
