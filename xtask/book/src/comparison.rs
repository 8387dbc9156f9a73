//! What our event loop, tokio and smol took for the same work, for pages: the table of one comparison, how ours did in
//! several, and single figures to stand in a sentence. `lessons/02-core-ideas/event-loop/comparison` measures them.

use std::{
    fmt::Write,
    fs,
    path::{Component, Path},
};

use serde::Deserialize;

use crate::{
    figures::{self, Circumstances, NO_FIGURE},
    html::escape,
    project::Project,
    units::grouped,
};

const FORMAT: &str = "event-loop-comparison";
const VERSION: u64 = 1;

/// The column of our figure divided by the best of the others.
const RATIO: &str = "ratio";

/// A comparison, as its file has it.
#[derive(Debug, Clone, Deserialize)]
pub struct Comparison {
    /// Its file from `book/measurements`, without the `.json`.
    #[serde(skip)]
    path: String,
    format: String,
    version: u64,
    rustc: String,
    os: String,
    arch: String,
    cpus: Option<u64>,
    recorded: u64,
    subjects: Vec<Subject>,
    measures: Vec<Measure>,
}

/// What is compared. The first is ours.
#[derive(Debug, Clone, Deserialize)]
struct Subject {
    name: String,
    version: String,
}

/// A row: what was measured of every subject.
#[derive(Debug, Clone, Deserialize)]
struct Measure {
    name: String,
    unit: String,
    better: Better,
    figures: Vec<Spread>,
    /// `None` for what is neither good nor bad.
    ratio: Option<Spread>,
}

/// Whether a high figure is good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Better {
    Less,
    More,
}

/// The middle of what several rounds gave, and the range of the middle half of them.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Spread {
    median: f64,
    low: f64,
    high: f64,
}

/// The comparison in this file of `book/measurements`, given without its `.json`.
///
/// # Errors
///
/// If there is none, or the file is something else.
pub fn load(project: &Project, path: &str) -> Result<Comparison, String> {
    if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(format!("`{path}` is not in book/measurements; name a file there, without its `.json`"));
    }
    let file = project.book().join("measurements").join(format!("{path}.json"));
    let text = fs::read_to_string(&file).map_err(|error| {
        format!(
            "there is no comparison `{path}` ({error}); make one with \
             `cargo run --release -p event-loop-comparison -- --write book/measurements/{path}.json`"
        )
    })?;
    parse(path, &text)
}

fn parse(path: &str, text: &str) -> Result<Comparison, String> {
    let mut comparison: Comparison = serde_json::from_str(text)
        .map_err(|error| format!("book/measurements/{path}.json can't be read: {error}; make it again"))?;
    path.clone_into(&mut comparison.path);
    let columns = comparison.subjects.len();
    let is_known = comparison.format == FORMAT && comparison.version == VERSION;
    if !is_known || columns < 2 || comparison.measures.iter().any(|measure| measure.figures.len() != columns) {
        return Err(format!("book/measurements/{path}.json is no {FORMAT} of version {VERSION}; make it again"));
    }
    Ok(comparison)
}

/// The table of one comparison: a row for each piece of work, a column for each subject, and how ours compares with the
/// best of the others.
#[must_use]
pub fn table(comparison: &Comparison) -> String {
    let mut table = figures::opening("figures results", &circumstances(comparison).sentence());
    table.push_str("<thead>\n<tr><td></td>");
    for Subject { name, version } in &comparison.subjects {
        table.push_str(&figures::head(&escape(&format!("{name} {version}")), None));
    }
    table.push_str(&figures::head("ours to the best of the others", None));
    table.push_str("</tr>\n</thead>\n<tbody>\n");
    for measure in &comparison.measures {
        let _ = write!(table, "<tr><th scope=\"row\">{}</th>", escape(&measure.head()));
        for figure in &measure.figures {
            let _ = write!(table, "<td>{}</td>", number(figure.median));
        }
        let _ = writeln!(table, "<td>{}</td></tr>", measure.ratio().as_deref().unwrap_or(""));
    }
    table + figures::CLOSING
}

