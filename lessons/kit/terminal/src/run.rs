//! All there is to know about a run that has ended.

use std::{fmt, time::Duration};

use crate::Screen;

/// All there is to know about a run that has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run {
    /// How the program ended.
    pub exit: Exit,
    /// The screen it left behind.
    pub screen: Screen,
    /// Every byte that reached the terminal, the echo of the keys included.
    pub output: Vec<u8>,
    /// The frames of its animation: what stood on the cursor's line, without trailing blanks, each time a carriage
    /// return announced that the line would be overwritten.
    ///
    /// Empty lines are left out, and so are lines that were ended: a line feed right after the carriage return keeps
    /// the line. Keys that were echoed onto the line are part of it, so a frame may end with `^C`.
    pub frames: Vec<String>,
    /// The same bytes as in [`output`](Self::output), as they arrived: in pieces, each with the time since the start.
    pub chunks: Vec<(Duration, Vec<u8>)>,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It ended by itself, with this code. Windows has only this kind of end, and its codes may be negative.
    Code(i32),
    /// A signal with this number ended it. Only on Unix.
    Signal(i32),
}

impl Exit {
    /// What a shell would show in `$?`: the code, or 128 plus the number of the signal.
    #[must_use]
    pub fn as_shell(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}
