//! Runs a variant in a process of its own, lets its output pass through, and comes back with a recording.
//!
//! A process of its own, so that one runtime's threads, memory or panic never stain the next one's figures.

#[cfg(unix)]
use std::time::Instant;
use std::{
    io::{self, Read},
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

#[cfg(unix)]
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use lesson_data::{
    recording::{self, Exit, Measured, Output, Recording},
    table::{Runtime, Signals},
};

use crate::{
    Lesson, Variant,
    accounting::{Peaks, SAMPLE},
    assembly::assemble,
    clock, event_log,
    event_log::{Bounds, EventLog},
    failure::Failure,
    interrupt,
    lesson::Program,
    lifeline::end_with_parent,
    python, signal, terminal, versions,
};

/// How much of a variant's output a recording holds, in bytes.
const MOST_OUTPUT: usize = 4 * 1024 * 1024;

/// How long a variant may take to end after a signal. Then it gets the signal once more, and after as long again it is
/// killed.
const GRACE: Duration = Duration::from_millis(500);

/// The same for a variant that handles signals. Long enough to finish what it has begun: a second Ctrl-C from us would
/// tell it to leave that.
const GRACE_TO_FINISH: Duration = Duration::from_secs(5);

/// Runs `variant` to its end. A variant that fails is a recording as well; its [`Exit`] says so. So is one that a signal
/// has ended, if it came to its end in order and handed over what it had recorded; [`interrupt::received`] says so.
pub(crate) fn run(lesson: &Lesson, variant: &Variant) -> Result<Recording, Failure> {
    let cannot = |error: io::Error| format!("cannot run {}: {error}", variant.row.name);
    interrupt::install_for_parent();
    let folder = tempfile::Builder::new().prefix("lesson-kit-").tempdir().map_err(|error| {
        let place = std::env::temp_dir();
        format!(
            "cannot make a folder in {}: {}. Set TMPDIR to a folder that can be written.",
            place.display(),
            error.kind()
        )
    })?;
    let command = match &variant.program {
        Program::Rust(_) => std::env::current_exe().map_err(cannot).map(|program| {
            let mut command = Command::new(program);
            command.arg(&variant.row.name);
            command
        }),
        Program::Python(script) => python::command(script),
    };
    // To look for Python takes a while. A key has ended what was asked then, and does not reach what is started now.
    if let Some(signal) = interrupt::received() {
        return Err(Failure::Interrupted(signal));
    }
    let mut command = command?;
    end_with_parent(&mut command).env(event_log::FOLDER, folder.path());
    if let Some(columns) = terminal::columns() {
        command.env(terminal::COLUMNS, columns.to_string());
    }

    let recorded = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let began = clock::now();
    let started = match variant.program {
        Program::Rust(_) => start(command),
        Program::Python(_) => signal::with_ctrl_c_waiting(|| start(command)),
    };
    let (mut child, output) = started.map_err(cannot)?;
    let grace = if variant.row.handles == Signals::None { GRACE } else { GRACE_TO_FINISH };
    let attended = attend(&mut child, output, Relay::new(began), grace);
    let (ended, relayed, peaks) = attended.inspect_err(|_| end(&mut child)).map_err(cannot)?;
    let status = child.wait().map_err(cannot)?;
    let exit = status.code().map_or_else(|| Exit::signal(signal(status)), Exit::code);
    if exit.is_success() {
        terminal::cleared();
    } else {
        terminal::erase();
    }
    let mut logs = EventLog::read_all(folder.path()).map_err(cannot)?;
    let first = logs.iter().position(|log| log.process == child.id());
    if let Some(signal) = interrupt::received() {
        if relayed.is_none() || first.is_none() {
            return Err(Failure::Interrupted(signal));
        }
    }
    let relayed = relayed.transpose().map_err(Failure::Output)?.unwrap_or_default();
    // What a signal has killed could not hand anything over. What came to its end has tried, and said why it could not.
    if first.is_none() && exit.code.is_some() {
        return Err(Failure::Said(format!("{} ended with {exit}, and has left no recording", variant.row.name)));
    }
    // The first process is number 0, also where another noted something before it.
    let first = first.map(|place| logs.remove(place)).unwrap_or_default();
    // It says itself what it has spent, with the processes that it has started. If it was killed it has not.
    let (cpu, memory, threads_left) = (first.cpu, first.memory, first.threads_left);
    logs.insert(0, first);
    let complete_until = logs.iter().filter_map(|log| log.complete_until).map(|at| at.saturating_sub(began));
    let complete_until = complete_until.chain(relayed.complete_until).min();
    let recording = assemble(logs, began);
    let version = match variant.row.runtime {
        Runtime::Python => python::find()?.version.clone(),
        rust => versions::of(rust).unwrap_or_else(|| "unknown".to_owned()),
    };
    Ok(Recording {
        lesson: lesson.package.to_owned(),
        variant: variant.row.name.clone(),
        runtime: recording::Runtime { name: variant.row.runtime.to_string(), version },
        recorded,
        exit,
        measured: Measured {
            elapsed: ended - began,
            cpu,
            // Nobody may have looked at a run that was soon over.
            peak_memory: peaks.memory.max(memory),
            peak_threads: peaks.threads.max(threads_left),
        },
        complete_until,
        output: relayed.output,
        rustc: format!(
            "{}{}",
            env!("LESSON_KIT_RUSTC"),
            if cfg!(debug_assertions) { "" } else { " with optimisation" }
        ),
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        cpus: thread::available_parallelism().ok().and_then(|cpus| u64::try_from(cpus.get()).ok()),
        ..recording
    })
}

/// Ends a child that can't be attended to.
fn end(child: &mut Child) {
    // Both do nothing to one that has ended.
    let _ = child.kill();
    let _ = child.wait();
}

/// Starts the command, and gives what it writes: its standard output, and its errors too if both go to the same
/// terminal, so that they come out in their order.
#[cfg(unix)]
fn start(mut command: Command) -> io::Result<(Child, Box<dyn Read + Send>)> {
    use std::{
        fs::File,
        io::{IsTerminal, stderr},
    };

    use rustix::{
        io::{FdFlags, fcntl_setfd},
        pipe::pipe,
    };

    let (reader, writer) = pipe()?;
    fcntl_setfd(&reader, FdFlags::CLOEXEC)?;
    fcntl_setfd(&writer, FdFlags::CLOEXEC)?;
    if terminal::columns().is_some() && stderr().is_terminal() {
        command.stderr(Stdio::from(writer.try_clone()?));
    }
    let child = command.stdout(Stdio::from(writer)).spawn()?;
    // The command, dropped here, holds the last of our writing ends: the pipe ends when the program does.
    Ok((child, Box::new(File::from(reader))))
}

#[cfg(not(unix))]
fn start(mut command: Command) -> io::Result<(Child, Box<dyn Read + Send>)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().expect("it is piped");
    Ok((child, Box::new(output)))
}

