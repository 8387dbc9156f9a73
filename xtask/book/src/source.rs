//! Takes a part out of a source file as a reader should see it: one item, dedented, without what only tests need.

use anyhow::{Context, Result, bail, ensure};
use regex::{Captures, Regex};
use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::LazyLock};

/// A comment that begins with markers, as in `// (1)` or `# (1), (2)`. A number further in is a reference, and a comment in
/// a comment, such as `/// (1)`, has none.
static MARKERS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|\s)(?://|#) (?:\(\d{1,9}\)[ ,]*)+").expect("this is a pattern"));

static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\((\d+)\)").expect("this is a pattern"));

/// The whole file, without the lines that mark anchors and without the tests' module at its end.
pub fn whole(text: &str) -> Result<String> {
    anchors(text)?;
    Ok(tidy(text.lines()))
}

/// What stands between `ANCHOR: name` and `ANCHOR_END: name`.
pub fn item(text: &str, name: &str) -> Result<String> {
    let anchors = anchors(text)?;
    let Some((_, lines)) = anchors.iter().find(|(other, _)| *other == name) else {
        let names: Vec<_> = anchors.iter().map(|&(name, _)| name).collect();
        if names.is_empty() {
            bail!("has no anchor `{name}`; put `ANCHOR: {name}` and `ANCHOR_END: {name}` in comments around the item");
        }
        bail!("has no anchor `{name}`; it has {}", names.join(", "));
    };
    let item = tidy(text.lines().take(lines.end).skip(lines.start));
    ensure!(!item.is_empty(), "has nothing in its anchor `{name}`; put its marks around an item");
    Ok(item)
}

/// The numbers of the markers in this text.
pub fn markers(text: &str) -> BTreeSet<u64> {
    let comments = text.lines().filter_map(|line| MARKERS.find(line));
    let numbers = comments.flat_map(|comment| MARKER.captures_iter(comment.as_str()));
    numbers.filter_map(|number| number[1].parse().ok()).collect()
}

/// This line of HTML with an element around each marker.
pub fn with_marked_markers(line: &str) -> Cow<'_, str> {
    MARKERS.replace(line, |comment: &Captures<'_>| {
        MARKER.replace_all(&comment[0], "<span class=\"marker\">$0</span>").into_owned()
    })
}

/// The word and the name in this line, if it is one of an anchor's two marks: it holds nothing but a comment.
fn mark(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let comment = line.strip_prefix("//").or_else(|| line.strip_prefix('#'))?;
    let (word, name) = comment.trim_start().split_once(':')?;
    ["ANCHOR", "ANCHOR_END"].contains(&word).then_some((word, name.trim()))
}

/// Every anchor of the file, with the lines between its two marks, counted from 0.
fn anchors(text: &str) -> Result<Vec<(&str, Range<usize>)>> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut anchors: Vec<(&str, Range<usize>)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((word, name)) = mark(line) else { continue };
        let number = index + 1;
        ensure!(!name.is_empty(), "has an anchor without a name in line {number}; give it one");
        let place = open.iter().position(|&(other, _)| other == name);
        if word == "ANCHOR" {
            let is_new = place.is_none() && anchors.iter().all(|(other, _)| *other != name);
            ensure!(is_new, "has the anchor `{name}` twice, again in line {number}; rename one of the two");
            open.push((name, number));
        } else {
            let (name, first) = open.remove(place.with_context(|| {
                format!("has an `ANCHOR_END: {name}` in line {number} that ends nothing; put `ANCHOR: {name}` above it")
            })?);
            anchors.push((name, first..index));
        }
    }
    if let Some((name, number)) = open.first() {
        bail!("has an anchor `{name}` in line {number} that is never closed; put `ANCHOR_END: {name}` after the item");
    }
    Ok(anchors)
}

