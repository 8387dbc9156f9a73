//! How a program ended.

use std::fmt;

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
