//! The lines of a plot: which rows of a recording's results are points, and of which line.

use anyhow::{Result, bail};
use lesson_data::recording::{Measurement, Recording};

use crate::results;

/// The points of one name, from left to right.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) points: Vec<Point<'a>>,
}

/// One row of the results.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point<'a> {
    pub(super) x: f64,
    /// The same number, as the row has it.
    pub(super) label: &'a str,
    /// Its figure, if there is one. The line has a gap where there is none.
    pub(super) figure: Option<&'a Measurement>,
}

impl Point<'_> {
    pub(super) fn y(&self) -> Option<f64> {
        self.figure.map(|figure| figure.value)
    }
}

/// The lines of this column, in the order in which they were measured. A name without any figure in it has none.
pub(super) fn of<'a>(recording: &'a Recording, column: &str) -> Result<Vec<Line<'a>>> {
    results::check_column(recording, column)?;
    let mut lines: Vec<Line<'a>> = Vec::new();
    for Measurement { row, .. } in &recording.results {
        let figure = recording.results.iter().find(|figure| figure.row == *row && figure.column == column);
        let Some((name, label, x)) = read(row) else {
            // A recording can hold other tables too.
            if figure.is_none() {
                continue;
            }
            bail!(
                "{} has `{column}` in a row `{row}`, which names no line and number; call it `{row}, 100` or the like",
                results::whose(recording)
            );
        };
        let place = lines.iter().position(|line| line.name == name).unwrap_or_else(|| {
            lines.push(Line { name, points: Vec::new() });
            lines.len() - 1
        });
        let points = &mut lines[place].points;
        match points.iter().find(|point| point.x.total_cmp(&x).is_eq()) {
            None => points.push(Point { x, label, figure }),
            // Another column of the same row.
            Some(point) if point.label == label => {}
            Some(point) => {
                bail!(
                    "{} has the rows `{name}, {}` and `{row}`, which are the same point; keep one",
                    results::whose(recording),
                    point.label
                );
            }
        }
    }
    lines.retain(|line| line.points.iter().any(|point| point.figure.is_some()));
    for line in &mut lines {
        line.points.sort_by(|one, other| one.x.total_cmp(&other.x));
    }
    Ok(lines)
}

/// The name and the number in `threads, 100`. The name may have a comma of its own.
fn read(row: &str) -> Option<(&str, &str, f64)> {
    let (name, label) = row.rsplit_once(", ")?;
    let number: f64 = label.parse().ok()?;
    (number.is_finite() && !name.is_empty()).then_some((name, label, number))
}
