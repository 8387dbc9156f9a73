//! Turns a page as it is written into one that mdBook understands: shortcodes become what they stand for, and all that
//! breaks the book's rules is found.

use crate::{
    listing::Listing,
    problem::Problem,
    project::{PAGES, Project},
    prose::{self, Fault, NumberedList},
    recorded,
    rejected::Rejected,
    shortcode::{self, Found, Shortcode},
    source_time, spelling,
};
use std::{cmp::Reverse, collections::BTreeSet, ops::Range, path::Path};

/// The page with its shortcodes replaced, and what is wrong with it. A shortcode that stands for nothing stays, as code.
#[must_use]
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
        let result = shortcode.as_ref().map_err(Clone::clone).and_then(|shortcode| {
            if !shortcode.is_inline() && !stands_alone(text, range) {
                return Err(format!("`{}` shares its line; give it a line of its own", &text[range.clone()]));
            }
            replace(project, shortcode)
        });
        let replacement = result.unwrap_or_else(|why| {
            faults.push((range.start, why));
            Replacement { text: unexpanded(&text[range.clone()]), listings: Vec::new() }
        });
        if let Some(notes) = notes_after(&plain, range.end, &lists) {
            faults.extend(mismatches(&replacement.listings, notes, range.start));
        }
        edits.push((range.clone(), replacement.text));
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

/// What comes in a shortcode's place.
struct Replacement {
    text: String,
    /// The listings in it, whose markers the notes below must match.
    listings: Vec<Listing>,
}

fn replace(project: &Project, shortcode: &Shortcode) -> Result<Replacement, String> {
    let plain = |text: String| Ok(Replacement { text, listings: Vec::new() });
    match shortcode {
        Shortcode::Listing(reference) => {
            let listing = Listing::load(project, reference)?;
            Ok(Replacement { text: block(&listing.html()), listings: vec![listing] })
        }
        Shortcode::Pair(python, rust) => {
            let (python, rust) = (Listing::load(project, python)?, Listing::load(project, rust)?);
            let text = format!("<div class=\"pair\">\n\n{}\n\n{}\n\n</div>", python.html(), rust.html());
            Ok(Replacement { text: block(&text), listings: vec![python, rust] })
        }
        Shortcode::Timeline(lesson, variant) => plain(block(&recorded::timeline(project, lesson, variant)?)),
        Shortcode::Transcript(lesson, variant) => plain(block(&recorded::transcript(project, lesson, variant)?)),
        Shortcode::Figures(lesson, variants) => plain(block(&recorded::figures(project, lesson, variants)?)),
        Shortcode::Measured(lesson, variant, figure) => {
            plain(unbroken(&recorded::figure(project, lesson, variant, figure)?))
        }
        Shortcode::Results(lesson, variant) => plain(block(&recorded::results(project, lesson, variant)?)),
        Shortcode::Result(lesson, variant, row, column) => {
            plain(unbroken(&recorded::result(project, lesson, variant, row, column)?))
        }
        Shortcode::Plot(lesson, variant, what) => plain(block(&recorded::plot(project, lesson, variant, what)?)),
        Shortcode::Column(lesson, column, variants) => {
            plain(block(&recorded::column(project, lesson, column, variants)?))
        }
        Shortcode::Scheduling(lesson, variant, count) => {
            plain(block(&recorded::scheduling(project, lesson, variant, *count)?))
        }
        Shortcode::Rejected(path) => {
            let rejected = Rejected::load(project, path)?;
            Ok(Replacement { text: block(&rejected.html()), listings: vec![rejected.into_listing()] })
        }
        Shortcode::Source(path, text) => plain(unbroken(&source_time::read(project, path, text)?)),
    }
}

/// Empty lines around it, so that Markdown goes on after it.
fn block(html: &str) -> String {
    format!("\n{html}\n")
}

/// The shortcode as it is written. To Markdown, which reads on in HTML within a line, no sign in it means anything.
fn unexpanded(shortcode: &str) -> String {
    let code = |c: char| if c.is_ascii_punctuation() { format!("&#{};", u32::from(c)) } else { c.to_string() };
    format!("<code class=\"unexpanded\">{}</code>", shortcode.chars().map(code).collect::<String>())
}

/// A number must not part from its unit at the end of a line.
fn unbroken(figure: &str) -> String {
    figure.replace(' ', "\u{a0}")
}

/// The page with letters or empty lines in place of the shortcodes, at the same bytes, to be read as Markdown.
fn without_shortcodes(text: &str, shortcodes: &[Found]) -> String {
    let mut plain = text.to_owned();
    for Found { range, shortcode } in shortcodes {
        let is_inline = shortcode.as_ref().is_ok_and(Shortcode::is_inline);
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
