//! The shortcodes of a page, `{{#name words}}`: which there are, and what their words mean.

use std::ops::Range;

use crate::plot::{Plot, Scale};

/// What a shortcode asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Shortcode {
    /// `{{#listing PATH}}` or `{{#listing PATH#item}}`: a source and its notes.
    Listing(String),
    /// `{{#pair PYTHON RUST}}`: two listings side by side.
    Pair(String, String),
    /// `{{#timeline LESSON VARIANT}}`: the lanes of a recording.
    Timeline(String, String),
    /// `{{#transcript LESSON VARIANT}}`: what the terminal showed at the end.
    Transcript(String, String),
    /// `{{#figures LESSON}}`: the table of what a tour measured, or with names of variants after it, of these.
    Figures(String, Vec<String>),
    /// `{{#measured LESSON VARIANT FIGURE}}`: one of these figures, in a sentence.
    Measured(String, String, String),
    /// `{{#results LESSON VARIANT}}`: the table of what a variant measured.
    Results(String, String),
    /// `{{#result LESSON VARIANT ROW COLUMN}}`: one of these figures, in a sentence.
    Result(String, String, String, String),
    /// `{{#plot LESSON VARIANT COLUMN "ACROSS"}}`: a column of this table as lines; with `log-x` or `log-y` after it, on
    /// logarithmic axes.
    Plot(String, String, Plot),
    /// `{{#column LESSON COLUMN VARIANT ...}}`: one column of the tables of these variants, side by side.
    Column(String, String, Vec<String>),
    /// `{{#scheduling LESSON VARIANT COUNT}}`: the first steps of our own event loop.
    Scheduling(String, String, usize),
    /// `{{#rejected PATH}}`: a program that does not compile, and what the compiler says.
    Rejected(String),
    /// `{{#source PATH "TEXT"}}`: a time that stands in a source, in a sentence.
    Source(String, String),
}

/// A shortcode, and where it stands in the page.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// From its first brace to its last.
    pub range: Range<usize>,
    /// What it asks for, or why that is not known.
    pub shortcode: Result<Shortcode, String>,
}

/// Every shortcode of the page, apart from those that stand in `code`.
#[must_use]
pub fn find(page: &str, code: &[Range<usize>]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (start, opening) in page.match_indices("{{#") {
        if code.iter().any(|range| range.contains(&start)) || found.iter().any(|other| other.range.contains(&start)) {
            continue;
        }
        let line_end = page[start..].find('\n').map_or(page.len(), |length| start + length);
        let line = &page[start..line_end];
        found.push(if let Some(length) = line.find("}}") {
            let shortcode = parse(&line[opening.len()..length]);
            Found { range: start..start + length + 2, shortcode }
        } else {
            let why = "the shortcode is never closed; close it with `}}` on the same line".to_owned();
            Found { range: start..line_end, shortcode: Err(why) }
        });
    }
    found
}

impl Shortcode {
    /// Whether it stands in a sentence, and not on a line of its own.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        matches!(self, Shortcode::Measured(..) | Shortcode::Result(..) | Shortcode::Source(..))
    }
}

/// Each name with how it is written, for the sentence that corrects a wrong one.
const USAGE: &[(&str, &str)] = &[
    ("listing", "{{#listing PATH}} or {{#listing PATH#item}}"),
    ("pair", "{{#pair PYTHON RUST}}"),
    ("timeline", "{{#timeline LESSON VARIANT}}"),
    ("transcript", "{{#transcript LESSON VARIANT}}"),
    ("figures", "{{#figures LESSON}} or {{#figures LESSON VARIANT ...}}"),
    ("measured", "{{#measured LESSON VARIANT FIGURE}}"),
    ("results", "{{#results LESSON VARIANT}}"),
    ("result", "{{#result LESSON VARIANT \"ROW\" \"COLUMN\"}}"),
    (
        "plot",
        "{{#plot LESSON VARIANT \"COLUMN\" \"ACROSS\"}} or {{#plot LESSON VARIANT \"COLUMN\" \"ACROSS\" log-x log-y}}",
    ),
    ("column", "{{#column LESSON \"COLUMN\" VARIANT ...}}"),
    ("scheduling", "{{#scheduling LESSON VARIANT COUNT}}"),
    ("rejected", "{{#rejected PATH}}"),
    ("source", "{{#source PATH \"TEXT\"}}"),
];

