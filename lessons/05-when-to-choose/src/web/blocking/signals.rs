//! Ctrl-C and `kill`, for a server that has a thread to wait for them.

use std::io;

/// Ctrl-C and `kill`, from the moment on at which there is one of these.
#[cfg(unix)]
pub struct Signals(signal_hook::iterator::Signals);

#[cfg(unix)]
impl Signals {
    /// # Errors
    ///
    /// If the system has no room for the handlers.
    pub fn new() -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};

        signal_hook::iterator::Signals::new([SIGINT, SIGTERM]).map(Self)
    }

    /// Blocks for ever, and hands on the number of each.
    pub fn each(mut self, obey: impl FnMut(i32)) {
        self.0.forever().for_each(obey);
    }
}

/// Ctrl-C. Windows has nothing like `kill` for a program at a terminal.
#[cfg(windows)]
pub struct Signals(std::sync::mpsc::Receiver<i32>);

#[cfg(windows)]
impl Signals {
    /// # Errors
    ///
    /// If the system has no room for the handler.
    pub fn new() -> io::Result<Self> {
        let (tell, told) = std::sync::mpsc::channel();
        let interrupted = move || tell.send(2).unwrap_or_default();
        ctrlc::set_handler(interrupted).map_err(io::Error::other)?;
        Ok(Self(told))
    }

    /// Blocks for ever, and hands on the number of each.
    pub fn each(self, obey: impl FnMut(i32)) {
        self.0.into_iter().for_each(obey);
    }
}
