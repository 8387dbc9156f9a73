//! The shortcodes of a page, `{{#name words}}`: which there are, where they stand, and how their words are told apart.
//! What they stand for is in [`page`](crate::page).

use anyhow::{Error, Result, anyhow};
use std::ops::Range;

/// A kind of shortcode.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    /// How it is written, for the sentence that corrects a wrong one.
    usage: &'static str,
    /// Whether it stands in a sentence, and not on a line of its own.
    pub is_inline: bool,
}

const KINDS: &[Kind] = &[
    // A source and its notes; and two of them side by side.
    block("listing", "{{#listing PATH}} or {{#listing PATH#item}}"),
    block("pair", "{{#pair PYTHON RUST}}"),
    // The lanes of a recording, and what the terminal showed at the end.
    block("timeline", "{{#timeline LESSON VARIANT}}"),
    block("transcript", "{{#transcript LESSON VARIANT}}"),
    // The table of what a tour measured, or of these variants; and one of these figures.
    block("figures", "{{#figures LESSON}} or {{#figures LESSON VARIANT ...}}"),
    inline("measured", "{{#measured LESSON VARIANT FIGURE}}"),
    // The table of what a variant measured itself; one of these figures; a column of several such tables; and a column of
    // one as lines. VARIANT/NAME is one of several runs that were kept.
    block("results", "{{#results LESSON VARIANT}}"),
    inline("result", "{{#result LESSON VARIANT \"ROW\" \"COLUMN\"}}"),
    block("column", "{{#column LESSON \"COLUMN\" VARIANT ...}}"),
    block(
        "plot",
        "{{#plot LESSON VARIANT \"COLUMN\" \"ACROSS\"}} or {{#plot LESSON VARIANT \"COLUMN\" \"ACROSS\" log-x log-y}}",
    ),
    // The first steps of our own event loop.
    block("scheduling", "{{#scheduling LESSON VARIANT COUNT}}"),
    // A program that does not compile, and what the compiler says.
    block("rejected", "{{#rejected PATH}}"),
    // A time that stands in a source.
    inline("source", "{{#source PATH \"TEXT\"}}"),
];

const fn block(name: &'static str, usage: &'static str) -> Kind {
    Kind { name, usage, is_inline: false }
}

const fn inline(name: &'static str, usage: &'static str) -> Kind {
    Kind { name, usage, is_inline: true }
}

/// A shortcode, and where it stands in the page.
#[derive(Debug)]
pub struct Found {
    /// From its first brace to its last.
    pub range: Range<usize>,
    /// What it is, or why that is not known.
    pub shortcode: Result<Shortcode>,
}

/// What a shortcode asks for.
#[derive(Debug)]
pub struct Shortcode {
    pub kind: &'static Kind,
    pub words: Vec<String>,
    /// What stands between the braces.
    inside: String,
}

/// Every shortcode of the page, apart from those that stand in `code`.
pub fn find(page: &str, code: &[Range<usize>]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (start, opening) in page.match_indices("{{#") {
        if code.iter().any(|range| range.contains(&start)) || found.iter().any(|other| other.range.contains(&start)) {
            continue;
        }
        let line = page[start..].lines().next().unwrap_or_default();
        let (length, shortcode) = match line.find("}}") {
            Some(length) => (length + 2, parse(line[opening.len()..length].trim())),
            None => (line.len(), Err(anyhow!("the shortcode is never closed; close it with `}}}}` on the same line"))),
        };
        found.push(Found { range: start..start + length, shortcode });
    }
    found
}

impl Shortcode {
    /// The sentence that says how it is written.
    pub fn misunderstood(&self) -> Error {
        anyhow!("`{{{{#{}}}}}` is not understood; write `{}`", self.inside, self.kind.usage)
    }
}

/// Reads what stands between the braces.
fn parse(inside: &str) -> Result<Shortcode> {
    let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let kind = KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
        if ["include", "rustdoc_include", "playground"].contains(&name) {
            return anyhow!("`{{{{#{name}}}}}` includes what nothing checks; write `{{{{#listing PATH}}}}` instead");
        }
        let names: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
        anyhow!("there is no shortcode `{name}`; there is {}", names.join(", "))
    })?;
    let mut shortcode = Shortcode { kind, words: Vec::new(), inside: inside.to_owned() };
    shortcode.words = words(rest).ok_or_else(|| shortcode.misunderstood())?;
    Ok(shortcode)
}

/// The words of `text`. One in quotes may hold spaces, and quotes that no space follows. `None` if a quote is not closed.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\" ").or_else(|| Some((quoted.strip_suffix('"')?, "")))?,
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
    fn words_are_told_apart() {
        for (inside, expected) in [
            ("listing lessons/a.rs#item", &["lessons/a.rs#item"][..]),
            ("pair a.py  b.rs", &["a.py", "b.rs"]),
            (
                "result lesson-02 blocking \"in a task, 1 worker\" frames",
                &["lesson-02", "blocking", "in a task, 1 worker", "frames"],
            ),
            ("source a.rs \"say(\"a b\")\"", &["a.rs", "say(\"a b\")"]),
            ("source a.rs \"from_secs(3) + x\"", &["a.rs", "from_secs(3) + x"]),
        ] {
            assert_eq!(parse(inside).expect("it is closed").words, expected);
        }
        let why = parse("result a b \"c d").expect_err("it is not closed").to_string();
        assert!(why.starts_with("`{{#result a b \"c d}}` is not understood; write `{{#result LESSON VARIANT \"ROW\" "));
    }

    #[test]
    fn they_are_found_outside_code_and_with_their_ends() {
        let page = "a {{#figures b}} c `{{#figures d}}`\n{{#figures e\n";
        let code = 19..35;
        assert_eq!(&page[code.clone()], "`{{#figures d}}`");
        let found = find(page, std::slice::from_ref(&code));
        let texts: Vec<_> = found.iter().map(|found| &page[found.range.clone()]).collect();
        assert_eq!(texts, ["{{#figures b}}", "{{#figures e"]);
    }
}
