//! What a variant measured and found out itself, for pages: the whole table, and single cells to stand in a sentence.

use std::fmt::Write;

use crate::{
    figures::{self, Circumstances, NO_FIGURE},
    html::escape,
    recording::{Measurement, Outcome, Recording},
    units::grouped,
};

/// How many columns beside that of the names fit on a phone. A table with more says that it scrolls.
const MOST_ON_A_PHONE: usize = 4;

/// How the head of a column of words begins.
const WORDS_HEAD: &str = "<th class=\"words\"";

/// What stands in this row and column, a figure with its unit, as `20.3 ms`.
///
/// # Errors
///
/// If there is no such row or column. The sentence names those that there are.
pub fn value(recording: &Recording, row: &str, column: &str) -> Result<String, String> {
    let (rows, columns) = names(recording)?;
    for (what, name, known) in [("row", row, &rows), ("column", column, &columns)] {
        check(recording, what, name, known)?;
    }
    let Some(cell) = cell(recording, row, column) else {
        return Err(format!("{} measured no `{column}` for `{row}`; name another figure", whose(recording)));
    };
    let unit = find(recording, row, column).map(|figure| figure.unit.as_str());
    Ok(unit.filter(|unit| !unit.is_empty()).map_or(cell.clone(), |unit| format!("{cell} {unit}")))
}

/// The table, with a row and a column for each that was measured, in that order, those with words last, and a caption
/// that says on which
/// machine and when. Its looks are those of the tour's figures. It has no empty line, which would end the HTML inside
/// Markdown.
///
/// # Errors
///
/// If nothing was measured.
pub fn table(recording: &Recording) -> Result<String, String> {
    let (rows, columns) = names(recording)?;
    let class = if columns.len() > MOST_ON_A_PHONE { "figures results wide" } else { "figures results" };
    let mut table = figures::opening(class, &figures::machine(recording));
    table.push_str("<thead>\n<tr><td></td>");
    for column in &columns {
        let unit = unit(recording, column).filter(|unit| !unit.is_empty());
        let head = figures::head(&escape(column), unit);
        table.push_str(&if holds_words(recording, column) { head.replacen("<th", WORDS_HEAD, 1) } else { head });
    }
    table.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in rows {
        let _ = write!(table, "<tr><th scope=\"row\">{}</th>", escape(&row_head(recording, row)));
        for column in &columns {
            let cell = cell(recording, row, column);
            let class = if holds_words(recording, column) { " class=\"words\"" } else { "" };
            let _ = write!(table, "<td{class}>{}</td>", escape(cell.as_deref().unwrap_or(NO_FIGURE)));
        }
        table.push_str("</tr>\n");
    }
    Ok(table + figures::CLOSING)
}

/// One column of several recordings side by side, each with a name. Where the next columns are `from` and `to`, they
/// stand in brackets behind it.
///
/// # Errors
///
/// If one of the recordings has no such column.
pub fn side_by_side(recordings: &[(String, Recording)], column: &str) -> Result<String, String> {
    let each = recordings.iter().map(|(name, recording)| (name.as_str(), Circumstances::of(recording)));
    let mut table = figures::opening("figures results", &figures::together(each));
    table.push_str("<thead>\n<tr><td></td>");
    for (name, recording) in recordings {
        check_column(recording, column)?;
        table.push_str(&figures::head(&escape(name), None));
    }
    table.push_str("</tr>\n</thead>\n<tbody>\n");
    let (_, last) = recordings.last().ok_or("no recording is named")?;
    let figures = last.results.iter().filter(|figure| figure.column == column);
    for Measurement { row, .. } in figures {
        let _ = write!(table, "<tr><th scope=\"row\">{}</th>", escape(row));
        for (_, recording) in recordings {
            let _ = write!(table, "<td>{}</td>", escape(&with_spread(recording, row, column)));
        }
        table.push_str("</tr>\n");
    }
    Ok(table + figures::CLOSING)
}

fn with_spread(recording: &Recording, row: &str, column: &str) -> String {
    let Some(middle) = cell(recording, row, column) else { return NO_FIGURE.to_owned() };
    let mut next = recording.results.iter().skip_while(|figure| figure.row != row || figure.column != column).skip(1);
    match [next.next(), next.next()] {
        [Some(from), Some(to)] if from.row == row && to.row == row && from.column == "from" && to.column == "to" => {
            let [from, to] = [from, to].map(|figure| text(recording, figure));
            format!("{middle} ({from} to {to})")
        }
        _ => middle,
    }
}

/// That there is this column.
///
/// # Errors
///
/// If there is not. The sentence names those that there are.
pub(crate) fn check_column(recording: &Recording, column: &str) -> Result<(), String> {
    let (_, columns) = names(recording)?;
    check(recording, "column", column, &columns)
}

fn check(recording: &Recording, what: &str, name: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&name) {
        return Ok(());
    }
    let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Err(format!("{} has no {what} `{name}` in its results; it has {known}", whose(recording)))
}

