//! What the lessons' tests share. They run the program that a learner runs, in a terminal as a learner has one.
//!
//! [`Program`] starts it and looks at what is left. Every check and every helper panics with what it saw, as an assertion
//! does.

#![allow(clippy::missing_panics_doc, reason = "all of it panics where a test fails")]

mod contract;
mod program;

pub use contract::{TURNS, is_turning};
pub use lesson_data::recording::{Reason, Recording};
pub use lesson_terminal::{Exit, Run, Screen, Session, Terminal};
pub use program::{Program, at_once, figures, lines_without_echo};
