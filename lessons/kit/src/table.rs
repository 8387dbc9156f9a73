//! Tables in the terminal.

/// A table whose columns are as wide as their widest cell. The last column may be as long as it likes.
pub(crate) fn left_aligned<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    render(head, rows, |text, width| format!("{text:<width$}"))
}

/// The same, with every column but the first aligned on the right, for figures.
pub(crate) fn of_figures<const N: usize>(head: [&str; N], rows: Vec<[String; N]>) -> String {
    render(head, rows, |text, width| format!("{text:>width$}"))
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
