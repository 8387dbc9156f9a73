//! Tables in the terminal.

use std::fmt::Write;

use crate::wrap;

/// A table whose columns are as wide as their widest cell. The last column may be as long as it likes.
pub(crate) fn left_aligned<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    render(head, rows, |text, width| format!("{text:<width$}"))
}

/// The same, with every column but the first aligned on the right, for figures.
pub(crate) fn of_figures<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    render(head, rows, |text, width| format!("{text:>width$}"))
}

/// Whether `table` fits a terminal so wide. Without a terminal everything fits.
pub(crate) fn fits(table: &str, columns: Option<usize>) -> bool {
    columns.is_none_or(|columns| table.lines().all(|line| line.chars().count() <= columns))
}

/// What a table says, for a terminal that is too narrow for it: the first cell of each row, and the others below it, a line
/// each behind the head of its column.
pub(crate) fn stacked(head: &[&str], rows: &[impl AsRef<[String]>], columns: Option<usize>) -> String {
    let longest = head.iter().skip(1).map(|head| head.chars().count()).max().unwrap_or(0);
    let width = (longest + 1).next_multiple_of(8); // As by tab stops.
    let mut list = String::new();
    for row in rows.iter().map(AsRef::as_ref) {
        let name = row.first().map_or("", String::as_str);
        let _ = writeln!(list, "{name}");
        for (head, cell) in head.iter().zip(row).skip(1) {
            let _ = writeln!(list, "{}", wrap::at(&format!("  {head:<width$}{cell}"), 2 + width, columns));
        }
    }
    list.truncate(list.trim_end().len());
    list
}

fn render<const N: usize>(head: [&str; N], rows: Vec<[String; N]>, align: impl Fn(&str, usize) -> String) -> String {
    let mut lines = vec![head.map(str::to_owned)];
    lines.extend(rows);
    let widths: [usize; N] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0));
    let lines = lines.iter().map(|line| {
        let cells: Vec<_> = line
            .iter()
            .enumerate()
            .map(|(column, cell)| match column {
                0 => format!("{cell:<0$}", widths[0]),
                _ => align(cell, widths[column]),
            })
            .collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_names_left_and_figures_right() {
        let rows = vec![["threads".into(), "9".into()], ["smol".into(), "10 ms".into()]];
        assert_eq!(of_figures(["variant", "CPU"], rows.clone()), "variant    CPU\nthreads      9\nsmol     10 ms");
        assert_eq!(left_aligned(["variant", "CPU"], rows), "variant  CPU\nthreads  9\nsmol     10 ms");
    }
}
