//! The line that shows a frame and then the next one in its place.

use std::fmt::{Display, Write};

use crate::{recorder::Recorder, terminal};

/// One line of the terminal that always shows the latest frame, and that erases itself when dropped.
///
/// The line is erased however its owner ends: by returning, by being cancelled, by a panic, or by Ctrl-C. While a frame
/// stands, the cursor is hidden. Frames are drawn on a terminal only; on a pipe or in a file there is no line to
/// redraw, so nothing is written there. A frame wider than the terminal is cut; on the tour the terminal is as wide as
/// it was when the variant began. A character counts as one column.
///
/// A recording has each frame, whether or not it was drawn.
#[derive(Debug, Default)]
pub struct StatusLine {
    frame: String,
}

impl StatusLine {
    /// A line that shows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows `frame` in place of the one before.
    ///
    /// # Panics
    ///
    /// If `frame`'s own `Display` fails.
    pub fn show(&mut self, frame: impl Display) {
        self.frame.clear();
        write!(self.frame, "{frame}").expect("a String takes all that is written");
        if let Some(recorder) = Recorder::current() {
            recorder.frame(&self.frame);
        }
        terminal::draw(&self.frame);
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        terminal::erase();
    }
}
