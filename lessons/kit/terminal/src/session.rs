//! A program that runs in the terminal.

use std::{
    fmt,
    io::{self, Read, Write},
    num::NonZeroU16,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

#[cfg(unix)]
use crate::process;
use crate::{Exit, GaveUp, Run, Screen, emulator::Emulator, process::Process, terminal::window};

/// How long the output may go on after the program has ended, when something it left behind keeps the terminal open. It is
/// generous, since on a busy machine the last words of the program itself may take their time too.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How many events may wait to be taken in. A program that floods its terminal is held up then, as on any terminal.
const BACKLOG: usize = 256;

/// A program that runs in the terminal.
///
/// Dropping it kills the program, with the rest of its process group on Unix, and waits until it is gone. Out of reach
/// are processes that made a group of their own, as the background jobs of an interactive shell do.
pub struct Session {
    // Fields are dropped in this order. Without the receiver no thread waits to hand over an event, so the process can
    // join its watcher. And the terminal stays open until the program is dead, so that closing it is not noticed.
    events: Receiver<Event>,
    process: Process,
    writer: Box<dyn Write + Send>,
    /// `None` once it is closed.
    master: Option<Box<dyn MasterPty + Send>>,

    patience: Duration,
    emulator: Emulator,
    started: Instant,
    chunks: Vec<(Duration, Vec<u8>)>,
    /// How far the emulator has come: the number of chunks it has taken in whole, and of bytes in the next one.
    shown: (usize, usize),
    exit: Option<Exit>,
    output_ended: bool,
}

enum Event {
    Output(Instant, Vec<u8>),
    OutputEnded,
    Exited(Exit),
}

impl Session {
    pub(crate) fn start(
        command: CommandBuilder,
        columns: NonZeroU16,
        rows: NonZeroU16,
        patience: Duration,
    ) -> io::Result<Self> {
        let pair = native_pty_system().openpty(pty_size(columns, rows)).map_err(io::Error::other)?;
        let reader = pair.master.try_clone_reader().map_err(io::Error::other)?;
        let writer = pair.master.take_writer().map_err(io::Error::other)?;
        let (sender, events) = sync_channel(BACKLOG);
        #[cfg(unix)]
        keep_output_on_interrupt(pair.master.as_ref())?;

        let started = Instant::now();
        let child = pair.slave.spawn_command(command).map_err(io::Error::other)?;
        // The output ends when nobody has this side open any more, so we must not either.
        drop(pair.slave);
        let on_exit = sender.clone();
        let process = Process::watch(child, move |exit| {
            let _ = on_exit.send(Event::Exited(exit));
        })?;
        thread::Builder::new().name("reader".into()).spawn(move || read(reader, &sender))?;

        Ok(Self {
            events,
            process,
            writer,
            master: Some(pair.master),
            patience,
            emulator: Emulator::new(columns, rows),
            started,
            chunks: Vec::new(),
            shown: (0, 0),
            exit: None,
            output_ended: false,
        })
    }

    /// Waits until the screen fulfils `condition`. `what` completes the sentence "gave up waiting for ..".
    ///
    /// The condition sees the screen as it stands, and then again whenever a control character is about to change it,
    /// such as the carriage return between two frames, and whenever the output pauses. So it sees every frame, even if
    /// many arrive at once. Output behind the one that fulfilled it is left for the next call.
    ///
    /// # Errors
    ///
    /// If patience runs out, or if the program ends and its last screen does not fulfil the condition either.
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut(&Screen) -> bool) -> Result<(), GaveUp> {
        let since = Instant::now();
        while !condition(&self.emulator.screen()) {
            while !self.show_next() {
                if !self.receive(since, self.patience) {
                    return Err(self.give_up(what, since));
                }
            }
        }
        Ok(())
    }

    /// Types `keys`. The Enter key is `\r`.
    ///
    /// # Errors
    ///
    /// If the terminal takes no more keys. A program that has ended is no error on every system.
    pub fn send(&mut self, keys: &str) -> io::Result<()> {
        self.writer.write_all(keys.as_bytes())?;
        self.writer.flush()
    }

    /// Types Ctrl-C.
    ///
    /// Unlike most terminals, this one keeps the keys and the output that have not been read yet.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn interrupt(&mut self) -> io::Result<()> {
        self.send("\x03")
    }

    /// Sends `signal` to the program alone, and not to its group as a key does.
    ///
    /// # Errors
    ///
    /// If the system refuses. A program that has ended is still there for this.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) -> io::Result<()> {
        Ok(rustix::process::kill_process(process::pid(self.process_id()), signal)?)
    }

    /// Types Ctrl-Z. What has not been read yet is kept, as for [`interrupt`](Self::interrupt).
    ///
    /// Only a job of a shell can be suspended. A program started directly in this terminal leads its session, with
    /// nobody there to resume it, so the system ignores the stop unless the program handles it.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn suspend(&mut self) -> io::Result<()> {
        self.send("\x1a")
    }

    /// Changes the size of the window, in character cells. The program is told.
    ///
    /// # Errors
    ///
    /// If one of them is 0, or if the system refuses.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        let (columns, rows) = window(columns, rows)?;
        self.take_in();
        self.emulator.resize(columns, rows);
        let Some(master) = &self.master else { return Ok(()) };
        master.resize(pty_size(columns, rows)).map_err(io::Error::other)
    }

    /// The id of the program's process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The screen, after taking in all output that has arrived.
    pub fn screen(&mut self) -> Screen {
        self.take_in();
        self.emulator.screen()
    }

    /// Waits for the end of the program and of its output.
    ///
    /// Something that the program left behind in the background may keep the terminal open. It gets five more seconds to
    /// write, and is killed then if it is in the program's process group.
    ///
    /// # Errors
    ///
    /// If patience runs out before the program has ended. The program is killed.
    pub fn finish(mut self) -> Result<Run, GaveUp> {
        let since = Instant::now();
        let exit = loop {
            if let Some(exit) = self.exit {
                break exit;
            }
            if !self.receive(since, self.patience) {
                return Err(self.give_up("the program to end", since));
            }
            // Not only at the end: the program may wait for what the terminal answers.
            self.show_all();
        };
        if cfg!(windows) {
            // Only its closing ends the output there. What was written is delivered first.
            self.master = None;
        }
        self.hear_last_words();
        if !self.output_ended {
            self.process.kill();
            self.hear_last_words();
        }
        self.show_all();
        Ok(Run {
            exit,
            screen: self.emulator.screen(),
            output: self.chunks.iter().flat_map(|(_, chunk)| chunk).copied().collect(),
            frames: self.emulator.into_frames(),
            chunks: self.chunks,
        })
    }

    fn hear_last_words(&mut self) {
        let since = Instant::now();
        while self.receive(since, LAST_WORDS) {}
    }

    /// Waits for one event, at most until `patience` has passed `since` then. Tells whether there was one.
    fn receive(&mut self, since: Instant, patience: Duration) -> bool {
        if self.output_ended && self.exit.is_some() {
            return false;
        }
        let left = patience.saturating_sub(since.elapsed());
        // Checked here too, as a program that never stops writing has always an event ready.
        if left.is_zero() {
            return false;
        }
        let event = self.events.recv_timeout(left);
        event.map(|event| self.note(event)).is_ok()
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Output(arrived, chunk) => self.chunks.push((arrived.duration_since(self.started), chunk)),
            Event::OutputEnded => self.output_ended = true,
            Event::Exited(exit) => self.exit = Some(exit),
        }
    }

    fn take_in(&mut self) {
        // No more than were there at first, or a program that never stops writing would keep us here.
        for _ in 0..BACKLOG {
            let Ok(event) = self.events.try_recv() else { break };
            self.note(event);
        }
        self.show_all();
    }

    fn show_all(&mut self) {
        while self.show_next() {}
    }

    /// Shows the emulator what has arrived, up to the next control character. Tells whether there was anything.
    fn show_next(&mut self) -> bool {
        let (chunks, bytes) = self.shown;
        let Some((_, chunk)) = self.chunks.get(chunks) else { return false };
        let rest = &chunk[bytes..];
        let length = rest.iter().skip(1).position(u8::is_ascii_control).map_or(rest.len(), |offset| offset + 1);
        self.emulator.feed(&rest[..length]);
        self.shown = if length == rest.len() { (chunks + 1, 0) } else { (chunks, bytes + length) };

        let answers = self.emulator.take_answers();
        if !answers.is_empty() {
            // A program that is gone needs no answer.
            let _ = self.writer.write_all(&answers).and_then(|()| self.writer.flush());
        }
        true
    }

    fn give_up(&mut self, what: &str, since: Instant) -> GaveUp {
        let waited = since.elapsed();
        self.show_all();
        GaveUp { what: what.to_owned(), waited, exit: self.exit, screen: self.emulator.screen() }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("process_id", &self.process.id())
            .field("exit", &self.exit)
            .field("screen", &self.emulator.screen())
            .finish_non_exhaustive()
    }
}

