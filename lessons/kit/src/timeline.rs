//! A recording drawn in the terminal: a lane for each thread, a row for each function that ran on it.

use std::fmt::Write;

use lesson_data::{
    lanes::Row,
    recording::{Reason, Recording},
    units::{milliseconds, seconds},
};

use crate::{terminal, wrap};

/// The width of the drawing where there is no terminal to ask.
const DEFAULT_COLUMNS: usize = 80;
/// A drawing narrower than this shows nothing.
const FEWEST_CELLS: usize = 20;

const INSIDE: char = '█';
const POLLED: char = '│';
const DROPPED: char = '×';
const FRAME: char = '\'';

/// The width to draw with.
pub(crate) fn columns() -> usize {
    terminal::columns().unwrap_or(DEFAULT_COLUMNS)
}

/// Draws `recording` with lines of at most `columns` characters, if they are enough for the labels.
pub(crate) fn draw(recording: &Recording, columns: usize) -> String {
    let lanes = recording.lanes();
    let label = |rows: &[Row]| rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let label = lanes.iter().map(|lane| label(&lane.rows) + 2).max().unwrap_or(0);
    let axis =
        Axis { cells: columns.saturating_sub(label + 1).max(FEWEST_CELLS), end: recording.measured.elapsed.max(1) };

    let title = format!(
        "{} on {}: {}, {} a column",
        recording.variant,
        recording.runtime,
        seconds(axis.end),
        milliseconds(axis.column()),
    );
    let legend = format!("{INSIDE} inside the function, {POLLED} a poll, {DROPPED} dropped, {FRAME} a frame");
    let mut text = format!("{}\n{}\n", wrap::at(&title, 2, Some(columns)), wrap::at(&legend, 2, Some(columns)));
    for lane in &lanes {
        let _ = writeln!(text, "\n{}", lane.name);
        for row in &lane.rows {
            let _ = writeln!(text, "  {:<width$}{}", row.name, axis.cells(row).trim_end(), width = label - 1);
        }
    }
    let _ = writeln!(text, "{:label$} {}\n", "", axis.scale());
    for lane in &lanes {
        for row in &lane.rows {
            let summary = format!("{}, {}: {}", lane.name, row.name, row.in_words());
            let _ = writeln!(text, "{}", wrap::at(&summary, 2, Some(columns)));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// Where the times of a run fall in a row of cells.
struct Axis {
    cells: usize,
    end: u64,
}

impl Axis {
    fn cell(&self, at: u64) -> usize {
        let cell = u128::from(at) * self.cells as u128 / u128::from(self.end);
        usize::try_from(cell).unwrap_or(usize::MAX).min(self.cells - 1)
    }

    /// How much time a cell stands for.
    fn column(&self) -> u64 {
        self.end / self.cells as u64
    }

    fn cells(&self, row: &Row) -> String {
        let mut cells = vec![' '; self.cells];
        for stay in &row.stays {
            // A poll that lasts is drawn as a call is: what else wants this thread has to wait.
            let lasts = stay.reason == Reason::Call || stay.length() >= self.column();
            let glyph = match stay.reason {
                Reason::Drop => DROPPED,
                _ if lasts => INSIDE,
                _ => POLLED,
            };
            let first = self.cell(stay.from);
            let last = if lasts { self.cell(stay.to) } else { first };
            for cell in &mut cells[first..=last] {
                // A drop is short and rare, and must not be lost behind a poll.
                if *cell != DROPPED {
                    *cell = glyph;
                }
            }
        }
        for &at in &row.frames {
            cells[self.cell(at)] = FRAME;
        }
        cells.into_iter().collect()
    }

    /// The seconds below the cells, as many as there is room for.
    fn scale(&self) -> String {
        let mut line = String::new();
        let whole = self.end / 1_000_000_000;
        let step = [1, 2, 5, 10, 30, 60, 300, 3600].into_iter().find(|step| {
            let marks = whole / step + 1;
            usize::try_from(marks).is_ok_and(|marks| marks * 6 <= self.cells)
        });
        let step = usize::try_from(step.unwrap_or(whole + 1)).unwrap_or(usize::MAX);
        for second in (0..=whole).step_by(step) {
            let cell = self.cell(second * 1_000_000_000);
            let mark = format!("{second} s");
            if cell + mark.len() <= self.cells {
                line.extend(std::iter::repeat_n(' ', cell.saturating_sub(line.len())));
                line.push_str(&mark);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of a second: `slow` lasts half of it, `spin` is polled twice and dropped on another thread.
    fn recording() -> Recording {
        Recording::parse(include_str!("../data/fixtures/recording.json")).expect("it is sound")
    }

    #[test]
    fn draws_a_lane_for_each_thread() {
        let drawn = draw(&recording(), 29);
        let expected = "\
demo on tokio multi_thread
  1.2.3: 1.00 s, 50.00 ms a
  column
█ inside the function, │ a
  poll, × dropped, ' a frame

thread main
  slow   ███████████

thread worker
  spin     │    │
  frames   '    '

thread worker 2
  spin               ×
         0 s

thread main, slow: called
  once, 500.00 ms in all
thread worker, spin: polled
  twice, 2.00 ms in all, 1.00
  ms at most
thread worker, frames: 2
  drawn
thread worker 2, spin:
  dropped at 0.60 s";
        assert_eq!(drawn, expected, "\n{drawn}");
    }

    #[test]
    fn a_narrow_terminal_gets_a_narrow_drawing() {
        for columns in [0, 1, 40, 200] {
            let drawn = draw(&recording(), columns);
            let lanes = drawn.lines().filter(|line| line.starts_with("  "));
            for line in lanes {
                assert!(line.chars().count() <= columns.max(FEWEST_CELLS + 9), "{columns}: {line:?}");
            }
        }
    }
}
