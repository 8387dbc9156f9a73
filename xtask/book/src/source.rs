//! Takes a part out of a source file as a reader should see it: one item, dedented, without what only tests need.

use std::collections::BTreeSet;

/// The whole file, without the lines that mark anchors and without the tests' module at its end.
///
/// # Errors
///
/// If the file's anchors are broken.
pub fn whole(text: &str) -> Result<String, String> {
    anchors(text)?;
    Ok(tidy(text.lines().filter(|line| mark(line).is_none())))
}

/// What stands between `ANCHOR: name` and `ANCHOR_END: name`.
///
/// # Errors
///
/// If there is no such anchor, if nothing is in it, or if any of the file's anchors is broken.
pub fn item(text: &str, name: &str) -> Result<String, String> {
    let anchors = anchors(text)?;
    let Some(anchor) = anchors.iter().find(|anchor| anchor.name == name) else {
        let names: Vec<_> = anchors.iter().map(|anchor| anchor.name).collect();
        return Err(if names.is_empty() {
            format!("has no anchor `{name}`; put `ANCHOR: {name}` and `ANCHOR_END: {name}` in comments around the item")
        } else {
            format!("has no anchor `{name}`; it has {}", names.join(", "))
        });
    };
    let inside = text.lines().skip(anchor.first).take(anchor.last - anchor.first);
    let item = tidy(inside.filter(|line| mark(line).is_none()));
    if item.is_empty() {
        return Err(format!("has nothing in its anchor `{name}`; put its marks around an item"));
    }
    Ok(item)
}

/// The numbers of the markers `// (1)` and `# (1)`.
#[must_use]
pub fn markers(text: &str) -> BTreeSet<u64> {
    text.lines().flat_map(markers_of).map(|marker| marker.number).collect()
}

/// A marker, and where its `(1)` stands in the line.
#[derive(Debug, PartialEq, Eq)]
pub struct Marker {
    /// The number in it.
    pub number: u64,
    /// The byte of its opening bracket.
    pub from: usize,
    /// The byte after its closing bracket.
    pub to: usize,
}

/// The markers in this line. A comment begins with them, as in `// (1)` or `// (1), (2)`; a number further in is a
/// reference.
#[must_use]
pub fn markers_of(line: &str) -> Vec<Marker> {
    let mut markers = Vec::new();
    let first = ["// (", "# ("].iter().find_map(|opening| {
        let at = line.find(opening)?;
        // A marker stands after code or alone, so a comment in a comment, such as `/// (1)`, has none.
        let is_comment = line[..at].chars().next_back().is_none_or(char::is_whitespace);
        is_comment.then_some(marker_at(line, at + opening.len() - 1)?)
    });
    let mut next = first;
    while let Some(marker) = next {
        let rest = line[marker.to..].trim_start_matches([' ', ',']);
        next = marker_at(line, line.len() - rest.len());
        markers.push(marker);
    }
    markers
}

/// The marker whose opening bracket stands at this byte.
fn marker_at(line: &str, from: usize) -> Option<Marker> {
    let inside = line[from..].strip_prefix('(')?;
    let (number, _) = inside.split_once(')')?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let to = from + number.len() + 2;
    is_number.then_some(Marker { number: number.parse().ok()?, from, to })
}

/// The lines between an anchor's two marks, as a half-open range counted from 0.
struct Anchor<'a> {
    name: &'a str,
    first: usize,
    last: usize,
}

enum Mark<'a> {
    Start(&'a str),
    End(&'a str),
}

/// The mark in this line, which holds nothing but a comment.
fn mark(line: &str) -> Option<Mark<'_>> {
    let line = line.trim();
    let comment = line.strip_prefix("//").or_else(|| line.strip_prefix('#'))?.trim_start();
    if let Some(name) = comment.strip_prefix("ANCHOR_END:") {
        return Some(Mark::End(name.trim()));
    }
    comment.strip_prefix("ANCHOR:").map(|name| Mark::Start(name.trim()))
}

