//! Turns a page as it is written into one that mdBook understands: shortcodes become what they stand for, and all that
//! breaks the book's rules is found.

use crate::{
    listing::Listing,
    plot::{self, Plot},
    problem::Problem,
    project::{PAGES, Project},
    prose::{self, Fault, NumberedList},
    recorded, rejected, results, scheduling,
    shortcode::{self, Found, Shortcode},
    source_time, spelling, timeline,
};
use anyhow::{Error, Result, ensure};
use std::{cmp::Reverse, collections::BTreeSet, ops::Range, path::Path};

/// The page with its shortcodes replaced, and what is wrong with it. A shortcode that stands for nothing stays, as code.
pub fn expand(project: &Project, path: &Path, text: &str) -> (String, Vec<Problem>) {
    let shortcodes = shortcode::find(text, &prose::code(text));
    let plain = without_shortcodes(text, &shortcodes);
    let lists = prose::numbered_lists(&plain);
    let mut faults: Vec<Fault> = prose::fences(&plain);
    faults.extend(prose::numbers(&plain));
    faults.extend(spelling::mistakes(&plain));

    // GitHub shows a folder's README.md, so that is what pages are called and what links say.
    let mut edits: Vec<(Range<usize>, String)> =
        prose::readmes(&plain).into_iter().map(|range| (range, "index.md".to_owned())).collect();
    for Found { range, shortcode } in &shortcodes {
        let written = &text[range.clone()];
        let result = shortcode.as_ref().map_err(|why| Error::msg(why.to_string())).and_then(|shortcode| {
            let is_alone = shortcode.kind.is_inline || stands_alone(text, range);
            ensure!(is_alone, "`{written}` shares its line; give it a line of its own");
            replace(project, shortcode)
        });
        let (replacement, listings) = result.unwrap_or_else(|why| {
            faults.push((range.start, format!("{why:#}")));
            (unexpanded(written), Vec::new())
        });
        if let Some(notes) = notes_after(&plain, range.end, &lists) {
            faults.extend(mismatches(&listings, notes, range.start));
        }
        edits.push((range.clone(), replacement));
    }
    let mut expanded = text.to_owned();
    // From the end, so that what is still to be edited stays where it is.
    edits.sort_by_key(|(range, _)| Reverse(range.start));
    for (range, edit) in edits {
        expanded.replace_range(range, &edit);
    }

    let file = format!("{PAGES}/{}", path.display()).replace('\\', "/");
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let problems = faults.into_iter().map(|(at, what)| Problem { file: file.clone(), line: line(at), what });
    (expanded, problems.collect())
}

/// What comes in a shortcode's place, and the listings in it, whose markers the notes below must match.
fn replace(project: &Project, shortcode: &Shortcode) -> Result<(String, Vec<Listing>)> {
    let all = &shortcode.words;
    let words: Vec<_> = all.iter().map(String::as_str).collect();
    let load = |lesson: &str, variant: &str| recorded::load(project, lesson, variant);
    let mut listings = Vec::new();
    let text = match (shortcode.kind.name, &words[..]) {
        ("listing", [reference]) => {
            listings.push(Listing::load(project, reference)?);
            Ok(listings[0].html())
        }
        ("pair", [python, rust]) => {
            listings = vec![Listing::load(project, python)?, Listing::load(project, rust)?];
            Ok(format!("<div class=\"pair\">\n\n{}\n\n{}\n\n</div>", listings[0].html(), listings[1].html()))
        }
        ("rejected", [path]) => {
            listings.push(Listing::load(project, path)?);
            rejected::html(project, path, &listings[0])
        }
        ("source", [path, text]) => source_time::read(project, path, text),
        ("timeline", [lesson, variant]) => Ok(timeline::render(&load(lesson, variant)?)),
        ("transcript", [lesson, variant]) => recorded::transcript(project, lesson, variant),
        ("figures", [lesson, ..]) => recorded::figures(project, lesson, &all[1..]),
        ("measured", [lesson, variant, figure]) => recorded::figure(project, lesson, variant, figure),
        ("results", [lesson, variant]) => results::table(&load(lesson, variant)?),
        ("result", [lesson, variant, row, column]) => results::value(&load(lesson, variant)?, row, column),
        ("column", [lesson, column, _, ..]) => recorded::column(project, lesson, column, &all[2..]),
        ("plot", [lesson, variant, column, across, scales @ ..]) => {
            let plot = Plot::new(column, across, scales).ok_or_else(|| shortcode.misunderstood())?;
            plot::render(&load(lesson, variant)?, &plot)
        }
        ("scheduling", [lesson, variant, count]) => {
            let count = count.parse().map_err(|_| shortcode.misunderstood())?;
            scheduling::steps(&load(lesson, variant)?, count)
        }
        _ => return Err(shortcode.misunderstood()),
    };
    // A number must not part from its unit at the end of a line, and Markdown goes on after an empty one.
    let text = if shortcode.kind.is_inline { text?.replace(' ', "\u{a0}") } else { format!("\n{}\n", text?) };
    Ok((text, listings))
}

/// The shortcode as it is written. To Markdown, which reads on in HTML within a line, no sign in it means anything.
fn unexpanded(shortcode: &str) -> String {
    let code = |c: char| if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.to_string() };
    format!("<code class=\"unexpanded\">{}</code>", shortcode.chars().map(code).collect::<String>())
}

/// The page with letters or empty lines in place of the shortcodes, at the same bytes, to be read as Markdown.
fn without_shortcodes(text: &str, shortcodes: &[Found]) -> String {
    let mut plain = text.to_owned();
    for Found { range, shortcode } in shortcodes {
        let is_inline = shortcode.as_ref().is_ok_and(|shortcode| shortcode.kind.is_inline);
        // Spaces would turn a paragraph that begins with one into indented code.
        let filler = if is_inline { "x" } else { " " };
        plain.replace_range(range.clone(), &filler.repeat(range.len()));
    }
    plain
}

/// Whether nothing else stands on its line, not even white space before it, which would make it part of a list's item.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].rsplit('\n').next().unwrap_or("");
    let after = text[range.end..].split('\n').next().unwrap_or("");
    before.is_empty() && after.trim().is_empty()
}

/// The numbered list that comes next, with nothing between.
fn notes_after<'a>(plain: &str, end: usize, lists: &'a [NumberedList]) -> Option<&'a NumberedList> {
    lists.iter().find(|list| list.range.start >= end && plain[end..list.range.start].trim().is_empty())
}

/// Every note without a marker, and every marker without a note.
fn mismatches(listings: &[Listing], notes: &NumberedList, at: usize) -> Vec<Fault> {
    let markers: BTreeSet<u64> = listings.iter().flat_map(Listing::markers).collect();
    let paths = listings.iter().map(|listing| format!("`{}`", listing.path())).collect::<Vec<_>>().join(" and ");
    if listings.is_empty() {
        return Vec::new();
    }
    let without_marker = notes.items.iter().filter(|(number, _)| !markers.contains(number)).map(|&(number, at)| {
        (at, format!("note {number} has no marker; begin a comment in {paths} with `({number})`, or take the note out"))
    });
    let without_note = markers
        .iter()
        .filter(|&marker| notes.items.iter().all(|(number, _)| number != marker))
        .map(|marker| (at, format!("marker ({marker}) in {paths} has no note; add one to the list below the listing")));
    without_marker.chain(without_note).collect()
}
