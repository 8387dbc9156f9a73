//! The drawing: lanes as SVG.
//!
//! Places in time are percentages of the width, and all else is in CSS pixels. So the drawing is as wide as the page
//! while its text and its marks keep their size: a `viewBox` would shrink both until a phone shows neither.

use std::fmt::Write;

use lesson_data::{
    lanes::{Lane, Row, Stay},
    recording::{Reason, Recording},
    units::{MILLISECOND, SECOND, scaled, seconds},
};

use crate::html::escape;

/// A bar for time inside a function, in the legend.
pub(super) const KEY_INSIDE: &str = "<svg class=\"timeline-key\" width=\"18\" height=\"16\" aria-hidden=\"true\">\
     <g class=\"timeline-bars\"><rect y=\"2\" width=\"18\" height=\"12\" rx=\"2\"/></g></svg>";
/// A line for a poll, in the legend.
pub(super) const KEY_POLL: &str = "<svg class=\"timeline-key\" width=\"8\" height=\"16\" aria-hidden=\"true\">\
     <g class=\"timeline-polls\" stroke=\"currentColor\"><line x1=\"4\" x2=\"4\" y2=\"16\"/></g></svg>";
/// A cross for a drop, in the legend.
pub(super) const KEY_DROP: &str = "<svg class=\"timeline-key\" width=\"14\" height=\"16\" aria-hidden=\"true\">\
     <g class=\"timeline-drops\" stroke=\"currentColor\"><path d=\"M3 4 11 12M3 12 11 4\"/></g></svg>";
/// A tick for a frame, in the legend.
pub(super) const KEY_FRAME: &str = "<svg class=\"timeline-key\" width=\"8\" height=\"16\" aria-hidden=\"true\">\
     <g class=\"timeline-frames\" stroke=\"currentColor\"><line x1=\"4\" x2=\"4\" y1=\"5\" y2=\"11\"/></g></svg>";

/// The height of a lane's name, and where it stands in it.
const LANE: (u32, u32) = (26, 19);
/// The height of a row: the function's name, and below it the track.
const ROW: u32 = 38;
/// Where the track begins in a row, and its height.
const TRACK: (u32, u32) = (19, 14);
/// The space below the last row of a lane.
const GAP: u32 = 6;
/// The height of the axis, and where its labels stand in it.
const AXIS: (u32, u32) = (24, 18);

/// The axis has at most so many marks after its first, so that their labels have room on a phone.
const MOST_MARKS: u64 = 5;

/// The part of the run from which on a stay is drawn as long as it was: less would be thinner than the line for a poll.
const LASTS: u64 = 200;

/// What is drawn in a row.
pub(super) struct Marks {
    /// Time inside the function without giving way, waiting included.
    pub(super) bars: Vec<Stay>,
    /// Polls that soon gave way.
    pub(super) polls: Vec<u64>,
    pub(super) drops: Vec<u64>,
    pub(super) frames: Vec<u64>,
}

/// What is drawn in `row` when the run ended at `end`.
pub(super) fn marks(row: &Row, end: u64) -> Marks {
    let mut marks = Marks { bars: Vec::new(), polls: Vec::new(), drops: Vec::new(), frames: row.frames.clone() };
    for &stay in &row.stays {
        match stay.reason {
            Reason::Drop => marks.drops.push(stay.from),
            // A poll that lasts is drawn as a call is: whoever else wants this thread has to wait.
            Reason::Poll if stay.length() < end / LASTS => marks.polls.push(stay.from),
            Reason::Poll | Reason::Call => marks.bars.push(stay),
        }
    }
    marks
}

/// The height of the drawing of `lanes`, in pixels.
pub(super) fn height(lanes: &[Lane]) -> u32 {
    let lane = |lane: &Lane| LANE.0 + lane.rows.iter().map(|_| ROW).sum::<u32>() + GAP;
    lanes.iter().map(lane).sum::<u32>() + AXIS.0
}

/// The drawing of `lanes`, the lanes of `recording`.
pub(super) fn svg(recording: &Recording, lanes: &[Lane]) -> String {
    let axis = Axis { end: recording.measured.elapsed.max(1) };
    let mut body = String::new();
    let mut y = 0;
    for lane in lanes {
        let _ = writeln!(
            body,
            "<line class=\"timeline-rule\" stroke=\"currentColor\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\n\
             <text class=\"timeline-thread\" fill=\"currentColor\" y=\"{}\">{}</text>",
            y + LANE.1,
            escape(&lane.name)
        );
        y += LANE.0;
        for row in &lane.rows {
            let _ = writeln!(body, "<g transform=\"translate(0 {y})\">\n{}</g>", axis.row(row));
            y += ROW;
        }
        y += GAP;
    }
    let mut names: Vec<_> = lanes.iter().map(|lane| lane.name.as_str()).collect();
    names.dedup();
    format!(
        "<svg class=\"timeline-drawing\" role=\"img\" width=\"100%\" height=\"{height}\">\n\
         <title>{variant} on {runtime}: who ran on which thread</title>\n\
         <desc>Time runs from left to right, {elapsed} in all. The lanes are: {names}. What ran on each stands in words \
         below the drawing.</desc>\n\
         {grid}{body}</svg>\n",
        height = height(lanes),
        variant = escape(&recording.variant),
        runtime = escape(&recording.runtime.name),
        elapsed = seconds(recording.measured.elapsed),
        names = escape(&names.join("; ")),
        grid = axis.grid(y),
    )
}

