//! What was measured, for pages: a table of several runs, and on which machine and when that was.

use std::iter;

use lesson_data::{figures::ALL, recording::Recording, units::grouped};

use crate::table::{Table, with_unit};

/// A table with a row for each run, and a caption that says on which machine and when.
pub fn table(recordings: &[Recording]) -> String {
    let columns = ALL.iter().map(|figure| with_unit(figure.title, figure.unit));
    let columns = iter::once("answer".to_owned()).chain(columns).map(|head| (head, false));
    let mut table = Table::new("figures", &circumstances(recordings), "variant", columns);
    for recording in recordings {
        let figures = ALL.iter().map(|figure| (figure.of)(recording).map(|figure| grouped(&figure)));
        table.row(&recording.variant, iter::once(recording.answer()).chain(figures));
    }
    table.html()
}

/// On which machine the runs were recorded, and when. Where it was not the same for all, each is named.
fn circumstances(recordings: &[Recording]) -> String {
    together(recordings.iter().map(|recording| (recording.variant.as_str(), Circumstances::of(recording))))
}

/// The same of several things by their names, in one sentence where only the days differ.
pub(crate) fn together<'a>(all: impl IntoIterator<Item = (&'a str, Circumstances)>) -> String {
    let mut groups: Vec<(Circumstances, Vec<&str>)> = Vec::new();
    for (name, circumstances) in all {
        match groups.iter_mut().find(|(known, _)| *known == circumstances) {
            Some((_, names)) => names.push(name),
            None => groups.push((circumstances, vec![name])),
        }
    }
    let Some(((first, _), others)) = groups.split_first() else { return String::new() };
    let is_one_machine = |(other, _): &(Circumstances, _)| other.machine == first.machine && other.built == first.built;
    let each = |part: fn(&Circumstances) -> String, separator| {
        let groups = groups.iter().map(|(circumstances, names)| (names.join(", "), part(circumstances)));
        groups.map(|(names, part)| format!("{names}{part}")).collect::<Vec<_>>().join(separator)
    };
    if others.is_empty() {
        first.sentence()
    } else if others.iter().all(is_one_machine) {
        let days = each(|circumstances| format!(" on {}", circumstances.day), "; ");
        format!("Recorded on {}: {days}. Built by {}.", first.machine, first.built)
    } else {
        each(|circumstances| format!(": {}", circumstances.sentence()), " ")
    }
}

/// On which machine something was measured, and when.
#[derive(PartialEq, Eq)]
pub(crate) struct Circumstances {
    machine: String,
    built: String,
    day: String,
}

impl Circumstances {
    fn new(os: &str, arch: &str, cpus: Option<u64>, rustc: &str, recorded: u64) -> Self {
        let cpus = match cpus {
            Some(1) => ", 1 CPU".to_owned(),
            Some(cpus) => format!(", {cpus} CPUs"),
            None => String::new(),
        };
        Circumstances { machine: format!("{os} {arch}{cpus}"), built: rustc.to_owned(), day: date(recorded) }
    }

    pub(crate) fn of(recording: &Recording) -> Self {
        let Recording { os, arch, cpus, rustc, recorded, .. } = recording;
        Circumstances::new(os, arch, *cpus, rustc, *recorded)
    }

    /// The compiler's version has a date too, so the day stands away from it.
    fn sentence(&self) -> String {
        format!("Recorded on {}, on {}; built by {}.", self.machine, self.day, self.built)
    }
}

/// On which machine a run was recorded, and when.
pub(crate) fn machine(recording: &Recording) -> String {
    Circumstances::of(recording).sentence()
}

/// The day of a moment given in seconds since 1970 (UTC), as `2026-11-22`.
fn date(seconds: u64) -> String {
    // Howard Hinnant's `civil_from_days`: years begin in March there, so that the leap day is the last of its year.
    const DAYS_TO_1970: u64 = 719_468;
    const DAYS_IN_ERA: u64 = 146_097;
    let days = seconds / (24 * 60 * 60) + DAYS_TO_1970;
    let (era, day) = (days / DAYS_IN_ERA, days % DAYS_IN_ERA);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next_year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use roxmltree::Document;

    /// The text of every cell, row by row.
    fn cells(recordings: &[Recording]) -> Vec<Vec<String>> {
        let table = table(recordings);
        let document = Document::parse(&table).unwrap_or_else(|error| panic!("{error}\n{table}"));
        let rows = document.descendants().filter(|node| node.has_tag_name("tr"));
        rows.map(|row| row.children().map(|cell| cell.text().unwrap_or_default().to_owned()).collect()).collect()
    }

    #[test]
    fn a_table_has_the_columns_of_the_tours() {
        let heads = [
            "variant",
            "answer",
            "elapsed (s)",
            "CPU (ms)",
            "memory (MB)",
            "OS threads",
            "frames",
            "longest gap (ms)",
            "stop (ms)",
        ];
        let figures = ["demo", "42", "1.00", "4.5", "n/a", "3", "2", "250.0", "101.00"];
        assert_eq!(cells(&[sample::bare()]), [heads, figures]);
    }

    #[test]
    fn a_table_says_where_it_was_measured() {
        let mut other = sample::bare();
        let one = table(&[sample::bare(), other.clone()]);
        let sentence = "Recorded on linux x86_64, 2 CPUs, on 2026-11-22; built by rustc 1.85.0 (4d91de4e4 2025-02-17).";
        assert!(one.contains(&format!("<figcaption>{sentence}</figcaption>")), "{one}");
        other.variant = "other".to_owned();
        other.recorded += 24 * 60 * 60;
        let two = table(&[sample::bare(), other.clone()]);
        let days = "Recorded on linux x86_64, 2 CPUs: demo on 2026-11-22; other on 2026-11-23. Built by rustc 1.85.0 ";
        assert!(two.contains(&format!("<figcaption>{days}(4d91de4e4 2025-02-17).</figcaption>")), "{two}");
        other.cpus = Some(1);
        let two = table(&[sample::bare(), other]);
        assert!(
            two.contains(&format!("<figcaption>demo: {sentence} other: Recorded on linux x86_64, 1 CPU,")),
            "{two}"
        );
    }

    #[test]
    fn a_table_is_escaped() {
        let mut recording = sample::bare();
        recording.variant = "<b>".to_owned();
        recording.rustc = "<i>".to_owned();
        recording.output[2].text = "wer: <u>".to_owned();
        assert_eq!(cells(&[recording])[1][..2], ["<b>", "<u>"]);
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        const DAY: u64 = 24 * 60 * 60;
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(59 * DAY - 1), "1970-02-28");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(951_782_400 + DAY), "2000-03-01");
        assert_eq!(date(1_735_689_599), "2024-12-31");
        assert_eq!(date(4_107_542_400), "2100-03-01");
    }
}
