//! Runs a process whose output is kept and whose time is limited.

use crate::family;
use std::{
    io::{self, Read},
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// How the process ended.
#[derive(Debug)]
pub enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// By us, after the limit.
    TooLong,
    /// By itself, but one that it started kept its output open until the limit.
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
const KEPT: usize = 64 * 1024;

/// How often we look whether a process that has closed its output has ended. It nearly always has.
const PAUSE: Duration = Duration::from_millis(10);

/// How long killed processes may take to let go of their output.
const GRACE: Duration = Duration::from_secs(5);

/// Runs it without input and waits for it, for as long as `limit`.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    let deadline = Instant::now() + limit;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;

    // Both streams are read while we wait: a process that fills a pipe which nobody reads never ends. Nothing is ever
    // sent on the channel. It closes when both readers have let go of it, and that can be waited for with a limit.
    let output = Arc::new(Mutex::new(Vec::new()));
    let (reading, read) = mpsc::channel::<()>();
    let stdout = child.stdout.take().expect("stdout is piped");
    let stderr = child.stderr.take().expect("stderr is piped");
    keep(stdout, Arc::clone(&output), reading.clone());
    keep(stderr, Arc::clone(&output), reading);

    let closed = is_closed_by(deadline, &read);
    let mut status = child.try_wait()?;
    while closed && status.is_none() && Instant::now() < deadline {
        thread::sleep(PAUSE);
        status = child.try_wait()?;
    }
    let ending = match status {
        Some(status) if closed => Ending::Exited(status),
        Some(_) => Ending::LeftBehind,
        None => {
            family::kill(&mut child);
            child.wait()?;
            is_closed_by(Instant::now() + GRACE, &read);
            Ending::TooLong
        }
    };
    let kept = lock(&output);
    let tail = &kept[kept.len().saturating_sub(KEPT)..];
    Ok(Finished { ending, output: String::from_utf8_lossy(tail).into_owned() })
}

/// Whether both streams are read to their end by then.
fn is_closed_by(deadline: Instant, read: &mpsc::Receiver<()>) -> bool {
    read.recv_timeout(deadline.saturating_duration_since(Instant::now())) == Err(RecvTimeoutError::Disconnected)
}

/// Reads a stream to its end on a thread of its own.
fn keep(mut stream: impl Read + Send + 'static, output: Arc<Mutex<Vec<u8>>>, reading: mpsc::Sender<()>) {
    thread::spawn(move || {
        let mut buffer = [0; 8 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    let mut kept = lock(&output);
                    kept.extend_from_slice(&buffer[..length]);
                    // Twice as much before it is cut, so that the rest is not moved at every read.
                    if kept.len() > 2 * KEPT {
                        let surplus = kept.len() - KEPT;
                        kept.drain(..surplus);
                    }
                }
            }
        }
        drop(reading);
    });
}

/// A reader that panicked leaves bytes behind that are as good as any.
fn lock(output: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    output.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn both_streams_and_the_exit_code() {
        let finished = sh("echo out; echo err >&2; exit 3", LONG);
        assert!(matches!(finished.ending, Ending::Exited(status) if status.code() == Some(3)));
        assert!(finished.output.contains("out\n") && finished.output.contains("err\n"), "{}", finished.output);
    }

    #[test]
    fn more_than_a_pipe_holds_on_both_streams() {
        let script = "i=0; while [ $i -lt 5000 ]; do echo 0123456789012345678901234567890123456789; \
                      echo 0123456789012345678901234567890123456789 >&2; i=$((i + 1)); done; echo end";
        let finished = sh(script, LONG);
        assert!(matches!(finished.ending, Ending::Exited(status) if status.success()));
        assert!(finished.output.len() <= KEPT);
        assert!(finished.output.contains("end\n"));
    }

    #[test]
    fn no_input() {
        let finished = sh("read line; echo \"<$line>\"", LONG);
        assert_eq!(finished.output, "<>\n");
    }

    #[test]
    fn closed_output_is_not_the_end() {
        let finished = sh("exec >&- 2>&-; sleep 0.2; exit 4", LONG);
        assert!(matches!(finished.ending, Ending::Exited(status) if status.code() == Some(4)));
    }

    #[test]
    fn too_long_is_ended_with_all_that_it_started() {
        let started = Instant::now();
        let finished = sh("echo begun; sleep 600 & sleep 600", SHORT);
        assert!(matches!(finished.ending, Ending::TooLong));
        assert_eq!(finished.output, "begun\n");
        // If one of the sleeps had lived on, its output would have been open for the whole grace.
        assert!(started.elapsed() < SHORT + GRACE, "{:?}", started.elapsed());
    }

    #[test]
    fn too_long_with_closed_output() {
        assert!(matches!(sh("exec >&- 2>&-; sleep 600", SHORT).ending, Ending::TooLong));
    }

    #[test]
    fn a_process_left_behind_is_noticed() {
        // A few seconds, so that it is soon gone by itself: nobody can find it once its parent has ended.
        let finished = sh("sleep 5 & echo done", SHORT);
        assert!(matches!(finished.ending, Ending::LeftBehind));
        assert_eq!(finished.output, "done\n");
    }

    #[test]
    fn what_cannot_start_is_an_error() {
        assert!(run(&mut Command::new("no-such-program-anywhere"), LONG).is_err());
    }
}