/// Where the times of a run fall across the drawing.
struct Axis {
    end: u64,
}

impl Axis {
    /// A moment, as a percentage of the width.
    fn place(&self, at: u64) -> String {
        let hundredths = u128::from(at.min(self.end)) * 10_000 / u128::from(self.end);
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    }

    fn row(&self, row: &Row) -> String {
        let (top, height) = TRACK;
        let middle = top + height / 2;
        let marks = marks(row, self.end);
        let mut drawn = format!(
            "<text class=\"timeline-name\" fill=\"currentColor\" y=\"14\">{}</text>\n\
             <rect class=\"timeline-track\" y=\"{top}\" width=\"100%\" height=\"{height}\" rx=\"2\" \
             fill-opacity=\"0.1\"/>\n",
            escape(&row.name)
        );
        let mut group = |class: &str, marks: Vec<String>| {
            if !marks.is_empty() {
                let _ = writeln!(drawn, "<g class=\"{class}\" stroke=\"currentColor\">{}</g>", marks.concat());
            }
        };
        let line = |at: u64, from: u32, to: u32| {
            let x = self.place(at);
            format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\"/>")
        };
        let bar = |stay: &Stay| {
            // A short call is drawn longer than it was, so that it is seen.
            let length = stay.length().max(self.end / LASTS);
            let (x, width) = (self.place(stay.from), self.place(length));
            format!("<rect x=\"{x}\" width=\"{width}\" y=\"{}\" height=\"{}\" rx=\"2\"/>", top + 1, height - 2)
        };
        // The second path is what is seen; the first, in the page's own colour, keeps it apart from what is below it.
        let cross = |&at: &u64| {
            let x = self.place(at);
            format!(
                "<svg x=\"{x}\" y=\"{middle}\" overflow=\"visible\"><path class=\"timeline-halo\" \
                 d=\"M-4-4 4 4M-4 4 4-4\"/><path d=\"M-4-4 4 4M-4 4 4-4\"/></svg>"
            )
        };
        group("timeline-bars", marks.bars.iter().map(bar).collect());
        group("timeline-polls", marks.polls.iter().map(|&at| line(at, top - 1, top + height + 1)).collect());
        group("timeline-frames", marks.frames.iter().map(|&at| line(at, middle - 3, middle + 3)).collect());
        // Last, so that a drop is not lost behind a poll.
        group("timeline-drops", marks.drops.iter().map(cross).collect());
        drawn
    }

    /// The axis at the height `y`, and a faint line upwards from each of its marks.
    fn grid(&self, y: u32) -> String {
        let mut grid = String::from("<g class=\"timeline-axis\" stroke=\"currentColor\">\n");
        let mut labels = String::new();
        for at in self.marks() {
            let x = self.place(at);
            let _ = writeln!(grid, "<line x1=\"{x}\" x2=\"{x}\" y2=\"{}\"/>", y + 4);
            let anchor = match at {
                0 => "start",
                // It would stick out.
                at if at > self.end / 100 * 95 => "end",
                _ => "middle",
            };
            let label = self.label(at);
            let _ = writeln!(labels, "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>", y + AXIS.1);
        }
        format!("{grid}</g>\n<g class=\"timeline-seconds\" fill=\"currentColor\">\n{labels}</g>\n")
    }

    /// Round times from the beginning to the end.
    fn marks(&self) -> impl Iterator<Item = u64> {
        let step = self.step();
        (0..=self.end / step).map(move |mark| mark * step)
    }

    /// The time from one mark to the next: 1, 2 or 5 of a power of ten, and no shorter than a millisecond.
    fn step(&self) -> u64 {
        let powers = (0..).map_while(|power| 10_u64.checked_pow(power)?.checked_mul(5 * MILLISECOND));
        let steps = powers.flat_map(|five| [five / 5, five / 5 * 2, five]);
        steps.into_iter().find(|step| self.end / step <= MOST_MARKS).unwrap_or(self.end)
    }

    /// `at` in seconds, with as many digits as the step between marks has.
    fn label(&self, at: u64) -> String {
        let digits = match self.step() {
            SECOND.. => 0,
            step if step >= SECOND / 10 => 1,
            step if step >= SECOND / 100 => 2,
            _ => 3,
        };
        scaled(at, SECOND, digits) + " s"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(end: u64) -> Vec<String> {
        let axis = Axis { end };
        axis.marks().map(|at| axis.label(at)).collect()
    }

    #[test]
    fn the_axis_has_round_and_few_marks() {
        assert_eq!(labels(3_007 * MILLISECOND), ["0 s", "1 s", "2 s", "3 s"]);
        assert_eq!(labels(800 * MILLISECOND), ["0.0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s"]);
        assert_eq!(labels(25 * MILLISECOND), ["0.000 s", "0.005 s", "0.010 s", "0.015 s", "0.020 s", "0.025 s"]);
        assert_eq!(labels(61 * SECOND), ["0 s", "20 s", "40 s", "60 s"]);
        assert_eq!(labels(1), ["0.000 s"]);
        assert!(labels(u64::MAX).len() <= 7);
    }

    #[test]
    fn places_are_percentages_of_the_run() {
        let axis = Axis { end: 3 * SECOND };
        assert_eq!(axis.place(0), "0.00%");
        assert_eq!(axis.place(SECOND), "33.33%");
        assert_eq!(axis.place(4 * SECOND), "100.00%");
    }
}