/// A row for each piece of work, and a column for each of these comparisons with how ours compared in it.
///
/// # Errors
///
/// If one of them is not there.
pub fn rounds(project: &Project, paths: &[String]) -> Result<String, String> {
    let comparisons: Vec<_> = paths.iter().map(|path| load(project, path)).collect::<Result<_, _>>()?;
    Ok(rounds_of(&comparisons))
}

fn rounds_of(comparisons: &[Comparison]) -> String {
    let taken = comparisons.iter().map(|comparison| (comparison.name(), circumstances(comparison)));
    let mut table = figures::opening("figures results", &figures::together(taken));
    table.push_str("<thead>\n<tr><td></td>");
    for comparison in comparisons {
        table.push_str(&figures::head(&escape(comparison.name()), None));
    }
    table.push_str("</tr>\n</thead>\n<tbody>\n");
    let last = comparisons.last().map_or(&[][..], |last| &last.measures);
    for Measure { name, better, .. } in last.iter().filter(|measure| measure.ratio.is_some()) {
        let better = match better {
            Better::Less => "less is better",
            Better::More => "more is better",
        };
        let _ = write!(table, "<tr><th scope=\"row\">{} ({better})</th>", escape(name));
        for comparison in comparisons {
            let ratio = comparison.measures.iter().find(|measure| measure.name == *name).and_then(Measure::ratio);
            let _ = write!(table, "<td>{}</td>", ratio.as_deref().unwrap_or(NO_FIGURE));
        }
        table.push_str("</tr>\n");
    }
    table + figures::CLOSING
}

/// The figure in this row and column with its unit, as `26 ns`. The columns are the subjects, and `ratio`.
///
/// # Errors
///
/// If there is no such row or column. The sentence names those that there are.
pub fn value(comparison: &Comparison, row: &str, column: &str) -> Result<String, String> {
    let unknown = |what: &str, name: &str, known: Vec<&str>| {
        let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        format!("the comparison {} has no {what} `{name}`; it has {known}", comparison.path)
    };
    let Some(measure) = comparison.measures.iter().find(|measure| measure.name == row) else {
        return Err(unknown("row", row, comparison.measures.iter().map(|measure| measure.name.as_str()).collect()));
    };
    let names = comparison.subjects.iter().map(|subject| subject.name.as_str());
    if column == RATIO {
        let ratio = measure.ratio.map(|ratio| format!("{:.2}", ratio.median));
        return ratio
            .ok_or_else(|| format!("the comparison {} has no ratio of `{row}`; name a subject", comparison.path));
    }
    let Some((_, figure)) = names.clone().zip(&measure.figures).find(|(name, _)| *name == column) else {
        return Err(unknown("column", column, names.chain([RATIO]).collect()));
    };
    let value = number(figure.median);
    Ok(if measure.unit.is_empty() { value } else { format!("{value} {}", measure.unit) })
}

