//! All there is to know about a run that has ended.

use std::time::Duration;

use crate::{Exit, Screen};

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