/// Stays with the child until it ends: passes its output on, looks at what it costs, and tells it of signals. Gives
/// when it ended, and nothing of its output if we were told to end before that was over.
fn attend(
    child: &mut Child,
    output: Box<dyn Read + Send>,
    relay: Relay,
    grace: Duration,
) -> io::Result<(u64, Option<io::Result<Relayed>>, Peaks)> {
    let over = AtomicBool::new(false);
    let process = child.id();
    // A thread that may be left behind: what the child has started can keep the pipe open for as long as it likes.
    let (done, relayed) = mpsc::channel();
    thread::Builder::new().spawn(move || done.send(relay.run(output)))?;
    thread::scope(|scope| {
        let watcher = thread::Builder::new().spawn_scoped(scope, || watch(process, &over, grace))?;
        wait_for_end(child);
        let ended = clock::now();
        over.store(true, SeqCst);
        let relayed = loop {
            match relayed.recv_timeout(GRACE) {
                Ok(relayed) => break Some(relayed),
                Err(RecvTimeoutError::Timeout) if interrupt::received().is_none() => {}
                // Whoever is told to end does not wait for a pipe.
                Err(_) => break None,
            }
        };
        Ok((ended, relayed, watcher.join().expect("the watcher does not panic")))
    })
}

/// Waits until the child has ended, and leaves its number taken, so that no signal can reach a stranger.
#[cfg(unix)]
fn wait_for_end(child: &mut Child) {
    let id = WaitId::Pid(Pid::from_child(child));
    while let Err(rustix::io::Errno::INTR) = waitid(id.clone(), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {}
}

/// Waits until the child has ended. Its number stays taken as long as we hold its handle. What has reached us has reached it
/// too, so it is only to be hurried.
#[cfg(not(unix))]
fn wait_for_end(child: &mut Child) {
    // If it can't be waited for, the caller learns so when it asks for the status.
    while let Ok(None) = child.try_wait() {
        if interrupt::is_repeated() {
            let _ = child.kill();
        }
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg_attr(not(unix), allow(unused_variables, reason = "there a signal always reaches both"))]
fn watch(process: u32, over: &AtomicBool, grace: Duration) -> Peaks {
    let mut peaks = Peaks::default();
    #[cfg(unix)]
    let mut nudge = None;
    while !over.load(SeqCst) {
        peaks.look(process);
        #[cfg(unix)]
        if let (Some(signal), Some(pid)) = (interrupt::received(), i32::try_from(process).ok().and_then(Pid::from_raw))
        {
            nudge.get_or_insert_with(|| Nudge::new(pid)).pass_on(signal, grace);
        }
        thread::sleep(SAMPLE);
    }
    peaks
}

/// Sees to it that a signal to this process ends the child as well.
#[cfg(unix)]
#[derive(Debug)]
struct Nudge {
    process: Pid,
    since: Instant,
    /// How many signals the child has had.
    times: u32,
    /// Since when nothing is to be waited for.
    hurried: Option<Instant>,
}

#[cfg(unix)]
impl Nudge {
    fn new(process: Pid) -> Self {
        let times = u32::from(interrupt::came_from_a_key());
        Self { process, since: Instant::now(), times, hurried: None }
    }

    /// Called again and again once `signal` has come. What a key sends has reached the child too, so it gets time to end
    /// by itself. Anything else is passed on to it. After its time it gets the signal from us; then it is killed.
    ///
    /// One more signal is passed on in the same way, and after that the child has no more time than to end at once.
    fn pass_on(&mut self, signal: i32, grace: Duration) {
        if self.hurried.is_none() && interrupt::is_repeated() {
            self.hurried = Some(Instant::now());
            if !interrupt::came_from_a_key() {
                self.send(Signal::from_named_raw(signal));
            }
        }
        if let Some(hurried) = self.hurried {
            if hurried.elapsed() >= GRACE {
                self.send(Some(Signal::KILL));
            }
            return;
        }
        // It may have been sent to the whole group, and to a variant that handles it, one more from us would say not to wait.
        let patience = if self.times == 0 { interrupt::MOMENT } else { grace * self.times };
        if self.since.elapsed() >= patience {
            self.times += 1;
            self.send(if self.times <= 2 { Signal::from_named_raw(signal) } else { Some(Signal::KILL) });
        }
    }

    fn send(&self, signal: Option<Signal>) {
        if let Some(signal) = signal {
            // It may have ended a moment ago, which is what we want.
            let _ = kill_process(self.process, signal);
        }
    }
}

/// What came out of the child.
#[derive(Debug, Default)]
struct Relayed {
    output: Vec<Output>,
    /// When the first of it came that was passed on and not noted.
    complete_until: Option<u64>,
}

/// Passes the child's output on, and notes what came when.
struct Relay {
    began: u64,
    relayed: Relayed,
    /// For how many more bytes of output there is room.
    room: usize,
    /// The first bytes of a character whose last have not come yet.
    unfinished: Vec<u8>,
    /// What waits for the end of its line, or for the terminal to take frames again.
    held: Vec<u8>,
}

impl Relay {
    fn new(began: u64) -> Self {
        let relayed = Relayed::default();
        Self { began, relayed, room: MOST_OUTPUT, unfinished: Vec::new(), held: Vec::new() }
    }

    fn run(mut self, mut output: impl Read) -> io::Result<Relayed> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = match output.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.take(clock::now().saturating_sub(self.began), &buffer[..length])?;
        }
        if terminal::takes_frames() || !self.held.contains(&b'\r') {
            terminal::pass(&self.held)?;
        }
        Ok(self.relayed)
    }

    fn take(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.unfinished.extend_from_slice(bytes);
        let whole = whole_characters(&self.unfinished);
        let text = String::from_utf8_lossy(&self.unfinished[..whole]).into_owned();
        self.unfinished.drain(..whole);
        self.held.extend_from_slice(bytes);
        if terminal::columns().is_none() || terminal::takes_frames() {
            terminal::pass(&self.held)?;
            self.held.clear();
        } else {
            terminal::pass(&finished_lines(&mut self.held))?;
        }
        let room = self.room.checked_sub(text.len());
        if let Some(room) = room.filter(|_| self.relayed.output.len() < Bounds::USUAL.events) {
            self.room = room;
            self.relayed.output.push(Output { at, text });
        } else {
            // What is noted is the beginning of the output, and has no hole.
            self.room = 0;
            self.relayed.complete_until.get_or_insert(at);
        }
        Ok(())
    }
}

