//! What a learner sees.

use std::{fmt, sync::Arc};

/// What a learner sees at one moment: the window, and above it the lines that scrolled off its top.
///
/// A snapshot. It does not change when the program writes more.
///
/// A program can clear the lines that scrolled off, as on any terminal, and while it uses the alternate screen there are
/// none. A line wider than the window is wrapped, and each of the rows it takes counts as a line.
#[derive(Clone)]
pub struct Screen {
    /// The lines that scrolled off. They are many and seldom change, so the snapshots share them.
    pub(crate) above: Arc<Vec<String>>,
    /// The rows of the window, without their trailing blanks.
    pub(crate) rows: Vec<String>,
    pub(crate) cursor: (u16, u16),
    pub(crate) cursor_visible: bool,
}

impl Screen {
    /// All lines from the first that scrolled off to the last that is not empty, without their trailing blanks.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.all_lines().map(ToOwned::to_owned).collect()
    }

    /// The [lines](Self::lines), joined with `\n`.
    #[must_use]
    pub fn text(&self) -> String {
        self.all_lines().collect::<Vec<_>>().join("\n")
    }

    /// The line the cursor is on, without trailing blanks.
    #[must_use]
    pub fn line_with_cursor(&self) -> String {
        self.rows[usize::from(self.cursor.0)].clone()
    }

    /// Where the cursor is in the window: row and column, both counted from 0 in the upper left corner.
    #[must_use]
    pub fn cursor(&self) -> (u16, u16) {
        self.cursor
    }

    /// Whether the cursor is shown.
    #[must_use]
    pub fn cursor_visible(&self) -> bool {
        self.cursor_visible
    }

    /// Whether the [text](Self::text) contains `needle`. A text that was wrapped is not found.
    #[must_use]
    pub fn contains(&self, needle: &str) -> bool {
        self.text().contains(needle)
    }

    fn all_lines(&self) -> impl Iterator<Item = &str> {
        let every = self.above.iter().chain(&self.rows).map(String::as_str);
        let trailing = every.clone().rev().take_while(|line| line.is_empty()).count();
        every.take(self.above.len() + self.rows.len() - trailing)
    }
}

impl fmt::Debug for Screen {
    /// Shows only what is on the screen, for the messages of failed assertions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("lines", &self.lines())
            .field("cursor", &self.cursor)
            .field("cursor_visible", &self.cursor_visible)
            .finish_non_exhaustive()
    }
}
