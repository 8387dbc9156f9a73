//! The error of a wait that got nowhere.

use std::{error::Error, fmt, time::Duration};

use crate::{Exit, Screen};

/// A wait that got nowhere: patience ran out, or the program ended first.
///
/// The message has several lines: what was waited for, whether the program had ended, and the screen as it stood.
/// `Debug` shows the same message, as that is what a failed test prints.
#[derive(Clone)]
#[non_exhaustive]
pub struct GaveUp {
    /// What was waited for.
    pub what: String,
    /// For how long.
    pub waited: Duration,
    /// How the program had ended by then, or `None` if it was still running.
    pub exit: Option<Exit>,
    /// The screen as it stood.
    pub screen: Screen,
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "gave up after {:.1?} waiting for {}", self.waited, self.what)?;
        match self.exit {
            Some(exit) => writeln!(f, "the program had ended with {exit}")?,
            None => writeln!(f, "the program was still running")?,
        }
        let lines = self.screen.lines();
        if lines.is_empty() {
            return write!(f, "the screen was empty");
        }
        let (row, column) = self.screen.cursor();
        write!(f, "the screen as it stood, with the cursor at row {row}, column {column}:")?;
        lines.iter().try_for_each(|line| write!(f, "\n  > {line}"))
    }
}

impl fmt::Debug for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for GaveUp {}