/// Has the terminal keep what it holds when Ctrl-C comes (`stty noflsh`).
///
/// By default the system throws away output that has not been read yet, and with it, at times, what the program still
/// writes about its end. A person hardly ever sees that; a test that looks a thousand times does.
#[cfg(unix)]
fn keep_output_on_interrupt(master: &dyn MasterPty) -> io::Result<()> {
    use std::{fs::File, os::unix::fs::OpenOptionsExt};

    use rustix::{
        fs::OFlags,
        termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr},
    };

    let Some(name) = master.tty_name() else { return Ok(()) };
    let no_controlling_terminal = i32::try_from(OFlags::NOCTTY.bits()).expect("the flag is one of open's");
    let terminal = File::options().read(true).write(true).custom_flags(no_controlling_terminal).open(name)?;
    let mut modes = tcgetattr(&terminal)?;
    modes.local_modes |= LocalModes::NOFLSH;
    tcsetattr(&terminal, OptionalActions::Now, &modes)?;
    Ok(())
}

fn pty_size(columns: NonZeroU16, rows: NonZeroU16) -> PtySize {
    PtySize { rows: rows.get(), cols: columns.get(), ..PtySize::default() }
}

/// Hands over what the program writes, until nobody can write or nobody listens any more.
fn read(mut reader: impl Read, events: &SyncSender<Event>) {
    let mut buffer = [0; 4096];
    let mut last_writer_has_gone = false;
    loop {
        let event = match reader.read(&mut buffer) {
            Ok(length) if length > 0 => Event::Output(Instant::now(), buffer[..length].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // Linux says with an error that the last writer has gone. When that happened in the middle of our read, its
            // last words may still be on their way, and the next read waits for them.
            Err(_) if !last_writer_has_gone => {
                last_writer_has_gone = true;
                continue;
            }
            Ok(_) | Err(_) => {
                let _ = events.send(Event::OutputEnded);
                return;
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}