impl Comparison {
    /// The last part of its path.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl Measure {
    fn head(&self) -> String {
        if self.unit.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// The middle, and the range of the middle half.
    fn ratio(&self) -> Option<String> {
        self.ratio.map(|Spread { median, low, high }| format!("{median:.2} ({low:.2} to {high:.2})"))
    }
}

fn circumstances(comparison: &Comparison) -> Circumstances {
    let Comparison { os, arch, cpus, rustc, recorded, .. } = comparison;
    Circumstances::new(os, arch, *cpus, rustc, *recorded)
}

/// With three digits or so, and a comma for each thousand.
fn number(value: f64) -> String {
    let digits = if value < 10.0 { 2 } else { 0 };
    grouped(&format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    const SAMPLE: &str = r#"{
        "format": "event-loop-comparison", "version": 1, "rustc": "rustc 1.85.0", "os": "linux", "arch": "x86_64",
        "cpus": 2, "recorded": 1700000000,
        "subjects": [{"name": "event-loop", "version": "0.1.0"}, {"name": "tokio", "version": "1.0.0"}],
        "measures": [
            {"name": "spawn & join", "unit": "ns", "better": "less", "rounds": 3,
             "figures": [{"median": 9.5, "low": 9, "high": 10}, {"median": 190.2, "low": 1, "high": 1}],
             "ratio": {"median": 0.05, "low": 0.04, "high": 0.06}},
            {"name": "tasks ticking", "unit": "", "better": "more", "rounds": 3,
             "figures": [{"median": 1234567, "low": 9, "high": 10}, {"median": 1000, "low": 1, "high": 1}],
             "ratio": {"median": 2, "low": 1.5, "high": 2.5}},
            {"name": "client busy", "unit": "%", "better": "less", "rounds": 3,
             "figures": [{"median": 50, "low": 9, "high": 10}, {"median": 60, "low": 1, "high": 1}], "ratio": null}
        ]
    }"#;

    fn sample() -> Comparison {
        parse("loop/now", SAMPLE).expect("it is one")
    }

    fn cells(table: &str) -> Vec<Vec<String>> {
        let document = Document::parse(table).unwrap_or_else(|error| panic!("{error}\n{table}"));
        let rows = document.descendants().filter(|node| node.has_tag_name("tr"));
        rows.map(|row| row.children().map(|cell| cell.text().unwrap_or_default().to_owned()).collect()).collect()
    }

    #[test]
    fn a_table_of_subjects() {
        let table = table(&sample());
        let expected = [
            ["", "event-loop 0.1.0", "tokio 1.0.0", "ours to the best of the others"],
            ["spawn & join (ns)", "9.50", "190", "0.05 (0.04 to 0.06)"],
            ["tasks ticking", "1,234,567", "1000", "2.00 (1.50 to 2.50)"],
            ["client busy (%)", "50", "60", ""],
        ];
        assert_eq!(cells(&table), expected);
        assert!(table.contains("Recorded on linux x86_64, 2 CPUs, on 2023-11-14; built by rustc 1.85.0."), "{table}");
    }

    #[test]
    fn a_table_of_rounds() {
        let mut before = sample();
        before.path = "loop/before".to_owned();
        before.measures.remove(1);
        let expected = [
            ["", "before", "now"],
            ["spawn & join (less is better)", "0.05 (0.04 to 0.06)", "0.05 (0.04 to 0.06)"],
            ["tasks ticking (more is better)", "n/a", "2.00 (1.50 to 2.50)"],
        ];
        assert_eq!(cells(&rounds_of(&[before, sample()])), expected);
    }

    #[test]
    fn a_figure_has_its_unit() {
        let comparison = sample();
        let value = |row, column| value(&comparison, row, column);
        assert_eq!(value("spawn & join", "tokio").as_deref(), Ok("190 ns"));
        assert_eq!(value("tasks ticking", "event-loop").as_deref(), Ok("1,234,567"));
        assert_eq!(value("spawn & join", "ratio").as_deref(), Ok("0.05"));
        let rows =
            "the comparison loop/now has no row `spawned`; it has `spawn & join`, `tasks ticking`, `client busy`";
        assert_eq!(value("spawned", "tokio"), Err(rows.to_owned()));
        let none = "the comparison loop/now has no ratio of `client busy`; name a subject";
        assert_eq!(value("client busy", "ratio"), Err(none.to_owned()));
        let columns = "the comparison loop/now has no column `tokyo`; it has `event-loop`, `tokio`, `ratio`";
        assert_eq!(value("spawn & join", "tokyo"), Err(columns.to_owned()));
    }

    #[test]
    fn what_is_something_else_is_no_comparison() {
        for (from, to) in [
            ("\"version\": 1,", "\"version\": 2,"),
            ("event-loop-c", "c"),
            (", {\"name\": \"tokio\", \"version\": \"1.0.0\"}", ""),
        ] {
            let why = parse("loop/now", &SAMPLE.replacen(from, to, 1)).expect_err(to);
            assert!(why.contains("book/measurements/loop/now.json") && why.contains("make it again"), "{why}");
        }
    }
}
