//! Describing the terminal and the program, and starting it.

use std::{env, ffi::OsStr, io, num::NonZeroU16, path::Path, time::Duration};

use portable_pty::CommandBuilder;

use crate::Session;

/// A terminal and the program to start in it.
///
/// Unless told otherwise it is 80 columns wide and 24 rows high, and the program finds the environment and the current
/// directory of its caller, with `TERM=xterm-256color`.
#[derive(Clone, Debug)]
pub struct Terminal {
    command: CommandBuilder,
    columns: u16,
    rows: u16,
    patience: Duration,
}

impl Terminal {
    /// A terminal for `program`: a path, or a name to look up in `PATH`.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = CommandBuilder::new(program);
        command.env("TERM", "xterm-256color");
        // They would contradict the size of this terminal.
        command.env_remove("COLUMNS");
        command.env_remove("LINES");
        Self { command, columns: 80, rows: 24, patience: Duration::from_secs(60) }
    }

    /// Adds arguments for the program.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets an environment variable for the program.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Hides an environment variable from the program.
    ///
    /// `SHELL` comes back on Unix, where a program in a terminal always has one.
    #[must_use]
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the directory to start the program in.
    #[must_use]
    pub fn current_dir(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.cwd(directory.as_ref());
        self
    }

    /// Sets the size of the window, in character cells. Neither may be 0.
    #[must_use]
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.columns = columns;
        self.rows = rows;
        self
    }

    /// Sets how long any single wait may take before it gives up. 60 seconds unless told otherwise.
    ///
    /// It is generous because machines can be slow, and it can be: a wait that succeeds never lasts that long.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Opens the terminal and starts the program in it.
    ///
    /// # Errors
    ///
    /// If the size is 0 in one direction, if there is no such program or directory, or if the system refuses a
    /// pseudo-terminal, a process or a thread.
    pub fn start(mut self) -> io::Result<Session> {
        let (columns, rows) = window(self.columns, self.rows)?;
        // Left alone, portable-pty would start in the home directory if there is no directory, or a wrong one.
        match self.command.get_cwd() {
            None => self.command.cwd(env::current_dir()?),
            Some(directory) if Path::new(directory).is_dir() => {}
            Some(directory) => {
                let message = format!("{} is not a directory", Path::new(directory).display());
                return Err(io::Error::new(io::ErrorKind::NotFound, message));
            }
        }
        Session::start(self.command, columns, rows, self.patience)
    }
}

/// The size of a window that has at least one cell.
pub(crate) fn window(columns: u16, rows: u16) -> io::Result<(NonZeroU16, NonZeroU16)> {
    NonZeroU16::new(columns).zip(NonZeroU16::new(rows)).ok_or_else(|| {
        let message = format!("a terminal cannot have {columns} columns and {rows} rows");
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })
}
