//! Runs a part of a variant in a process of its own, this executable again, and puts an end to it if it hangs.
//!
//! So a part may run into a deadlock, panic or fill the memory, and nothing of that stays behind.

use std::{
    env,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::end_with_parent;

/// Names the part for the child.
const PART: &str = "LESSON_04_WATCHED";

/// How often we look whether the child has ended.
const LOOK: Duration = Duration::from_millis(10);

/// The part that this process is to run, if it is such a child.
#[must_use]
pub fn part() -> Option<String> {
    env::var(PART).ok()
}

/// How a part has run.
#[derive(Debug)]
pub struct Watched {
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub errors: String,
    /// How it ended; `None` if it did not, and was killed.
    pub ended: Option<ExitStatus>,
}

/// Runs `part` of `variant`, for `limit` at the longest.
///
/// # Errors
///
/// If it can't be started.
pub fn run(variant: &str, part: &str, limit: Duration) -> io::Result<Watched> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(variant).env(PART, part).env("RUST_BACKTRACE", "0");
    // One thread for those who have a pool, so that a blocked thread is the only one.
    command.env("ASYNC_STD_THREAD_COUNT", "1").env("SMOL_THREADS", "1");
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = end_with_parent(piped).spawn();
    let child =
        started.map_err(|error| io::Error::other(format!("cannot start this program again for `{part}`: {error}")))?;
    Watch(child).until(limit)
}

/// Holds the child, so that it is gone when we are, however we end.
struct Watch(Child);

impl Watch {
    fn until(mut self, limit: Duration) -> io::Result<Watched> {
        let output = self.0.stdout.take().expect("it is piped");
        let errors = self.0.stderr.take().expect("it is piped");
        thread::scope(|scope| {
            // Read while it runs: a pipe that is full would hold it up.
            let output = scope.spawn(|| read(output));
            let errors = scope.spawn(|| read(errors));
            let ended = self.wait(limit);
            drop(self); // Before the readers are joined: a child that hangs keeps its pipes open.
            let said = |reader: thread::ScopedJoinHandle<'_, String>| reader.join().expect("reading does not panic");
            Ok(Watched { output: said(output), errors: said(errors), ended: ended? })
        })
    }

    fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait()? {
                return Ok(Some(status));
            }
            thread::sleep(LOOK);
        }
        Ok(None)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Both do nothing to a child that has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn read(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    // What came before an error is what there is.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
