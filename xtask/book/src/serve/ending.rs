//! How a person, a shell or a system ends the server.

use std::{io, process};

pub use system::Endings;

/// What has ended the server.
#[derive(Debug, Clone, Copy)]
pub struct Ending(
    /// The signal on Unix, and on Windows the exit code of any program that Ctrl-C has ended.
    i32,
);

impl Ending {
    /// Ends this process in that way. On Unix that is by the signal that we were sent: a shell sees what it expects, 130
    /// after Ctrl-C and 143 after `kill`, and a script that has started us stops too.
    pub fn end_now(self) -> ! {
        // It comes back only for signals that end nothing.
        #[cfg(unix)]
        let _ = signal_hook::low_level::emulate_default_handler(self.0);
        process::exit(if cfg!(unix) { 128 + self.0 } else { self.0 })
    }
}

#[cfg(unix)]
mod system {
    use super::{Ending, io};
    use signal_hook::consts::{SIGINT, SIGTERM};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Waits for what ends the server.
    pub struct Endings(Signal, Signal);

    impl Endings {
        /// From here on a signal is waited for, and does not end the process by itself.
        pub fn new() -> io::Result<Self> {
            Ok(Endings(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
        }

        /// The next one.
        pub async fn next(&mut self) -> Ending {
            tokio::select! {
                _ = self.0.recv() => Ending(SIGINT),
                _ = self.1.recv() => Ending(SIGTERM),
            }
        }
    }
}

#[cfg(windows)]
mod system {
    use super::{Ending, io};
    use tokio::signal::windows::{CtrlC, ctrl_c};

    const STATUS_CONTROL_C_EXIT: u32 = 0xC000_013A;

    /// Waits for what ends the server.
    pub struct Endings(CtrlC);

    impl Endings {
        /// From here on Ctrl-C is waited for, and does not end the process by itself.
        pub fn new() -> io::Result<Self> {
            Ok(Endings(ctrl_c()?))
        }

        /// The next one.
        pub async fn next(&mut self) -> Ending {
            self.0.recv().await;
            Ending(STATUS_CONTROL_C_EXIT.cast_signed())
        }
    }
}
