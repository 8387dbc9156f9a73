//! The drawing: lines with their points between two axes, as SVG.
//!
//! Places across are percentages of the width, and all else is in CSS pixels. So the drawing is as wide as the page while
//! its text and its marks keep their size: a `viewBox` would shrink both until a phone shows neither.

use std::fmt::Write;

use super::{
    axis::Axis,
    lines::{Line, Point},
};
use crate::html::escape;

/// How a line looks, apart from its colour, which the style sheet gives it.
pub(super) struct Style {
    /// The shape of its points, around 0,0.
    pub(super) point: &'static str,
    /// Its dashes and gaps in pixels, empty for none.
    pub(super) dashes: &'static str,
}

pub(super) const STYLES: [Style; MOST_LINES] = [
    Style { point: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", dashes: "" },
    Style { point: "M-3.5-3.5h7v7h-7z", dashes: "7 4" },
    Style { point: "M0-4.5 4.5 3.5h-9z", dashes: "2 3" },
    Style { point: "M0-5 5 0 0 5-5 0z", dashes: "9 3 2 3" },
    Style { point: "M-4-4 4 4M-4 4 4-4", dashes: "12 4" },
    Style { point: "M0-5V5M-5 0H5", dashes: "4 4" },
    Style { point: "M0 4.5 4.5-3.5h-9z", dashes: "9 3 2 3 2 3" },
    Style { point: "M-4-4 4-4-4 4 4 4z", dashes: "2 6" },
];

/// As many lines as there are shapes and colours to tell them apart.
pub(super) const MOST_LINES: usize = 8;

/// The height from the x axis to the top of the y axis.
const HEIGHT: f64 = 240.0;
/// Where the name of the y axis stands, and the room for it.
const HEAD: (u32, u32) = (12, 26);
/// Where the labels of the x axis and its name stand below it, and the room for both.
const FOOT: (u32, u32, u32) = (19, 38, 44);
/// The width of a character of a label, or a little more.
const CHARACTER: usize = 7;
/// The gap between a label of the y axis and the axis.
const GAP: usize = 8;

/// What is written at the axes.
pub(super) struct Names {
    pub(super) column: String,
    pub(super) across: String,
}

/// A key for each line, drawn as there.
pub(super) fn legend(lines: &[Line<'_>]) -> String {
    let mut legend = String::from("<ul class=\"plot-legend\">\n");
    for (index, line) in lines.iter().enumerate() {
        let Style { point, dashes } = STYLES[index];
        let _ = writeln!(
            legend,
            "<li><svg class=\"plot-key\" width=\"36\" height=\"16\" aria-hidden=\"true\"><g class=\"plot-line \
             plot-line-{number}\" stroke=\"currentColor\" fill=\"currentColor\"><line x1=\"1\" x2=\"35\" y1=\"8\" y2=\"8\" \
             stroke-dasharray=\"{dashes}\"/><svg x=\"18\" y=\"8\" overflow=\"visible\"><path d=\"{point}\"/></svg></g></svg> \
             {name}</li>",
            number = index + 1,
            name = escape(line.name),
        );
    }
    legend + "</ul>\n"
}

/// The drawing of `lines`, which `words` tell to who cannot see it.
pub(super) fn html(lines: &[Line<'_>], x: &Axis, y: &Axis, names: &Names, words: &str) -> String {
    let (top, bottom) = (HEAD.1, HEAD.1 + round(HEIGHT));
    // Labels stand outside of the axes, which begin and end where the drawing does.
    let left = y.longest_label() * CHARACTER + GAP;
    let right = x.ticks.last().map_or(0, |(_, label)| label.len() * CHARACTER / 2);
    let drawing = Drawing { x, y };
    let drawn: String = lines.iter().enumerate().map(|(index, line)| drawing.line(line, index)).collect();
    format!(
        "<div style=\"padding-left: {left}px; padding-right: {right}px\">\n\
         <svg class=\"plot-drawing\" role=\"img\" width=\"100%\" height=\"{height}\">\n\
         <title>{column}, by {across}</title>\n\
         <desc>{words}</desc>\n\
         {grid}\
         <g class=\"plot-names\" fill=\"currentColor\">\n\
         <text x=\"-{left}\" y=\"{head}\">{column}</text>\n\
         <text x=\"100%\" y=\"{foot}\" text-anchor=\"end\">{across}</text>\n\
         </g>\n\
         <g transform=\"translate(0 {top})\">\n{drawn}</g>\n\
         </svg>\n</div>\n",
        height = bottom + FOOT.2,
        column = escape(&names.column),
        across = escape(&names.across),
        words = escape(words),
        grid = drawing.grid(top, bottom),
        head = HEAD.0,
        foot = bottom + FOOT.1,
    )
}

/// Where figures stand in the drawing.
struct Drawing<'a> {
    x: &'a Axis,
    y: &'a Axis,
}

impl Drawing<'_> {
    /// From left to right, as a percentage of the width.
    fn across(&self, figure: f64) -> String {
        format!("{:.2}%", self.x.place(figure) * 100.0)
    }

    /// From the top of the y axis downwards, in pixels.
    fn down(&self, figure: f64) -> f64 {
        (1.0 - self.y.place(figure)) * HEIGHT
    }

    /// The ticks of both axes with their labels, and a faint line through the drawing from each.
    fn grid(&self, top: u32, bottom: u32) -> String {
        let mut grid = String::from("<g class=\"plot-grid\" stroke=\"currentColor\">\n");
        let mut labels = String::from("<g class=\"plot-labels\" fill=\"currentColor\">\n");
        for (tick, label) in &self.y.ticks {
            let y = f64::from(top) + self.down(*tick);
            let _ = writeln!(grid, "<line x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
            let _ = writeln!(labels, "<text x=\"-{GAP}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>", y + 4.0);
        }
        for (tick, label) in &self.x.ticks {
            let x = self.across(*tick);
            let _ = writeln!(grid, "<line x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{}\"/>", bottom + 4);
            let _ = writeln!(labels, "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", bottom + FOOT.0);
        }
        let axes = format!(
            "<g class=\"plot-axes\" stroke=\"currentColor\"><line y1=\"{top}\" y2=\"{bottom}\"/><line x2=\"100%\" \
             y1=\"{bottom}\" y2=\"{bottom}\"/></g>\n"
        );
        format!("{grid}</g>\n{axes}{labels}</g>\n")
    }

    /// A line from point to point, and a mark at each. It has a gap where there is no figure.
    fn line(&self, line: &Line<'_>, index: usize) -> String {
        let Style { point, dashes } = STYLES[index];
        let place = |of: &Point<'_>| Some((self.across(of.x), self.down(of.y()?)));
        let places: Vec<_> = line.points.iter().map(place).collect();
        let mut drawn = format!(
            "<g class=\"plot-line plot-line-{}\" stroke=\"currentColor\" fill=\"currentColor\" stroke-dasharray=\"{dashes}\">",
            index + 1
        );
        for pair in places.windows(2) {
            if let [Some((x1, y1)), Some((x2, y2))] = pair {
                let _ = write!(drawn, "<line x1=\"{x1}\" x2=\"{x2}\" y1=\"{y1:.1}\" y2=\"{y2:.1}\"/>");
            }
        }
        // Whole, whatever dashes the line has.
        drawn.push_str("<g stroke-dasharray=\"none\">");
        for (x, y) in places.into_iter().flatten() {
            let _ = write!(drawn, "<svg x=\"{x}\" y=\"{y:.1}\" overflow=\"visible\"><path d=\"{point}\"/></svg>");
        }
        drawn + "</g></g>\n"
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a few hundred pixels")]
fn round(pixels: f64) -> u32 {
    pixels.round() as u32
}
