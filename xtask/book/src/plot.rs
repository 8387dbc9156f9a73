//! What a variant measured at several sizes, as a figure for a page: lines, a legend, and the same as a table.
//!
//! A row of its results is a point when its name is that of a line and a number, as in `threads, 100`. Nothing in the
//! figure needs a script, so it is the same on paper. Its looks are in `book/theme/plot.css`.

mod axis;
mod drawing;
mod lines;

use std::{fmt::Write, mem};

use anyhow::{Result, bail};
use lesson_data::{
    recording::{Measurement, Recording},
    units::grouped,
};

use crate::{
    figures,
    html::escape,
    results,
    table::{Table, with_unit},
};
use axis::Axis;
pub use axis::Scale;
use lines::{Line, Point};

/// What to draw, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// The column whose figures are drawn.
    pub column: String,
    /// What the numbers in the rows' names count.
    pub across: String,
    /// How these numbers are spread from left to right.
    pub x: Scale,
    /// How the figures are spread from the bottom to the top.
    pub y: Scale,
}

impl Plot {
    /// One of this column across these numbers, with `log-x` and `log-y` among the words for its scales. `None` if there are
    /// other words, or one of them twice.
    pub fn new(column: &str, across: &str, scales: &[&str]) -> Option<Self> {
        let (mut x, mut y) = (Scale::Linear, Scale::Linear);
        for word in scales {
            let scale = match *word {
                "log-x" => &mut x,
                "log-y" => &mut y,
                _ => return None,
            };
            if mem::replace(scale, Scale::Logarithmic) == Scale::Logarithmic {
                return None;
            }
        }
        Some(Plot { column: column.to_owned(), across: across.to_owned(), x, y })
    }
}

/// An HTML figure with a line for each name that the recording's rows have. It has no empty line, which would end the HTML
/// inside Markdown.
pub fn render(recording: &Recording, plot: &Plot) -> Result<String> {
    let lines = lines::of(recording, &plot.column)?;
    if lines.len() > drawing::MOST_LINES {
        bail!(
            "{} has {} lines of `{}`, and a plot tells {} apart; measure fewer in one variant",
            results::whose(recording),
            lines.len(),
            plot.column,
            drawing::MOST_LINES,
        );
    }
    let points = || lines.iter().flat_map(|line| &line.points);
    let (x, y) =
        (Axis::around(points().map(|point| point.x), plot.x), Axis::around(points().filter_map(Point::y), plot.y));
    let (Some(x), Some(y)) = (x, y) else {
        let which =
            if plot.x == Scale::Logarithmic && points().any(|point| point.x <= 0.0) { "log-x" } else { "log-y" };
        bail!(
            "{} has a point that is not above zero, which `{which}` has no room for; leave `{which}` out",
            results::whose(recording),
        );
    };
    let unit = recording.unit(&plot.column).unwrap_or_default();
    let column = with_unit(&plot.column, unit);
    let names = drawing::Names { column: named(&column, plot.y), across: named(&plot.across, plot.x) };
    Ok(format!(
        "<figure class=\"plot\">\n\
         <figcaption><strong>{variant}</strong>: {column} by {across}\n\
         {legend}\
         </figcaption>\n\
         {drawing}\
         <details>\n<summary>The figures, as a table</summary>\n\
         {table}\
         </details>\n\
         </figure>\n",
        variant = escape(&recording.variant),
        column = escape(&plot.column),
        across = escape(&plot.across),
        legend = drawing::legend(&lines),
        drawing = drawing::html(&lines, &x, &y, &names, &words(recording, plot, &lines, unit)),
        table = table(recording, plot, &lines, &column),
    ))
}

/// Equal lengths do not mean the same on every axis, so it is written there what they mean.
fn named(name: &str, scale: Scale) -> String {
    match scale {
        Scale::Linear => name.to_owned(),
        Scale::Logarithmic => format!("{name}, logarithmic"),
    }
}

/// What the lines do, for who cannot see them.
fn words(recording: &Recording, plot: &Plot, lines: &[Line], unit: &str) -> String {
    let Plot { column, across, .. } = plot;
    let mut words = format!("{column} from the bottom to the top, {across} from left to right.");
    for line in lines {
        let mut figures = line.points.iter().filter_map(|point| Some((point.label, point.figure?)));
        let say = |(label, figure): (&str, &Measurement)| {
            let figure = recording.figure_text(figure);
            format!("{figure}{}{unit} at {}", if unit.is_empty() { "" } else { " " }, grouped(label))
        };
        let (first, last) = (figures.next(), figures.next_back());
        let ends = [first, last].into_iter().flatten().map(say).collect::<Vec<_>>().join(", ");
        let _ = write!(words, " {}: {ends}.", line.name);
    }
    words
}

