//! What a variant measured and found out itself, for pages: the whole table, and single cells to stand in a sentence.

use anyhow::{Context, Result, ensure};
use lesson_data::recording::{Measurement, Recording};

use crate::{
    figures::{self, Circumstances},
    table::{Table, with_unit},
};

/// How many columns beside that of the names fit on a phone. A table with more says that it scrolls.
const MOST_ON_A_PHONE: usize = 4;

/// What stands in this row and column, a figure with its unit, as `20.3 ms`.
pub fn value(recording: &Recording, row: &str, column: &str) -> Result<String> {
    let (rows, columns) = names(recording)?;
    for (what, name, known) in [("row", row, &rows), ("column", column, &columns)] {
        check(recording, what, name, known)?;
    }
    recording
        .cell_with_unit(row, column)
        .with_context(|| format!("{} measured no `{column}` for `{row}`; name another figure", whose(recording)))
}

/// The table, with a row and a column for each that was measured, in that order, those with words last, and a caption
/// that says on which machine and when.
pub fn table(recording: &Recording) -> Result<String> {
    let (rows, columns) = names(recording)?;
    let class = if columns.len() > MOST_ON_A_PHONE { "figures results wide" } else { "figures results" };
    let head = |column: &&str| with_unit(column, recording.unit(column).unwrap_or_default());
    let heads = columns.iter().map(|column| (head(column), recording.holds_words(column)));
    let mut table = Table::new(class, &figures::machine(recording), "", heads);
    for row in rows {
        table.row(&row_head(recording, row), columns.iter().map(|column| recording.cell(row, column)));
    }
    Ok(table.html())
}

/// One column of several recordings side by side, each with a name. Where the next columns are `from` and `to`, they
/// stand in brackets behind it.
pub fn side_by_side(recordings: &[(String, Recording)], column: &str) -> Result<String> {
    let each = recordings.iter().map(|(name, recording)| (name.as_str(), Circumstances::of(recording)));
    let names = recordings.iter().map(|(name, _)| (name.clone(), false));
    let mut table = Table::new("figures results", &figures::together(each), "", names);
    for (_, recording) in recordings {
        check_column(recording, column)?;
    }
    let (_, last) = recordings.last().context("no recording is named")?;
    for Measurement { row, .. } in last.results.iter().filter(|figure| figure.column == column) {
        table.row(row, recordings.iter().map(|(_, recording)| with_spread(recording, row, column)));
    }
    Ok(table.html())
}

fn with_spread(recording: &Recording, row: &str, column: &str) -> Option<String> {
    let middle = recording.cell(row, column)?;
    let mut next = recording.results.iter().skip_while(|figure| figure.row != row || figure.column != column).skip(1);
    Some(match [next.next(), next.next()] {
        [Some(from), Some(to)] if from.row == row && to.row == row && from.column == "from" && to.column == "to" => {
            let [from, to] = [from, to].map(|figure| recording.figure_text(figure));
            format!("{middle} ({from} to {to})")
        }
        _ => middle,
    })
}

/// That there is this column.
pub(crate) fn check_column(recording: &Recording, column: &str) -> Result<()> {
    let (_, columns) = names(recording)?;
    check(recording, "column", column, &columns)
}

fn check(recording: &Recording, what: &str, name: &str, known: &[&str]) -> Result<()> {
    let names = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let whose = whose(recording);
    ensure!(known.contains(&name), "{whose} has no {what} `{name}` in its results; it has {names}");
    Ok(())
}

/// The rows and the columns, each once.
fn names(recording: &Recording) -> Result<(Vec<&str>, Vec<&str>)> {
    let names = recording.rows_and_columns();
    ensure!(!names.0.is_empty(), "{} has no results; name a variant that measures something", whose(recording));
    Ok(names)
}

/// The name of the row, and the unit of its figures where their columns have more than one.
fn row_head(recording: &Recording, row: &str) -> String {
    let mut figures = recording.results.iter().filter(|figure| figure.row == row);
    match figures.find(|figure| !figure.unit.is_empty() && recording.unit(&figure.column).is_none()) {
        Some(Measurement { unit, .. }) => format!("{row} ({unit})"),
        None => row.to_owned(),
    }
}

/// How a sentence about what a recording lacks begins.
pub(crate) fn whose(recording: &Recording) -> String {
    format!("the recording of {} {}", recording.lesson, recording.variant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use roxmltree::Document;

    #[test]
    fn a_table_has_the_rows_and_columns_that_were_measured() {
        let table = table(&sample::with_results()).expect("something was measured");
        let document = Document::parse(&table).unwrap_or_else(|error| panic!("{error}\n{table}"));
        let rows = document.descendants().filter(|node| node.has_tag_name("tr"));
        let cells: Vec<Vec<_>> =
            rows.map(|row| row.children().map(|cell| cell.text().unwrap_or_default()).collect()).collect();
        let expected = [
            ["", "frames", "elapsed (ms)", "ends"],
            ["in a task", "0", "12.25", "in <time>"],
            ["beside", "n/a", "3.00", "n/a"],
        ];
        assert_eq!(cells, expected);
        assert!(table.contains("<figcaption>Recorded on linux x86_64"), "{table}");
        assert!(table.contains("<th class=\"words\" scope=\"col\">ends</th>"), "{table}");
        assert!(table.contains("<td class=\"words\">in &lt;time&gt;</td>"), "{table}");
    }

    #[test]
    fn a_column_of_several_units_has_them_in_its_rows() {
        let mut recording = sample::with_results();
        let mut figure = recording.results[1].clone();
        (figure.row, figure.value, figure.unit) = ("longer".to_owned(), 2.5, "s".to_owned());
        recording.results.push(figure.clone());
        for (column, value) in [("from", 1.5), ("to", 4.5)] {
            recording.results.push(Measurement { column: column.to_owned(), value, ..figure.clone() });
        }
        let table = table(&recording).expect("something was measured");
        assert!(table.contains("<th scope=\"col\">elapsed</th>"), "{table}");
        assert!(table.contains("<th scope=\"row\">beside (ms)</th><td>n/a</td><td>3.00</td>"), "{table}");
        assert!(table.contains("<th scope=\"row\">longer (s)</th><td>n/a</td><td>2.5</td>"), "{table}");
        let runs = [("before".to_owned(), sample::with_results()), ("after".to_owned(), recording)];
        let table = side_by_side(&runs, "elapsed").expect("both have it");
        assert!(table.contains("<th scope=\"row\">longer</th><td>n/a</td><td>2.5 (1.5 to 4.5)</td>"), "{table}");
    }

    #[test]
    fn what_was_not_measured_is_answered_with_what_was() {
        let recording = sample::with_results();
        for (row, column, expected) in [
            ("in a tsak", "frames", "has no row `in a tsak` in its results; it has `in a task`, `beside`"),
            ("beside", "frmes", "has no column `frmes` in its results; it has `frames`, `elapsed`, `ends`"),
            ("beside", "frames", "measured no `frames` for `beside`; name another figure"),
        ] {
            let why = value(&recording, row, column).expect_err(expected).to_string();
            assert_eq!(why, format!("the recording of lesson-00 demo {expected}"));
        }
        let none = "the recording of lesson-00 demo has no results; name a variant that measures something";
        assert!(table(&sample::bare()).is_err_and(|why| why.to_string() == none));
        assert!(value(&sample::bare(), "a", "b").is_err_and(|why| why.to_string() == none));
    }
}
