//! How a person, a shell or a system ends the server.
//!
//! On Unix we end by the signal that we were sent, once all is tidied up: then a shell sees what it expects, 130 after
//! Ctrl-C and 143 after `kill`, and a script that has started us stops too. On Windows the code is that of any program
//! that Ctrl-C has ended.

use std::{future::poll_fn, io, process, task::Poll};

/// What has ended the server.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    #[cfg(unix)]
    signal: i32,
}

#[cfg(unix)]
pub use self::unix::Endings;
#[cfg(windows)]
pub use self::windows::Endings;

#[cfg(unix)]
mod unix {
    use super::{Ending, Poll, io, poll_fn, process};
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        low_level::emulate_default_handler,
    };
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Waits for what ends the server.
    pub struct Endings {
        signals: [(i32, Signal); 2],
    }

    impl Endings {
        /// From here on a signal is waited for, and does not end the process by itself.
        pub fn new() -> io::Result<Self> {
            let of = |number| Ok::<_, io::Error>((number, signal(SignalKind::from_raw(number))?));
            Ok(Endings { signals: [of(SIGINT)?, of(SIGTERM)?] })
        }

        /// The next one.
        pub async fn next(&mut self) -> Ending {
            poll_fn(|context| {
                let mut signals = self.signals.iter_mut();
                let arrived =
                    signals.find_map(|(number, signal)| signal.poll_recv(context).is_ready().then_some(*number));
                arrived.map_or(Poll::Pending, |signal| Poll::Ready(Ending { signal }))
            })
            .await
        }
    }

    impl Ending {
        /// Ends this process in that way.
        pub fn end_now(self) -> ! {
            // It comes back only for signals that end nothing.
            let _ = emulate_default_handler(self.signal);
            process::exit(128 + self.signal)
        }
    }
}

#[cfg(windows)]
mod windows {
    use super::{Ending, Poll, io, poll_fn, process};
    use tokio::signal::windows::{CtrlC, ctrl_c};

    const STATUS_CONTROL_C_EXIT: u32 = 0xC000_013A;

    /// Waits for what ends the server.
    pub struct Endings {
        ctrl_c: CtrlC,
    }

    impl Endings {
        /// From here on Ctrl-C is waited for, and does not end the process by itself.
        pub fn new() -> io::Result<Self> {
            Ok(Endings { ctrl_c: ctrl_c()? })
        }

        /// The next one.
        pub async fn next(&mut self) -> Ending {
            poll_fn(|context| match self.ctrl_c.poll_recv(context) {
                Poll::Ready(_) => Poll::Ready(Ending {}),
                Poll::Pending => Poll::Pending,
            })
            .await
        }
    }

    impl Ending {
        /// Ends this process in that way.
        pub fn end_now(self) -> ! {
            process::exit(STATUS_CONTROL_C_EXIT.cast_signed())
        }
    }
}