/// The rows and the columns, each once, in the order in which they were measured.
fn names(recording: &Recording) -> Result<(Vec<&str>, Vec<&str>), String> {
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    let figures = recording.results.iter().map(|Measurement { row, column, .. }| (row, column));
    let words = recording.outcomes.iter().map(|Outcome { row, column, .. }| (row, column));
    for (row, column) in figures.chain(words) {
        for (names, name) in [(&mut rows, row), (&mut columns, column)] {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
    }
    if rows.is_empty() {
        return Err(format!("{} has no results; name a variant that measures something", whose(recording)));
    }
    Ok((rows, columns))
}

/// The name of the row, and the unit of its figures where their columns have more than one.
fn row_head(recording: &Recording, row: &str) -> String {
    let mut figures = recording.results.iter().filter(|figure| figure.row == row);
    match figures.find(|figure| !figure.unit.is_empty() && unit(recording, &figure.column).is_none()) {
        Some(Measurement { unit, .. }) => format!("{row} ({unit})"),
        None => row.to_owned(),
    }
}

/// Whether this is a column of words, which stand on the left.
fn holds_words(recording: &Recording, column: &str) -> bool {
    recording.results.iter().all(|figure| figure.column != column)
}

/// What is shown of this row and column, if anything was found there.
fn cell(recording: &Recording, row: &str, column: &str) -> Option<String> {
    let mut outcomes = recording.outcomes.iter().filter(|outcome| outcome.row == row && outcome.column == column);
    let figure = find(recording, row, column).map(|figure| text(recording, figure));
    figure.or_else(|| outcomes.next().map(|outcome| outcome.words.clone()))
}

fn find<'a>(recording: &'a Recording, row: &str, column: &str) -> Option<&'a Measurement> {
    recording.results.iter().find(|figure| figure.row == row && figure.column == column)
}

/// The unit of all figures in this column, empty for a count; `None` if they have several.
pub(crate) fn unit<'a>(recording: &'a Recording, column: &str) -> Option<&'a str> {
    let mut units =
        recording.results.iter().filter(|figure| figure.column == column).map(|figure| figure.unit.as_str());
    let first = units.next().unwrap_or_default();
    units.all(|unit| unit == first).then_some(first)
}

/// A figure, with as many digits behind the point as the longest of its column and unit has.
pub(crate) fn text(recording: &Recording, figure: &Measurement) -> String {
    let digits = |value: f64| value.to_string().split_once('.').map_or(0, |(_, digits)| digits.len());
    let is_alike = |other: &&Measurement| other.column == figure.column && other.unit == figure.unit;
    let alike = recording.results.iter().filter(is_alike);
    let digits = alike.map(|other| digits(other.value)).max().unwrap_or(0);
    grouped(&format!("{:.digits$}", figure.value))
}

/// How a sentence about what a recording lacks begins.
pub(crate) fn whose(recording: &Recording) -> String {
    format!("the recording of {} {}", recording.lesson, recording.variant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::tests::{sample, sample_with_results};
    use roxmltree::Document;

    #[test]
    fn a_table_has_the_rows_and_columns_that_were_measured() {
        let table = table(&sample_with_results()).expect("something was measured");
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
        let mut recording = sample_with_results();
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
        let runs = [("before".to_owned(), sample_with_results()), ("after".to_owned(), recording)];
        let table = side_by_side(&runs, "elapsed").expect("both have it");
        assert!(table.contains("<th scope=\"row\">longer</th><td>n/a</td><td>2.5 (1.5 to 4.5)</td>"), "{table}");
    }

    #[test]
    fn a_figure_has_its_unit_and_the_digits_of_its_column() {
        let recording = sample_with_results();
        assert_eq!(value(&recording, "in a task", "frames").as_deref(), Ok("0"));
        assert_eq!(value(&recording, "beside", "elapsed").as_deref(), Ok("3.00 ms"));
        assert_eq!(value(&recording, "in a task", "ends").as_deref(), Ok("in <time>"));
    }

    #[test]
    fn what_was_not_measured_is_answered_with_what_was() {
        let recording = sample_with_results();
        for (row, column, expected) in [
            ("in a tsak", "frames", "has no row `in a tsak` in its results; it has `in a task`, `beside`"),
            ("beside", "frmes", "has no column `frmes` in its results; it has `frames`, `elapsed`, `ends`"),
            ("beside", "frames", "measured no `frames` for `beside`; name another figure"),
        ] {
            assert_eq!(value(&recording, row, column), Err(format!("the recording of lesson-00 demo {expected}")));
        }
        let none = "the recording of lesson-00 demo has no results; name a variant that measures something";
        assert_eq!(table(&sample()), Err(none.to_owned()));
        assert_eq!(value(&sample(), "a", "b"), Err(none.to_owned()));
    }
}
