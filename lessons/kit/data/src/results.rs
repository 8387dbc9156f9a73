//! The tables of what a variant measured and found out itself.

use crate::{
    recording::{Measurement, Outcome, Recording},
    units::grouped,
};

impl Recording {
    /// The rows and the columns of these tables, each once: those of figures in the order in which they were measured,
    /// then those that have nothing but words.
    #[must_use]
    pub fn rows_and_columns(&self) -> (Vec<&str>, Vec<&str>) {
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        let figures = self.results.iter().map(|Measurement { row, column, .. }| (row, column));
        let words = self.outcomes.iter().map(|Outcome { row, column, .. }| (row, column));
        for (row, column) in figures.chain(words) {
            for (names, name) in [(&mut rows, row), (&mut columns, column)] {
                if !names.contains(&name.as_str()) {
                    names.push(name.as_str());
                }
            }
        }
        (rows, columns)
    }

    /// What was measured in this row and column.
    #[must_use]
    pub fn result(&self, row: &str, column: &str) -> Option<f64> {
        self.measurement(row, column).map(|figure| figure.value)
    }

    fn measurement(&self, row: &str, column: &str) -> Option<&Measurement> {
        self.results.iter().find(|figure| figure.row == row && figure.column == column)
    }

    /// The words that were found out in this row and column.
    #[must_use]
    pub fn outcome(&self, row: &str, column: &str) -> Option<&str> {
        let mut outcomes = self.outcomes.iter().filter(|outcome| outcome.row == row && outcome.column == column);
        outcomes.next().map(|outcome| outcome.words.as_str())
    }

    /// What people read in this row and column: a figure without its unit, or words.
    #[must_use]
    pub fn cell(&self, row: &str, column: &str) -> Option<String> {
        let figure = self.measurement(row, column).map(|figure| self.figure_text(figure));
        figure.or_else(|| self.outcome(row, column).map(str::to_owned))
    }

    /// The same, with a figure's unit, as `20.3 ms`.
    #[must_use]
    pub fn cell_with_unit(&self, row: &str, column: &str) -> Option<String> {
        let unit = self.measurement(row, column).map_or("", |figure| figure.unit.as_str());
        Some(format!("{} {unit}", self.cell(row, column)?).trim_end().to_owned())
    }

    /// The unit of all figures in this column, empty for a count; `None` if they have several.
    #[must_use]
    pub fn unit(&self, column: &str) -> Option<&str> {
        let figures = self.results.iter().filter(|figure| figure.column == column);
        let mut units = figures.map(|figure| figure.unit.as_str());
        let first = units.next().unwrap_or_default();
        units.all(|unit| unit == first).then_some(first)
    }

    /// Whether this is a column of nothing but words.
    #[must_use]
    pub fn holds_words(&self, column: &str) -> bool {
        self.results.iter().all(|figure| figure.column != column)
    }

    /// A figure, with as many digits behind the point as the longest of its column and unit has.
    #[must_use]
    pub fn figure_text(&self, figure: &Measurement) -> String {
        let digits = |value: f64| value.to_string().split_once('.').map_or(0, |(_, digits)| digits.len());
        let is_alike = |other: &&Measurement| other.column == figure.column && other.unit == figure.unit;
        let digits = self.results.iter().filter(is_alike).map(|other| digits(other.value)).max().unwrap_or(0);
        grouped(&format!("{:.digits$}", figure.value))
    }
}

#[cfg(test)]
mod tests {
    use crate::recording::tests::sample;

    #[test]
    fn a_cell_has_the_digits_of_its_column_and_its_unit() {
        let recording = sample();
        assert_eq!(recording.rows_and_columns(), (vec!["in a task", "beside"], vec!["frames", "elapsed", "ends"]));
        for (row, column, cell, with_unit) in [
            ("in a task", "frames", Some("0"), Some("0")),
            ("beside", "elapsed", Some("3.00"), Some("3.00 ms")),
            ("in a task", "ends", Some("in <time>"), Some("in <time>")),
            ("beside", "frames", None, None),
        ] {
            assert_eq!(recording.cell(row, column).as_deref(), cell, "{row}, {column}");
            assert_eq!(recording.cell_with_unit(row, column).as_deref(), with_unit, "{row}, {column}");
        }
        assert_eq!((recording.unit("elapsed"), recording.unit("frames")), (Some("ms"), Some("")));
        assert!(recording.holds_words("ends") && !recording.holds_words("frames"));
    }
}
