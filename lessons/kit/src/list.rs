//! A lesson's table, for people.

use lesson_data::table::{Row, Table};

use crate::wrap;

/// What sets a variant apart: whether it does, the sign behind its name, and what the sign means.
type Mark = (fn(&Row) -> bool, char, &'static str);

const MARKS: [Mark; 3] = [
    (|row| row.on_tour, '*', "on the tour"),
    (|row| row.endless, '+', "until Ctrl-C"),
    (|row| row.optimised, '^', "better figures with --release"),
];

/// Every variant: name, runtime, what to watch.
pub(crate) fn for_people(table: &Table, columns: Option<usize>) -> String {
    let longest = table.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let width = 16.max(longest + "*^ ".len());
    let rows = table.rows.iter().map(|row| {
        let signs = MARKS.iter().filter(|(is_marked, ..)| is_marked(row)).map(|(_, sign, _)| sign);
        let name = row.name.chars().chain(signs.copied()).collect::<String>();
        let watch = wrap::at(&format!("    {}", row.watch), 4, columns);
        format!("{name:<width$}{}\n{watch}\n", row.runtime)
    });
    let marks = MARKS.into_iter().filter(|(is_marked, ..)| table.rows.iter().any(is_marked));
    let meanings: Vec<_> = marks.map(|(_, sign, meaning)| format!("{sign} {meaning}")).collect();
    rows.collect::<String>() + &meanings.join(", ")
}
