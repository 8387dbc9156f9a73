//! The row of the terminal on which the status line stands, and who may write on it.
//!
//! Three parties meet there: the thread that draws frames, a signal that may arrive on any thread at any moment, and
//! the end of the program. Whatever they do, the row must end up erased and the cursor visible. So the row has a lock
//! of its own, one that a signal handler can use: it never waits. A handler that finds the row held leaves its signal
//! behind, and whoever holds the row answers it on release.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicI32, AtomicU8, Ordering::SeqCst},
    },
    thread,
};

use crate::signal::obey;

/// Set for a variant whose output passes through another process of ours: its value is the width of the terminal that
/// the output ends up on, in columns.
pub(crate) const COLUMNS: &str = "LESSON_KIT_COLUMNS";

const ERASE_AND_SHOW_CURSOR: &[u8] = b"\r\x1b[K\x1b[?25h";
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &str = "\x1b[?25l";
const ERASE_TO_END: &str = "\x1b[K";

/// Nobody writes on the row.
const FREE: u8 = 0;
/// Somebody writes on the row, and will look for a signal afterwards.
const HELD: u8 = 1;
/// The program is ending: the row stays as it is.
const CLOSED: u8 = 2;

// Closed until the stage opens, so that a variant's functions can be called by a unit test without drawing into its
// report.
static ROW: AtomicU8 = AtomicU8::new(CLOSED);
/// A frame stands on the row, and the cursor is hidden.
static SHOWN: AtomicBool = AtomicBool::new(false);
/// A signal that has arrived and has not been answered yet; 0 if there is none.
static PENDING: AtomicI32 = AtomicI32::new(0);
/// There is a terminal to draw on.
static DRAWABLE: AtomicBool = AtomicBool::new(false);
/// The number of the process that started this one, 0 if it is not known.
static PARENT: AtomicI32 = AtomicI32::new(0);

/// From here on, frames are drawn if there is a terminal.
pub(crate) fn open() {
    // Without a name, a terminal on Unix can do no more than one that is called dumb. On Windows none has a name.
    let is_plain = std::env::var_os("TERM").map_or(cfg!(unix), |term| term == "dumb");
    DRAWABLE.store(is_passed_on() || (io::stdout().is_terminal() && !is_plain), SeqCst);
    PARENT.store(parent(), SeqCst);
    ROW.store(FREE, SeqCst);
}

/// Puts `frame` in place of what stands on the row. Does nothing where there is no terminal, or the program is ending.
pub(crate) fn draw(frame: &str) {
    let Some(columns) = columns().filter(|_| is_ours()) else { return };
    // Before the row, so that whoever holds standard output can still take the row: to report a panic, for one.
    let mut out = io::stdout().lock();
    let Some(_row) = Row::take() else { return };
    let hide_cursor = if SHOWN.swap(true, SeqCst) { "" } else { HIDE_CURSOR };
    // A frame as wide as the terminal would wrap, and the carriage return would come back to the wrong row.
    let fits = frame.char_indices().nth(columns.saturating_sub(1)).map_or(frame, |(end, _)| &frame[..end]);
    // A terminal that can't be written to has gone away: there is nobody left to tell.
    let _ = write!(out, "{hide_cursor}\r{fits}{ERASE_TO_END}").and_then(|()| out.flush());
}

/// Erases the row and shows the cursor, if a frame stands there.
pub(crate) fn erase() {
    if let Some(_row) = Row::take() {
        erase_held_row();
    }
}

/// Whether frames can be drawn right now: there is a terminal, and no other program has it.
pub(crate) fn takes_frames() -> bool {
    columns().is_some() && is_ours()
}

/// Passes on what another program of ours writes. There may be frames in it, if the terminal takes some.
pub(crate) fn pass(output: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let Some(_row) = Row::take() else { return Ok(()) };
    if takes_frames() {
        SHOWN.store(true, SeqCst);
    }
    out.write_all(output).and_then(|()| out.flush())
}

/// Takes note that the program whose output passed through has cleared the row itself.
pub(crate) fn cleared() {
    SHOWN.store(false, SeqCst);
}

/// Erases the row, and lets nobody draw until `speak` has said something else to the person.
pub(crate) fn interrupted_by(speak: impl FnOnce()) {
    let row = Row::take();
    if row.is_some() {
        erase_held_row();
    }
    speak();
}

/// Erases the row, and lets nobody draw on it again: the program is ending, and other threads may not know it yet.
pub(crate) fn close() {
    if let Some(row) = Row::take() {
        erase_held_row();
        // The row is never given back.
        std::mem::forget(row);
        ROW.store(CLOSED, SeqCst);
        // A signal that found the row held was left for us.
        let signal = PENDING.swap(0, SeqCst);
        if signal != 0 {
            obey(signal);
        }
    }
}

