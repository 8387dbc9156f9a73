//! A learner's terminal for tests and recordings.
//!
//! A program behaves differently when nobody watches: without a terminal it may drop its colours, its spinner and its
//! prompt. So this crate gives it one. [`Terminal`] starts a program under a real pseudo-terminal, and the [`Session`]
//! it returns types keys, resizes the window and reads back the [`Screen`] a learner would see, through a terminal
//! emulator. [`Session::finish`] waits for the end and hands over the whole [`Run`].
//!
//! ```
//! # #[cfg(unix)]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use lesson_terminal::{Exit, Terminal};
//!
//! let run = Terminal::new("printf").args([r"\r| thinking!\r/ thinking!\r           \r42\n"]).start()?.finish()?;
//!
//! assert_eq!(run.exit, Exit::Code(0));
//! assert_eq!(run.frames, ["| thinking!", "/ thinking!"]);
//! assert_eq!(run.screen.lines(), ["42"]);
//! # Ok(())
//! # }
//! # #[cfg(not(unix))]
//! # fn main() {}
//! ```
//!
//! Nothing here sleeps. Every wait is for an event, and [`Terminal::patience`] only bounds how long it may take before
//! a [`GaveUp`] tells what was missing.

mod emulator;
mod gave_up;
mod process;
mod run;
mod screen;
mod session;
mod terminal;

pub use gave_up::GaveUp;
pub use run::{Exit, Run};
pub use screen::Screen;
pub use session::Session;
pub use terminal::Terminal;
