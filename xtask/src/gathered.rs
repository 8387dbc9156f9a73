//! What a step writes that runs beside others, kept until it can be shown in one piece.

use std::{
    io::{self, Read, Write},
    process::{Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// A text that several can write to. Its clones are the same text.
#[derive(Debug, Clone, Default)]
pub struct Gathered(Arc<Mutex<Vec<u8>>>);

impl Gathered {
    /// All of it, so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock()).into_owned()
    }

    /// Runs a process to its end, without input, and gathers what it writes to either stream, as it comes.
    pub fn run(&self, command: &mut Command) -> io::Result<ExitStatus> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        thread::scope(|scope| {
            scope.spawn(|| self.read(stdout));
            self.read(stderr);
        });
        child.wait()
    }

    /// Whole lines at a time, so that none of one stream is torn apart by the other.
    fn read(&self, stream: impl Read) {
        let mut lines = io::BufReader::new(stream);
        let mut line = Vec::new();
        while io::BufRead::read_until(&mut lines, b'\n', &mut line).is_ok_and(|length| length > 0) {
            self.lock().append(&mut line);
        }
    }

    /// A writer that panicked leaves bytes behind that are as good as any.
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// The programs that these tests run are those of a Unix shell.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn both_streams_and_the_exit_code() {
        let mut gathered = Gathered::default();
        gathered.write_all(b"before\n").expect("it is memory");
        let script = "i=0; while [ $i -lt 9000 ]; do echo out; echo err >&2; i=$((i + 1)); done; read line; exit 3";
        let status = gathered.run(Command::new("sh").args(["-c", script])).expect("there is a shell");
        assert_eq!(status.code(), Some(3));
        let text = gathered.text();
        assert!(text.starts_with("before\n"), "{text}");
        for line in ["out", "err"] {
            assert_eq!(text.lines().filter(|other| *other == line).count(), 9000);
        }
    }
}
