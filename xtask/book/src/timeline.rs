//! A recording as a figure for a page: a static drawing, its legend, and the same in words.
//!
//! Nothing in it needs a script, so it is the same on paper. Its looks are in `book/theme/timeline.css`.

mod drawing;

use std::fmt::Write;

use lesson_data::{lanes::Lane, recording::Recording, units::seconds};

use crate::html::escape;

/// An HTML figure that shows who ran on which thread and when. It has no empty line, which would end the HTML inside
/// Markdown.
#[must_use]
pub fn render(recording: &Recording) -> String {
    let lanes = recording.lanes();
    format!(
        "<figure class=\"timeline\">\n\
         <figcaption><strong>{variant}</strong> on {runtime}: who ran on which thread, over {elapsed}\n\
         {legend}\
         </figcaption>\n\
         {drawing}\
         <details>\n<summary>What ran how often, in words</summary>\n\
         {words}\
         </details>\n\
         </figure>\n",
        variant = escape(&recording.variant),
        runtime = escape(&recording.runtime.to_string()),
        elapsed = seconds(recording.measured.elapsed),
        legend = legend(&lanes, recording.measured.elapsed),
        drawing = drawing::svg(recording, &lanes),
        words = words(&lanes),
    )
}

/// The drawing alone, as an SVG file that needs no page around it: light, and as wide as a README.
#[must_use]
pub fn picture(recording: &Recording) -> String {
    const LOOKS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/theme/timeline.css"));
    const WIDTH: u32 = 760;
    const MARGIN: u32 = 16;

    let lanes = recording.lanes();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\n\
         <style>\n{LOOKS}svg {{ --bg: #fff; color: #1f2328; font-family: sans-serif; }}\n</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#fff\"/>\n\
         <g class=\"timeline\">\n<svg x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{WIDTH}\" overflow=\"visible\">\n{drawing}</svg>\n</g>\n</svg>\n",
        width = WIDTH + 2 * MARGIN,
        height = drawing::height(&lanes) + 2 * MARGIN,
        drawing = drawing::svg(recording, &lanes),
    )
}

/// A key for each kind of mark that the drawing has, drawn as there.
fn legend(lanes: &[Lane], end: u64) -> String {
    let marks: Vec<_> = lanes.iter().flat_map(|lane| &lane.rows).map(|row| drawing::marks(row, end)).collect();
    let keys = [
        (marks.iter().any(|marks| !marks.bars.is_empty()), drawing::KEY_INSIDE, "inside the function"),
        (marks.iter().any(|marks| !marks.polls.is_empty()), drawing::KEY_POLL, "a poll"),
        (marks.iter().any(|marks| !marks.drops.is_empty()), drawing::KEY_DROP, "dropped"),
        (marks.iter().any(|marks| !marks.frames.is_empty()), drawing::KEY_FRAME, "a frame drawn"),
    ];
    let mut legend = String::from("<ul class=\"timeline-legend\">\n");
    for (_, key, meaning) in keys.iter().filter(|(occurs, ..)| *occurs) {
        let _ = writeln!(legend, "<li>{key} {meaning}</li>");
    }
    legend + "</ul>\n"
}

/// What ran how often on each lane.
fn words(lanes: &[Lane]) -> String {
    let mut words = String::from("<ul>\n");
    for lane in lanes {
        let _ = writeln!(words, "<li>{}\n<ul>", escape(&lane.name));
        for row in &lane.rows {
            let _ = writeln!(words, "<li><code>{}</code>: {}</li>", escape(&row.name), row.in_words());
        }
        words.push_str("</ul>\n</li>\n");
    }
    words + "</ul>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::bare as sample;
    use roxmltree::{Document, Node};

    /// What `look` finds in the figure, which is well-formed XML as well as HTML.
    fn seen<T>(recording: &Recording, look: impl Fn(&Document<'_>) -> T) -> T {
        let figure = render(recording);
        let document = Document::parse(&figure).unwrap_or_else(|error| panic!("{error}\n{figure}"));
        look(&document)
    }

    fn of_class<'a>(document: &'a Document<'_>, class: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
        document.descendants().filter(move |node| node.attribute("class") == Some(class))
    }

    /// How many marks there are in the drawing's groups of this class. The legend, which has the same, does not count.
    fn marks(recording: &Recording, class: &str) -> usize {
        let is_drawn = |group: &Node<'_, '_>| group.ancestors().any(|node| node.attribute("role") == Some("img"));
        seen(recording, |document| {
            of_class(document, class).filter(is_drawn).flat_map(|group| group.children()).count()
        })
    }

    fn texts(recording: &Recording, class: &str) -> Vec<String> {
        seen(recording, |document| {
            of_class(document, class).map(|node| node.text().unwrap_or_default().to_owned()).collect()
        })
    }

    #[test]
    fn a_lane_for_each_thread_and_a_row_for_each_function() {
        assert_eq!(texts(&sample(), "timeline-thread"), ["thread main", "thread worker", "thread worker 2"]);
        assert_eq!(texts(&sample(), "timeline-name"), ["slow", "spin", "frames", "spin"]);
    }

    #[test]
    fn every_entry_and_every_frame_is_drawn_as_what_it_was() {
        let recording = sample();
        assert_eq!(marks(&recording, "timeline-bars"), 1);
        assert_eq!(marks(&recording, "timeline-polls"), 2);
        assert_eq!(marks(&recording, "timeline-drops"), 1);
        assert_eq!(marks(&recording, "timeline-frames"), recording.frames.len());
    }

    #[test]
    fn the_drawing_says_what_it_is_and_the_words_say_the_rest() {
        let recording = sample();
        seen(&recording, |document| {
            let drawing = document.descendants().find(|node| node.attribute("role") == Some("img"));
            let drawing = drawing.expect("there is a drawing");
            let names: Vec<_> =
                drawing.children().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
            assert_eq!(names[..2], ["title", "desc"]);
        });
        let figure = render(&recording);
        for words in [
            "<code>slow</code>: called once, 500.00 ms in all",
            "<code>spin</code>: polled twice, 2.00 ms in all, 1.00 ms at most",
            "<code>frames</code>: 2 drawn",
            "<code>spin</code>: dropped at 0.60 s",
        ] {
            assert!(figure.contains(words), "{words}:\n{figure}");
        }
    }

    #[test]
    fn the_legend_has_what_the_drawing_has() {
        let mut recording = sample();
        let keys = |recording: &Recording| {
            seen(recording, |document| {
                document.descendants().filter(|node| node.attribute("aria-hidden").is_some()).count()
            })
        };
        assert_eq!(keys(&recording), 4);
        recording.entries.truncate(1);
        recording.frames.clear();
        assert_eq!(keys(&recording), 1);
    }

    #[test]
    fn frames_that_were_seen_only_in_the_output_have_a_lane() {
        let mut recording = sample();
        recording.frames.iter_mut().for_each(|frame| frame.thread = None);
        assert_eq!(texts(&recording, "timeline-thread").last().map(String::as_str), Some("output"));
        assert_eq!(marks(&recording, "timeline-frames"), recording.frames.len());
    }

    #[test]
    fn names_cannot_break_out() {
        let mut recording = sample();
        let name = "</text><script>alert(\"1\")</script> & 'more'";
        recording.variant = name.to_owned();
        recording.runtime.name = name.to_owned();
        recording.threads[0].name = name.to_owned();
        recording.spans[0].name = name.to_owned();
        seen(&recording, |document| {
            assert!(document.descendants().all(|node| !node.has_tag_name("script")));
            assert_eq!(of_class(document, "timeline-name").next().and_then(|node| node.text()), Some(name));
        });
    }

    #[test]
    fn a_run_that_recorded_nothing_and_one_that_never_ended_are_drawn() {
        let mut recording = sample();
        recording.entries[0].to = None;
        recording.measured.elapsed = 0;
        assert_eq!(marks(&recording, "timeline-bars"), 3, "against no time at all everything lasts");
        recording.threads.clear();
        recording.entries.clear();
        recording.frames.clear();
        assert_eq!(texts(&recording, "timeline-thread"), [""; 0]);
    }

    #[test]
    fn it_can_stand_in_markdown() {
        assert!(!render(&sample()).contains("\n\n"));
    }
}