/// Every anchor of the file.
fn anchors(text: &str) -> Result<Vec<Anchor<'_>>, String> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut anchors: Vec<Anchor<'_>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        match mark(line) {
            Some(Mark::Start("") | Mark::End("")) => {
                return Err(format!("has an anchor without a name in line {number}; give it one"));
            }
            Some(Mark::Start(name)) => {
                let used = anchors.iter().map(|anchor| anchor.name).chain(open.iter().map(|&(name, _)| name));
                if used.into_iter().any(|other| other == name) {
                    return Err(format!(
                        "has the anchor `{name}` twice, again in line {number}; rename one of the two"
                    ));
                }
                open.push((name, number));
            }
            Some(Mark::End(name)) => {
                let Some(at) = open.iter().position(|&(other, _)| other == name) else {
                    return Err(format!(
                        "has an `ANCHOR_END: {name}` in line {number} that ends nothing; put `ANCHOR: {name}` above it"
                    ));
                };
                let (name, first) = open.remove(at);
                anchors.push(Anchor { name, first, last: index });
            }
            None => {}
        }
    }
    match open.first() {
        Some((name, number)) => Err(format!(
            "has an anchor `{name}` in line {number} that is never closed; put `ANCHOR_END: {name}` after the item"
        )),
        None => Ok(anchors),
    }
}

/// Dedents the lines, and leaves out empty ones at both ends and the tests' module.
fn tidy<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut lines: Vec<&str> = lines.map(str::trim_end).collect();
    drop_empty_end(&mut lines);
    if let [.., attribute, module] = lines[..] {
        // The module's file is not shown, and a reader who wonders about the tests finds them next to this file.
        if attribute.trim() == "#[cfg(test)]" && module.starts_with("mod ") && module.ends_with(';') {
            lines.truncate(lines.len() - 2);
            drop_empty_end(&mut lines);
        }
    }
    let empty_start = lines.iter().take_while(|line| line.is_empty()).count();
    let lines = &lines[empty_start..];
    let depth = lines.iter().filter(|line| !line.is_empty()).map(|line| indentation(line)).min().unwrap_or(0);
    lines.iter().map(|line| line.get(depth..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn drop_empty_end(lines: &mut Vec<&str>) {
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|&byte| byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Shows.\n\nmod inner {\n    // ANCHOR: outer\n    fn one() {\n        two();\n    }\n\n    \
                        // ANCHOR: nested\n    fn two() {}\n    // ANCHOR_END: nested\n    // ANCHOR_END: outer\n}\n";

    #[test]
    fn an_item_is_dedented_and_has_no_marks() {
        assert_eq!(item(FILE, "nested").as_deref(), Ok("fn two() {}"));
        assert_eq!(item(FILE, "outer").as_deref(), Ok("fn one() {\n    two();\n}\n\nfn two() {}"));
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
        assert_eq!(item(text, "spin").as_deref(), Ok("async def spin():\n    pass"));
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
            let why = item(text, "a").expect_err(text);
            assert!(why.starts_with(expected), "{why}");
        }
    }

    #[test]
    fn the_tests_module_is_left_out() {
        assert_eq!(whole("fn a() {}\n\n#[cfg(test)]\nmod tests;\n").as_deref(), Ok("fn a() {}"));
        let elsewhere = "#[cfg(test)]\nmod tests;\n\nfn a() {}";
        assert_eq!(whole(elsewhere).as_deref(), Ok(elsewhere));
        let modules = "mod a;\nmod b;";
        assert_eq!(whole(modules).as_deref(), Ok(modules));
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
            let found: Vec<_> = markers_of(line).iter().map(|marker| marker.number).collect();
            assert_eq!(found, number, "{line}");
        }
        let line = "x(); // (7), (8) Why.";
        let found: Vec<_> = markers_of(line).iter().map(|marker| &line[marker.from..marker.to]).collect();
        assert_eq!(found, ["(7)", "(8)"]);
        assert_eq!(markers("a // (2)\nb // (1)\nc // (2)\n"), BTreeSet::from([1, 2]));
    }
}