/// Reads what stands between the braces.
fn parse(inside: &str) -> Result<Shortcode, String> {
    let (name, rest) = inside.trim().split_once(char::is_whitespace).unwrap_or((inside.trim(), ""));
    let Some((_, usage)) = USAGE.iter().find(|&&(known, _)| known == name) else {
        if ["include", "rustdoc_include", "playground"].contains(&name) {
            return Err(format!(
                "`{{{{#{name}}}}}` includes what nothing checks; write `{{{{#listing PATH}}}}` instead"
            ));
        }
        let names: Vec<_> = USAGE.iter().map(|&(name, _)| name).collect();
        return Err(format!("there is no shortcode `{name}`; there is {}", names.join(", ")));
    };
    let wrong = || format!("`{{{{#{}}}}}` is not understood; write `{usage}`", inside.trim());
    let mut words = words(rest).ok_or_else(wrong)?.into_iter();
    let mut next = || words.next().ok_or_else(wrong);
    let shortcode = match name {
        "listing" => Shortcode::Listing(next()?),
        "pair" => Shortcode::Pair(next()?, next()?),
        "timeline" => Shortcode::Timeline(next()?, next()?),
        "transcript" => Shortcode::Transcript(next()?, next()?),
        "figures" => return Ok(Shortcode::Figures(next()?, words.collect())),
        "measured" => Shortcode::Measured(next()?, next()?, next()?),
        "results" => Shortcode::Results(next()?, next()?),
        "result" => Shortcode::Result(next()?, next()?, next()?, next()?),
        "plot" => {
            let (lesson, variant, column, across) = (next()?, next()?, next()?, next()?);
            let scales: Vec<_> = words.collect();
            let is_known = |(index, word): (usize, &String)| {
                ["log-x", "log-y"].contains(&word.as_str()) && !scales[..index].contains(word)
            };
            if !scales.iter().enumerate().all(is_known) {
                return Err(wrong());
            }
            let scale =
                |word: &str| if scales.iter().any(|scale| scale == word) { Scale::Logarithmic } else { Scale::Linear };
            let plot = Plot { column, across, x: scale("log-x"), y: scale("log-y") };
            return Ok(Shortcode::Plot(lesson, variant, plot));
        }
        "column" => {
            let (lesson, column, first) = (next()?, next()?, next()?);
            return Ok(Shortcode::Column(lesson, column, std::iter::once(first).chain(words).collect()));
        }
        "scheduling" => {
            let (lesson, variant) = (next()?, next()?);
            Shortcode::Scheduling(lesson, variant, next()?.parse().map_err(|_| wrong())?)
        }
        "rejected" => Shortcode::Rejected(next()?),
        // Its second word is quoted and may hold quotes itself.
        _ => {
            let (path, text) = rest.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
            let text = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(wrong)?;
            return Ok(Shortcode::Source(path.to_owned(), text.to_owned()));
        }
    };
    if words.next().is_some() { Err(wrong()) } else { Ok(shortcode) }
}

/// The words of `text`. One in quotes may hold spaces. `None` if a quote is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood() {
        let text = |word: &str| word.to_owned();
        for (inside, expected) in [
            ("listing lessons/a.rs#item", Shortcode::Listing(text("lessons/a.rs#item"))),
            (" pair a.py  b.rs ", Shortcode::Pair(text("a.py"), text("b.rs"))),
            (
                "measured lesson-01 tokio elapsed",
                Shortcode::Measured(text("lesson-01"), text("tokio"), text("elapsed")),
            ),
            (
                "result lesson-02 blocking \"in a task, 1 worker\" frames",
                Shortcode::Result(text("lesson-02"), text("blocking"), text("in a task, 1 worker"), text("frames")),
            ),
            (
                "plot lesson-03 sweep \"peak memory\" \"requests at once\" log-x",
                Shortcode::Plot(
                    text("lesson-03"),
                    text("sweep"),
                    Plot {
                        column: text("peak memory"),
                        across: text("requests at once"),
                        x: Scale::Logarithmic,
                        y: Scale::Linear,
                    },
                ),
            ),
            (
                "column loop ratio a/1 a/2",
                Shortcode::Column(text("loop"), text("ratio"), vec![text("a/1"), text("a/2")]),
            ),
            ("source a.rs \"say(\"a b\")\"", Shortcode::Source(text("a.rs"), text("say(\"a b\")"))),
            ("source a.rs \"from_secs(3) + x\"", Shortcode::Source(text("a.rs"), text("from_secs(3) + x"))),
        ] {
            assert_eq!(parse(inside), Ok(expected));
        }
    }

    #[test]
    fn wrong_words_are_answered_with_the_right_ones() {
        for (inside, expected) in [
            ("lissting a", "there is no shortcode `lissting`; there is listing, pair, "),
            ("include a.rs", "`{{#include}}` includes what nothing checks; write `{{#listing PATH}}` instead"),
            ("listing", "`{{#listing}}` is not understood; write `{{#listing PATH}} or {{#listing PATH#item}}`"),
            ("listing a b", "`{{#listing a b}}` is not understood"),
            ("result a b \"c d", "`{{#result a b \"c d}}` is not understood; write `{{#result LESSON VARIANT \"ROW\" "),
            (
                "plot a b c",
                "`{{#plot a b c}}` is not understood; write `{{#plot LESSON VARIANT \"COLUMN\" \"ACROSS\"}} or",
            ),
            ("plot a b c d log-z", "`{{#plot a b c d log-z}}` is not understood"),
            ("plot a b c d log-x log-x", "`{{#plot a b c d log-x log-x}}` is not understood"),
            ("column a b", "`{{#column a b}}` is not understood; write `{{#column LESSON \"COLUMN\" VARIANT ...}}`"),
            ("source a b", "`{{#source a b}}` is not understood; write `{{#source PATH \"TEXT\"}}`"),
        ] {
            let why = parse(inside).expect_err(inside);
            assert!(why.starts_with(expected), "{why}");
        }
    }

    #[test]
    fn they_are_found_outside_code_and_with_their_ends() {
        let page = "a {{#figures b}} c `{{#figures d}}`\n{{#figures e\n";
        let code = 19..35;
        assert_eq!(&page[code.clone()], "`{{#figures d}}`");
        let found = find(page, std::slice::from_ref(&code));
        assert_eq!(found.len(), 2);
        assert_eq!(&page[found[0].range.clone()], "{{#figures b}}");
        assert_eq!(found[0].shortcode, Ok(Shortcode::Figures("b".into(), Vec::new())));
        assert!(found[1].shortcode.as_ref().is_err_and(|why| why.contains("never closed")));
    }
}
