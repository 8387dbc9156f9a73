//! Tables of what a variant measures.

use std::fmt::Write;

use crate::recorder;

/// What a cell says that has no figure.
const NO_FIGURE: &str = "n/a";

/// A table that a variant fills with what it measures, row by row.
///
/// The head is printed with the first row, and each row as soon as it is there. Each figure is a `tracing` event too, so
/// a recording keeps it as data: as it was printed, with the names of its row and column and with its unit.
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
    unit: &'static str,
    digits: usize,
}

impl Column {
    /// A column of figures in `unit`, printed with so many `digits` after the point.
    #[must_use]
    pub const fn of(name: &'static str, unit: &'static str, digits: usize) -> Self {
        Self { name, unit, digits }
    }

    /// A column of whole numbers without a unit.
    #[must_use]
    pub const fn count(name: &'static str) -> Self {
        Self::of(name, "", 0)
    }

    /// What is printed above its figures.
    fn head(&self) -> String {
        if self.unit.is_empty() { self.name.to_owned() } else { format!("{} {}", self.name, self.unit) }
    }

    fn cell(&self, figure: Option<f64>) -> String {
        let digits = self.digits;
        figure.map_or_else(|| NO_FIGURE.to_owned(), |figure| format!("{figure:.digits$}"))
    }
}

impl<const N: usize> Results<N> {
    /// A table without figures yet. `title` stands above the names of the rows. These are all known here, so that the
    /// columns can be aligned before the last row is measured.
    #[must_use]
    pub fn new(title: &'static str, rows: impl IntoIterator<Item = impl Into<String>>, columns: [Column; N]) -> Self {
        Self { title, rows: rows.into_iter().map(Into::into).collect(), columns, is_begun: false }
    }

    /// Prints the row called `name`, and notes its figures. Where there is no figure, it is `None`.
    ///
    /// # Panics
    ///
    /// If the table has no row of this name.
    pub fn row<Figure: Into<Option<f64>>>(&mut self, name: &str, figures: [Figure; N]) {
        assert!(self.rows.iter().any(|row| row == name), "{name} is none of the rows {:?}", self.rows);
        if !self.is_begun {
            self.is_begun = true;
            println!("{}", self.line(self.title, &self.columns.map(|column| column.head())));
        }
        // What is no number, such as a ratio to nothing, is no figure.
        let figures = figures.map(|figure| figure.into().filter(|figure| figure.is_finite()));
        let cells: [String; N] = std::array::from_fn(|column| self.columns[column].cell(figures[column]));
        println!("{}", self.line(name, &cells));
        for (column, cell) in self.columns.iter().zip(&cells) {
            // As it is printed, so that the book says what the terminal said.
            if let Ok(value) = cell.parse::<f64>() {
                tracing::info!(target: recorder::RESULT, row = name, column = column.name, value, unit = column.unit);
            }
        }
    }

    /// A line of the table, with names on the left and figures on the right of their columns.
    fn line(&self, name: &str, cells: &[String; N]) -> String {
        let names = self.rows.iter().map(String::as_str).chain([self.title]);
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
        let mut line = format!("{name:<width$}");
        for (column, cell) in self.columns.iter().zip(cells) {
            let width = column.head().chars().count().max(8);
            write!(line, "  {cell:>width$}").expect("a String takes all that is written");
        }
        line
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
        let cells = [results.columns[0].cell(Some(19.0)), results.columns[1].cell(None)];
        assert_eq!(results.line("one", &cells), "one                  19         n/a");
        assert_eq!(results.columns[1].cell(Some(2.06)), "2.1");
    }

    #[test]
    #[should_panic(expected = "neither is none of the rows")]
    fn a_row_that_was_not_announced_is_a_mistake() {
        Results::new("strategy", ["one"], [Column::count("frames")]).row("neither", [1.0]);
    }
}