/// Takes the lines that are whole out of `held`. Frames, which a carriage return has replaced by what follows it, are left
/// out: another program has the terminal in the meantime.
fn finished_lines(held: &mut Vec<u8>) -> Vec<u8> {
    let start = |line: &[u8]| {
        // A carriage return at the very end can be the first half of a line's end.
        let text = line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\r")).unwrap_or(line);
        text.iter().rposition(|&byte| byte == b'\r').map_or(0, |place| place + 1)
    };
    let end = held.iter().rposition(|&byte| byte == b'\n').map_or(0, |place| place + 1);
    let whole: Vec<_> = held.drain(..end).collect();
    // The latest frame stays, with the carriage return before it.
    held.drain(..start(held).saturating_sub(1));
    let lines = whole.split_inclusive(|&byte| byte == b'\n').map(|line| &line[start(line)..]);
    lines.collect::<Vec<_>>().concat()
}

/// How many of `bytes` make up whole characters. Bytes that can't become a character count as whole: they are shown as
/// U+FFFD.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status)
        .expect("what ended without an exit code was ended by a signal")
}

#[cfg(not(unix))]
fn signal(_status: std::process::ExitStatus) -> i32 {
    unreachable!("only Unix ends a program without an exit code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_line_has_no_frames_wherever_the_output_is_cut() {
        let output = b"spinner object\r\n\r| thinking!\r/ thinking!\r\x1b[KAnswer: 42\n\r- thin";
        for cut in 0..output.len() {
            let (mut held, mut passed) = (Vec::new(), Vec::new());
            for part in [&output[..cut], &output[cut..]] {
                held.extend_from_slice(part);
                passed.extend(finished_lines(&mut held));
            }
            assert_eq!(passed, b"spinner object\r\n\x1b[KAnswer: 42\n", "cut at {cut}");
            assert_eq!(held, b"\r- thin", "cut at {cut}");
        }
    }

    #[test]
    fn a_character_cut_in_two_waits_for_its_end() {
        assert_eq!(whole_characters("täsk".as_bytes()), 5);
        assert_eq!(whole_characters(&"tä".as_bytes()[..2]), 1);
        assert_eq!(whole_characters(b"t\xff"), 2);
    }
}
