//! A recording drawn in the terminal: a lane for each thread, a row for each function that ran on it.

use std::{collections::HashMap, fmt::Write};

use crate::{
    recording::{Entry, Recording, Why},
    terminal, wrap,
};

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
    let lanes = lanes(recording);
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
        for summary in lane.rows.iter().filter_map(Row::summary) {
            let _ = writeln!(text, "{}", wrap::at(&format!("{}, {summary}", lane.name), 2, Some(columns)));
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// What ran on one thread.
struct Lane {
    name: String,
    rows: Vec<Row>,
}

/// One function on one thread.
#[derive(Default)]
struct Row {
    name: String,
    /// From, to, and why.
    bars: Vec<(u64, u64, Why)>,
    frames: Vec<u64>,
}

fn lanes(recording: &Recording) -> Vec<Lane> {
    let mut taken = HashMap::new();
    let mut lanes: Vec<_> = recording
        .threads
        .iter()
        .map(|thread| {
            let process = if thread.process == 0 { String::new() } else { format!("process {}, ", thread.process + 1) };
            let name = format!("{process}thread {}", thread.name);
            let times = taken.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
            let name = if *times == 1 { name } else { format!("{name} {times}") };
            Lane { name, rows: Vec::new() }
        })
        .collect();
    for entry in &recording.entries {
        let Entry { span, thread, from, to, why } = *entry;
        let to = to.unwrap_or(recording.measured.elapsed).max(from);
        lanes[thread].row(&recording.spans[span].name).bars.push((from, to, why));
    }
    for frame in &recording.frames {
        if let Some(thread) = frame.thread {
            lanes[thread].row("frames").frames.push(frame.at);
        }
    }
    let unplaced: Vec<_> =
        recording.frames.iter().filter(|frame| frame.thread.is_none()).map(|frame| frame.at).collect();
    if !unplaced.is_empty() {
        let row = Row { name: "frames".to_owned(), bars: Vec::new(), frames: unplaced };
        lanes.push(Lane { name: "output".to_owned(), rows: vec![row] });
    }
    lanes
}

impl Lane {
    /// The row called `name`, made when it is first asked for.
    fn row(&mut self, name: &str) -> &mut Row {
        let place = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name: name.to_owned(), ..Row::default() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

impl Row {
    /// How often and how long the function was entered, in words.
    fn summary(&self) -> Option<String> {
        let times = |wanted: Why| self.bars.iter().filter(move |(_, _, why)| *why == wanted);
        let length = |(from, to, _): &(u64, u64, Why)| to - from;
        let mut parts = Vec::new();
        let polls = times(Why::Poll).count();
        if polls > 0 {
            let all = times(Why::Poll).map(length).sum();
            let longest = times(Why::Poll).map(length).max().unwrap_or(0);
            parts.push(format!(
                "polled {}, {} in all, {} at most",
                often(polls),
                milliseconds(all),
                milliseconds(longest)
            ));
        }
        let calls = times(Why::Call).count();
        if calls > 0 {
            parts.push(format!("called {}, {} in all", often(calls), milliseconds(times(Why::Call).map(length).sum())));
        }
        if let Some((from, ..)) = times(Why::Drop).next_back() {
            parts.push(format!("dropped at {}", seconds(*from)));
        }
        if !self.frames.is_empty() {
            parts.push(format!("{} drawn", self.frames.len()));
        }
        (!parts.is_empty()).then(|| format!("{}: {}", self.name, parts.join("; ")))
    }
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
        for &(from, to, why) in &row.bars {
            // A poll that lasts is drawn as a call is: whoever else wants this thread has to wait.
            let lasts = why == Why::Call || to - from >= self.column();
            let glyph = match why {
                Why::Drop => DROPPED,
                _ if lasts => INSIDE,
                _ => POLLED,
            };
            let first = self.cell(from);
            let last = if lasts { self.cell(to) } else { first };
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

fn often(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{times} times"),
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures are rounded to a few digits")]
fn seconds(nanoseconds: u64) -> String {
    format!("{:.2} s", nanoseconds as f64 / 1e9)
}

#[allow(clippy::cast_precision_loss, reason = "figures are rounded to a few digits")]
fn milliseconds(nanoseconds: u64) -> String {
    format!("{:.2} ms", nanoseconds as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Frame, Kind, Measured, Runtime, Span, Thread};

    const MS: u64 = 1_000_000;

    /// A run of a second: `slow` lasts half of it, `spin` is polled twice and dropped on another thread.
    fn recording() -> Recording {
        let thread = |name: &str| Thread { process: 0, name: name.to_owned() };
        let span = |name: &str, kind| Span { name: name.to_owned(), parent: None, kind, opened: 0, closed: None };
        let entry =
            |span, thread, from: u64, to: u64, why| Entry { span, thread, from: from * MS, to: Some(to * MS), why };
        Recording {
            variant: "demo".to_owned(),
            runtime: Runtime { name: "std".to_owned(), version: "1.85.0".to_owned() },
            measured: Measured { elapsed: 1_000 * MS, ..Measured::default() },
            threads: vec![thread("main"), thread("worker"), thread("worker")],
            spans: vec![span("slow", Kind::Call), span("spin", Kind::Future)],
            entries: vec![
                entry(0, 0, 0, 500, Why::Call),
                entry(1, 1, 100, 101, Why::Poll),
                entry(1, 1, 350, 351, Why::Poll),
                entry(1, 2, 600, 601, Why::Drop),
            ],
            frames: vec![Frame { at: 100 * MS, thread: Some(1), span: Some(1), text: "|".to_owned() }],
            ..Recording::here()
        }
    }

    #[test]
    fn draws_a_lane_for_each_thread() {
        let drawn = draw(&recording(), 29);
        let expected = "\
demo on std, Rust 1.85.0:
  1.00 s, 50.00 ms a column
█ inside the function, │ a
  poll, × dropped, ' a frame

thread main
  slow   ███████████

thread worker
  spin     │    │
  frames   '

thread worker 2
  spin               ×
         0 s

thread main, slow: called
  once, 500.00 ms in all
thread worker, spin: polled
  twice, 2.00 ms in all, 1.00
  ms at most
thread worker, frames: 1
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