/// Dedents the lines, and leaves out marks, empty lines at both ends and the tests' module.
fn tidy<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<_> = lines.filter(|line| mark(line).is_none()).map(str::trim_end).collect();
    let text = lines.join("\n");
    let mut text = text.trim_matches('\n');
    if let Some((before, module)) = text.rsplit_once("#[cfg(test)]\nmod ")
        && module.find(';') == Some(module.len() - 1)
    {
        // The module's file is not shown, and a reader who wonders about the tests finds them next to this file.
        text = before.trim_end();
    }
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let depth = text.lines().filter(|line| !line.is_empty()).map(depth).min().unwrap_or(0);
    text.lines().map(|line| line.get(depth..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Shows.\n\nmod inner {\n    // ANCHOR: outer\n    fn one() {\n        two();\n    }\n\n    \
                        // ANCHOR: nested\n    fn two() {}\n    // ANCHOR_END: nested\n    // ANCHOR_END: outer\n}\n";

    #[test]
    fn an_item_is_dedented_and_has_no_marks() {
        assert_eq!(item(FILE, "nested").ok().as_deref(), Some("fn two() {}"));
        assert_eq!(item(FILE, "outer").ok().as_deref(), Some("fn one() {\n    two();\n}\n\nfn two() {}"));
    }

    #[test]
    fn a_whole_file_has_no_marks() {
        let text = whole(FILE).expect("the anchors are sound");
        assert!(!text.contains("ANCHOR"), "{text}");
        assert!(text.starts_with("//! Shows.\n\nmod inner {\n    fn one"), "{text}");
    }

    #[test]
    fn anchors_in_python() {
        let text = "# ANCHOR: spin\nasync def spin():\n    pass\n# ANCHOR_END: spin\n";
        assert_eq!(item(text, "spin").ok().as_deref(), Some("async def spin():\n    pass"));
    }

    #[test]
    fn broken_anchors_are_named_with_their_lines() {
        for (text, expected) in [
            ("fn a() {}\n", "has no anchor `a`; put `ANCHOR: a` and"),
            ("// ANCHOR: b\nb\n// ANCHOR_END: b\n", "has no anchor `a`; it has b"),
            ("// ANCHOR: a\n\n// ANCHOR_END: a\n", "has nothing in its anchor `a`"),
            ("// ANCHOR: a\nfn a() {}\n", "has an anchor `a` in line 1 that is never closed"),
            ("a\n// ANCHOR_END: a\n", "has an `ANCHOR_END: a` in line 2 that ends nothing"),
            ("// ANCHOR: a\n// ANCHOR: a\n", "has the anchor `a` twice, again in line 2"),
            ("// ANCHOR: a\na\n// ANCHOR_END: a\n// ANCHOR: a\n", "has the anchor `a` twice, again in line 4"),
            ("# ANCHOR:\n", "has an anchor without a name in line 1"),
        ] {
            let why = item(text, "a").expect_err(text).to_string();
            assert!(why.starts_with(expected), "{why}");
        }
    }

    #[test]
    fn the_tests_module_is_left_out() {
        assert_eq!(whole("fn a() {}\n\n#[cfg(test)]\nmod tests;\n").ok().as_deref(), Some("fn a() {}"));
        let elsewhere = "#[cfg(test)]\nmod tests;\n\nfn a() {}";
        assert_eq!(whole(elsewhere).ok().as_deref(), Some(elsewhere));
        let modules = "mod a;\nmod b;";
        assert_eq!(whole(modules).ok().as_deref(), Some(modules));
    }

    #[test]
    fn markers_start_a_comment() {
        for (line, number) in [
            ("x(); // (1)", &[1][..]),
            ("    // (12) Why.", &[12]),
            ("await x()  # (3) Why, see (4).", &[3]),
            ("x(); // (1) (2) Both.", &[1, 2]),
            ("x(); // (1), (2), and not (3).", &[1, 2]),
            ("// See (1).", &[]),
            ("/// (1) in documentation", &[]),
            ("//! (1) in documentation", &[]),
            ("x(); // (one)", &[]),
            ("x(); // ()", &[]),
            ("x(); // (1", &[]),
            ("call (1)", &[]),
        ] {
            assert_eq!(markers(line), number.iter().copied().collect(), "{line}");
        }
        assert_eq!(markers("a // (2)\nb // (1)\nc // (2)\n"), BTreeSet::from([1, 2]));
    }
}
