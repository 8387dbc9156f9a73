//! Tables of what a variant measures or finds out.

use std::fmt::Write;

use lesson_data::recording::{Measurement, Outcome};

use crate::recorder::Recorder;

/// What an empty cell says.
const NOTHING: &str = "n/a";

/// A table that a variant fills with what it measures or finds out, row by row.
///
/// The head is printed with the first row, and each row as soon as it is there. A recording keeps each
/// cell as data: as it was printed, with the names of its row and column, and a figure with its unit.
///
/// ```
/// use lesson_kit::{Column, Results};
///
/// let mut results = Results::new("strategy", ["sequential", "threads"], [Column::of("elapsed", "ms", 1)]);
/// results.row("sequential", [20.31]);
/// results.row("threads", [2.04]);
/// // strategy    elapsed ms
/// // sequential        20.3
/// // threads            2.0
///
/// let mut results = Results::new("handle of", ["std", "smol"], [Column::words("dropped", 9)]);
/// results.row("std", ["runs on"]);
/// results.row("smol", ["cancelled"]);
/// // handle of  dropped
/// // std        runs on
/// // smol       cancelled
/// ```
#[derive(Debug)]
pub struct Results<const N: usize> {
    title: &'static str,
    rows: Vec<String>,
    columns: [Column; N],
    /// Whether the head has been printed.
    is_begun: bool,
}

/// A column of [`Results`].
#[derive(Debug, Clone, Copy)]
pub struct Column {
    name: &'static str,
    holds: Holds,
}

/// What stands in a column, and how it is printed.
#[derive(Debug, Clone, Copy)]
enum Holds {
    /// Figures in `unit`, with so many `digits` after the point.
    Figures { unit: &'static str, digits: usize },
    /// Words, the longest of them with so many characters.
    Words { width: usize },
}

/// A cell of [`Results`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A figure, for a column of figures.
    Figure(f64),
    /// What was found out, in a word or a few, for a column of words.
    Words(String),
    /// Nothing: there was none.
    Nothing,
}

impl From<f64> for Cell {
    fn from(figure: f64) -> Self {
        Self::Figure(figure)
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Nothing, Into::into)
    }
}

impl Column {
    /// A column of figures in `unit`, printed with so many `digits` after the point.
    #[must_use]
    pub const fn of(name: &'static str, unit: &'static str, digits: usize) -> Self {
        Self { name, holds: Holds::Figures { unit, digits } }
    }

    /// A column of words, printed so wide that `width` characters have room.
    #[must_use]
    pub const fn words(name: &'static str, width: usize) -> Self {
        Self { name, holds: Holds::Words { width } }
    }

    /// A column of whole numbers without a unit.
    #[must_use]
    pub const fn count(name: &'static str) -> Self {
        Self::of(name, "", 0)
    }

    /// What is printed above its cells.
    fn head(&self) -> String {
        match self.holds {
            Holds::Figures { unit, .. } if !unit.is_empty() => format!("{} {unit}", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// What is printed of a cell.
    fn text(&self, cell: Cell) -> String {
        match (self.holds, cell) {
            // What is no number, such as a ratio to nothing, is no figure.
            (Holds::Figures { digits, .. }, Cell::Figure(figure)) if figure.is_finite() => format!("{figure:.digits$}"),
            (Holds::Words { .. }, Cell::Words(words)) => words,
            (_, Cell::Nothing) | (Holds::Figures { .. }, Cell::Figure(_)) => NOTHING.to_owned(),
            (_, other) => panic!("{other:?} does not belong into the column {}", self.name),
        }
    }
}

impl<const N: usize> Results<N> {
    /// A table without figures yet. `title` stands above the names of the rows. These are all known here, so that the
    /// columns can be aligned before the last row is measured.
    #[must_use]
    pub fn new(title: &'static str, rows: impl IntoIterator<Item = impl Into<String>>, columns: [Column; N]) -> Self {
        Self { title, rows: rows.into_iter().map(Into::into).collect(), columns, is_begun: false }
    }

    /// Prints the row called `name`, and notes its cells. Where there is nothing, a cell is `None`.
    ///
    /// # Panics
    ///
    /// If the table has no row of this name, or if words are given for a column of figures or the other way round.
    pub fn row(&mut self, name: &str, cells: [impl Into<Cell>; N]) {
        assert!(self.rows.iter().any(|row| row == name), "{name} is none of the rows {:?}", self.rows);
        if !self.is_begun {
            self.is_begun = true;
            println!("{}", self.line(self.title, &self.columns.map(|column| column.head())));
        }
        let mut columns = self.columns.iter();
        let cells = cells.map(|cell| columns.next().expect("there are as many columns").text(cell.into()));
        println!("{}", self.line(name, &cells));
        let Some(recorder) = Recorder::current() else { return };
        for (Column { name: column, holds }, cell) in
            self.columns.iter().zip(cells).filter(|(_, cell)| *cell != NOTHING)
        {
            let (row, column) = (name.to_owned(), (*column).to_owned());
            // As it is printed, so that the book says what the terminal said.
            if let (Holds::Figures { unit, .. }, Ok(value)) = (holds, cell.parse::<f64>()) {
                recorder.result(Measurement { row, column, value, unit: (*unit).to_owned() });
            } else {
                recorder.outcome(Outcome { row, column, words: cell });
            }
        }
    }

    /// A line of the table, with figures on the right of their columns, and names and words on the left.
    fn line(&self, name: &str, cells: &[String; N]) -> String {
        let names = self.rows.iter().map(String::as_str).chain([self.title]);
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
        let mut line = format!("{name:<width$}");
        for (column, cell) in self.columns.iter().zip(cells) {
            let head = column.head().chars().count();
            match column.holds {
                Holds::Figures { .. } => write!(line, "  {cell:>0$}", head.max(8)),
                Holds::Words { width } => write!(line, "  {cell:<0$}", head.max(width)),
            }
            .expect("a String takes all that is written");
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_right_below_their_heads() {
        let results = Results::new(
            "strategy",
            ["one", "a longer name"],
            [Column::count("frames"), Column::of("elapsed", "ms", 1)],
        );
        assert_eq!(
            results.line("strategy", &results.columns.map(|column| column.head())),
            "strategy         frames  elapsed ms"
        );
        let cells = [results.columns[0].text(19.0.into()), results.columns[1].text(f64::NAN.into())];
        assert_eq!(results.line("one", &cells), "one                  19         n/a");
        assert_eq!(results.columns[1].text(2.06.into()), "2.1");
    }

    #[test]
    fn words_stand_left_below_their_heads() {
        let results =
            Results::new("handle of", ["smol"], [Column::words("dropped", 9), Column::words("a longer head", 3)]);
        let head = results.columns.map(|column| column.head());
        assert_eq!(results.line("handle of", &head), "handle of  dropped    a longer head");
        let cells = [results.columns[0].text("cancelled".into()), results.columns[1].text(None::<String>.into())];
        assert_eq!(results.line("smol", &cells), "smol       cancelled  n/a");
    }

    #[test]
    #[should_panic(expected = "Words(\"ten\") does not belong into the column frames")]
    fn words_are_no_figure() {
        Results::new("strategy", ["one"], [Column::count("frames")]).row("one", ["ten"]);
    }

    #[test]
    #[should_panic(expected = "neither is none of the rows")]
    fn a_row_that_was_not_announced_is_a_mistake() {
        Results::new("strategy", ["one"], [Column::count("frames")]).row("neither", [1.0]);
    }
}