/// Whether the output passes through another process of ours on its way to the terminal.
pub(crate) fn is_passed_on() -> bool {
    given_columns().is_some()
}

fn given_columns() -> Option<usize> {
    static GIVEN: OnceLock<Option<usize>> = OnceLock::new();
    *GIVEN.get_or_init(|| std::env::var(COLUMNS).ok()?.parse().ok())
}

/// The width of the terminal on standard output in columns, or `None` if nothing should be drawn there.
pub(crate) fn columns() -> Option<usize> {
    if is_passed_on() || !DRAWABLE.load(SeqCst) {
        return given_columns();
    }
    // Asked each time, since a window can change its size; the question is one system call.
    Some(terminal_size::terminal_size_of(io::stdout()).map_or(80, |(width, _)| usize::from(width.0)))
}

/// Erases the row on behalf of a signal and ends, stops or leaves the program as the signal asks.
///
/// Called by signal handlers: it takes no lock, allocates nothing, and only writes, raises and touches atomics.
#[cfg(unix)]
pub(crate) fn on_signal(signal: i32) {
    if PENDING.compare_exchange(0, signal, SeqCst, SeqCst).is_err() {
        // Another signal waits for the row. A second Ctrl-C leaves at once, whatever holds up the first; a Ctrl-Z
        // behind it has nothing left to stop.
        if crate::signal::ends_the_program(signal) {
            obey(signal);
        }
        return;
    }
    if ROW.load(SeqCst) == CLOSED {
        PENDING.store(0, SeqCst);
        obey(signal);
    } else if let Some(row) = Row::try_take() {
        drop(row);
    }
}

/// Called by signal handlers too; by one that ends the program, whoever holds the row.
pub(crate) fn erase_held_row() {
    if SHOWN.swap(false, SeqCst) {
        write_raw(if is_ours() { ERASE_AND_SHOW_CURSOR } else { SHOW_CURSOR });
    }
}

/// Whether the row is for us to draw on. When our parent has gone, or has us run in the background as `bg` does, a shell
/// may have put its prompt there.
fn is_ours() -> bool {
    PARENT.load(SeqCst) == parent() && is_in_foreground()
}

/// Asked each time, since a shell gives the terminal to one job and then to another; the question is two system calls.
#[cfg(unix)]
fn is_in_foreground() -> bool {
    // If it does not tell, as where it is no terminal of our session, there is no shell in it that could have taken it.
    rustix::termios::tcgetpgrp(rustix::stdio::stdout()).map_or(true, |group| group == rustix::process::getpgrp())
}

/// Elsewhere there are no jobs.
#[cfg(not(unix))]
fn is_in_foreground() -> bool {
    true
}

#[cfg(unix)]
fn parent() -> i32 {
    rustix::process::getppid().map_or(0, rustix::process::Pid::as_raw_pid)
}

/// Elsewhere nothing tells.
#[cfg(not(unix))]
fn parent() -> i32 {
    0
}

/// Writes past the buffer and the lock of `std::io::stdout`, which a signal handler must not touch.
#[cfg(unix)]
fn write_raw(bytes: &[u8]) {
    let _ = rustix::io::write(rustix::stdio::stdout(), bytes);
}

#[cfg(not(unix))]
fn write_raw(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// The right to write on the row. Dropping it gives the row back, and answers a signal that came in the meantime.
struct Row(());

impl Row {
    #[cfg(unix)]
    fn try_take() -> Option<Self> {
        ROW.compare_exchange(FREE, HELD, SeqCst, SeqCst).ok().map(|_| Self(()))
    }

    /// Waits for the row, or gives `None` if the program is ending.
    fn take() -> Option<Self> {
        loop {
            match ROW.compare_exchange(FREE, HELD, SeqCst, SeqCst) {
                Ok(_) => return Some(Self(())),
                Err(CLOSED) => return None,
                // Held for the length of one write.
                Err(_) => thread::yield_now(),
            }
        }
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        loop {
            let signal = PENDING.swap(0, SeqCst);
            if signal != 0 {
                // Whether or not a frame of ours stands there: a child process may be drawing, and die with us.
                SHOWN.store(DRAWABLE.load(SeqCst), SeqCst);
                erase_held_row();
                obey(signal);
            }
            ROW.store(FREE, SeqCst);
            // A signal that came between the look and the release found the row held, so it is still ours to answer,
            // unless somebody else has taken the row and will answer it.
            if PENDING.load(SeqCst) == 0 || ROW.compare_exchange(FREE, HELD, SeqCst, SeqCst).is_err() {
                return;
            }
        }
    }
}