/// A row for each number, and a column for each line.
fn table(recording: &Recording, plot: &Plot, lines: &[Line], named: &str) -> String {
    let caption = format!("{named}. {}", figures::machine(recording));
    let columns = lines.iter().map(|line| (line.name.to_owned(), false));
    let mut table = Table::new("figures results", &caption, &plot.across, columns);
    let mut numbers: Vec<_> = lines.iter().flat_map(|line| &line.points).map(|point| (point.x, &point.label)).collect();
    numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
    numbers.dedup_by_key(|(x, _)| *x);
    for (x, label) in numbers {
        let cell = |line: &Line| {
            let point = line.points.iter().find(|point| point.x.total_cmp(&x).is_eq())?;
            Some(recording.figure_text(point.figure?))
        };
        table.row(&grouped(label), lines.iter().map(cell));
    }
    table.html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use roxmltree::{Document, Node};

    /// A run that measured these figures, each a row, a column, a value and a unit.
    fn measured(figures: &[(&str, &str, f64, &str)]) -> Recording {
        let figure = |&(row, column, value, unit): &(&str, &str, f64, &str)| Measurement {
            row: row.to_owned(),
            column: column.to_owned(),
            value,
            unit: unit.to_owned(),
        };
        Recording { results: figures.iter().map(figure).collect(), ..sample::bare() }
    }

    /// Two lines: one of three points that were not measured in their order, and one with a gap.
    fn sweep() -> Recording {
        measured(&[
            ("threads, 100", "elapsed", 21.5, "ms"),
            ("threads, 1", "elapsed", 20.0, "ms"),
            ("threads, 10", "elapsed", 20.25, "ms"),
            ("a task, on tokio, 1", "elapsed", 20.5, "ms"),
            ("a task, on tokio, 10", "tasks", 11.0, ""),
            ("a task, on tokio, 100", "elapsed", 22.0, "ms"),
        ])
    }

    fn plot(x: Scale, y: Scale) -> Plot {
        Plot { column: "elapsed".to_owned(), across: "requests".to_owned(), x, y }
    }

    /// What `look` finds in the figure, which is well-formed XML as well as HTML.
    fn seen<T>(recording: &Recording, look: impl Fn(&Document<'_>) -> T) -> T {
        let figure = render(recording, &plot(Scale::Logarithmic, Scale::Linear)).expect("it can be drawn");
        let document = Document::parse(&figure).unwrap_or_else(|error| panic!("{error}\n{figure}"));
        look(&document)
    }

    fn drawing<'a>(document: &'a Document<'_>) -> Node<'a, 'a> {
        document.descendants().find(|node| node.attribute("role") == Some("img")).expect("there is a drawing")
    }

    /// The lines that are drawn: the attributes `names` of every element called `tag` in each.
    fn drawn(recording: &Recording, tag: &str, names: [&str; 2]) -> Vec<Vec<[String; 2]>> {
        seen(recording, |document| {
            let drawing = drawing(document);
            let is_line =
                |node: &Node<'_, '_>| node.attribute("class").is_some_and(|class| class.starts_with("plot-line "));
            let of = |node: Node<'_, '_>| names.map(|name| node.attribute(name).unwrap_or_default().to_owned());
            let parts = |line: Node<'_, '_>| line.descendants().filter(|node| node.has_tag_name(tag)).map(of).collect();
            drawing.descendants().filter(is_line).map(parts).collect()
        })
    }

    #[test]
    fn every_point_stands_where_its_figures_say() {
        // Across three powers of ten the middle is 10, and the axis up goes from 0 to 25.
        let expected = [
            vec![["0.00%", "48.0"], ["50.00%", "45.6"], ["100.00%", "33.6"]],
            vec![["0.00%", "43.2"], ["100.00%", "28.8"]],
        ];
        assert_eq!(drawn(&sweep(), "svg", ["x", "y"]), expected);
    }

    #[test]
    fn lines_go_from_point_to_point_and_have_a_gap_where_there_is_no_figure() {
        let lines = drawn(&sweep(), "line", ["x1", "x2"]);
        assert_eq!(lines, [vec![["0.00%", "50.00%"], ["50.00%", "100.00%"]], Vec::new()]);
    }

    #[test]
    fn lines_are_told_apart_by_shape_and_dashes_as_well_as_by_colour() {
        let shapes = drawn(&sweep(), "path", ["d", "d"]);
        assert!(shapes[0][0] != shapes[1][0], "{shapes:?}");
        seen(&sweep(), |document| {
            let lines = document.descendants().filter_map(|node| node.attribute("class"));
            let lines: Vec<_> = lines.filter(|class| class.starts_with("plot-line ")).collect();
            // Each once in the legend, and once in the drawing.
            assert_eq!(lines, ["plot-line plot-line-1", "plot-line plot-line-2"].repeat(2));
            let keys: Vec<_> = document.descendants().filter(|node| node.has_tag_name("li")).collect();
            let names: Vec<_> = keys.iter().map(|key| key.last_child().and_then(|node| node.text())).collect();
            assert_eq!(names, [Some(" threads"), Some(" a task, on tokio")]);
        });
        let mut dashes: Vec<_> = drawing::STYLES.iter().flat_map(|style| [style.point, style.dashes]).collect();
        dashes.sort_unstable();
        dashes.dedup();
        assert_eq!(dashes.len(), 2 * drawing::MOST_LINES);
    }

    #[test]
    fn the_axes_have_names_and_units_and_say_when_they_are_logarithmic() {
        seen(&sweep(), |document| {
            let texts = drawing(document).descendants().filter(|node| node.has_tag_name("text"));
            let texts: Vec<_> = texts.filter_map(|node| node.text()).collect();
            let expected =
                ["0", "5", "10", "15", "20", "25", "1", "10", "100", "elapsed (ms)", "requests, logarithmic"];
            assert_eq!(texts, expected);
        });
    }

    #[test]
    fn the_figures_stand_in_a_table_too() {
        seen(&sweep(), |document| {
            let rows = document.descendants().filter(|node| node.has_tag_name("tr"));
            let cells: Vec<Vec<_>> =
                rows.map(|row| row.children().map(|cell| cell.text().unwrap_or_default()).collect()).collect();
            assert_eq!(
                cells,
                [
                    ["requests", "threads", "a task, on tokio"],
                    ["1", "20.00", "20.50"],
                    ["10", "20.25", "n/a"],
                    ["100", "21.50", "22.00"],
                ]
            );
        });
    }

    #[test]
    fn other_tables_and_names_without_a_figure_are_left_out() {
        let mut recording = sweep();
        recording.results.extend(measured(&[("in all", "tasks", 3.0, ""), ("python, 1", "tasks", 3.0, "")]).results);
        assert_eq!(drawn(&recording, "svg", ["x", "y"]), drawn(&sweep(), "svg", ["x", "y"]));
    }

    #[test]
    fn one_point_alone_is_drawn_and_said_once() {
        let recording = measured(&[("threads, 3", "elapsed", 0.0, "")]);
        assert_eq!(drawn(&recording, "svg", ["x", "y"]), [[["44.25%", "240.0"]]]);
        seen(&recording, |document| {
            let words = drawing(document).descendants().find(|node| node.has_tag_name("desc"));
            assert!(words.and_then(|words| words.text()).is_some_and(|words| words.ends_with(". threads: 0 at 3.")));
        });
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_the_way_out() {
        let linear = plot(Scale::Linear, Scale::Linear);
        let whose = "the recording of lesson-00 demo";
        for (figures, plot, expected) in [
            (
                &[("threads, 1", "elapsd", 1.0, "")][..],
                &linear,
                "has no column `elapsed` in its results; it has `elapsd`",
            ),
            (
                &[("threads, many", "elapsed", 1.0, "")],
                &linear,
                "has `elapsed` in a row `threads, many`, which names no line and number; call it `threads, many, 100` or",
            ),
            (&[("threads, inf", "elapsed", 1.0, "")], &linear, "has `elapsed` in a row `threads, inf`, which names no"),
            (&[("100", "elapsed", 1.0, "")], &linear, "has `elapsed` in a row `100`, which names no line and number"),
            (
                &[("a, 1", "elapsed", 1.0, ""), ("a, 1.0", "elapsed", 1.0, "")],
                &linear,
                "has the rows `a, 1` and `a, 1.0`, which are the same point; keep one",
            ),
            (
                &[("a, 0", "elapsed", 1.0, "")],
                &plot(Scale::Logarithmic, Scale::Logarithmic),
                "has a point that is not above zero, which `log-x` has no room for; leave `log-x` out",
            ),
            (
                &[("a, 1", "elapsed", 0.0, "")],
                &plot(Scale::Logarithmic, Scale::Logarithmic),
                "has a point that is not above zero, which `log-y` has no room for; leave `log-y` out",
            ),
        ] {
            let why = render(&measured(figures), plot).expect_err(expected).to_string();
            assert!(why.starts_with(&format!("{whose} {expected}")), "{why}");
        }
        assert!(render(&sample::bare(), &linear).is_err_and(|why| why.to_string().contains("has no results")));
        assert!(
            render(&sample::with_results(), &linear).is_err_and(|why| why.to_string().contains("in a row `in a task`"))
        );
        let many: Vec<_> = (0..9).map(|line| format!("{line}, 1")).collect();
        let many: Vec<_> = many.iter().map(|row| (row.as_str(), "elapsed", 1.0, "")).collect();
        assert!(render(&measured(&many[..8]), &linear).is_ok());
        let why = render(&measured(&many), &linear).expect_err("there are nine").to_string();
        assert_eq!(
            why,
            format!("{whose} has 9 lines of `elapsed`, and a plot tells 8 apart; measure fewer in one variant")
        );
    }

    #[test]
    fn names_cannot_break_out() {
        let name = "</text><script>alert(\"1\")</script> & 'more'";
        let row = format!("{name}, 1");
        let mut recording = measured(&[(&row, "elapsed", 1.0, name)]);
        recording.variant = name.to_owned();
        seen(&recording, |document| assert!(document.descendants().all(|node| !node.has_tag_name("script"))));
        let plot = Plot { across: name.to_owned(), ..plot(Scale::Linear, Scale::Linear) };
        assert!(!render(&recording, &plot).expect("it can be drawn").contains("<script"));
    }
}
