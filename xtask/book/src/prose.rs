//! Reads a page as a reader does, and finds what may not stand in its prose: code that no test runs, and numbers that
//! nobody measured.

use mdbook_markdown::{
    MarkdownOptions, new_cmark_parser,
    pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd},
};
use regex::{Captures, Regex};
use std::{ops::Range, sync::LazyLock};

/// An ordered list at the top level of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct NumberedList {
    /// Where it stands.
    pub range: Range<usize>,
    /// Its items' numbers as a browser shows them, and where each begins.
    pub items: Vec<(u64, usize)>,
}

/// Something wrong, by the byte where it stands.
pub type Fault = (usize, String);

/// The parts of the page that are code: spans and blocks.
pub fn code(page: &str) -> Vec<Range<usize>> {
    let events = new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect()
}

/// The ordered lists that stand in no other block.
pub fn numbered_lists(page: &str) -> Vec<NumberedList> {
    let mut lists: Vec<NumberedList> = Vec::new();
    let mut depth = 0_usize;
    let mut next_number = None;
    for (event, range) in new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                match (tag, depth) {
                    (Tag::List(Some(first)), 0) => {
                        next_number = Some(first);
                        lists.push(NumberedList { range, items: Vec::new() });
                    }
                    (Tag::List(None), 0) => next_number = None,
                    (Tag::Item, 1) => {
                        if let (Some(number), Some(list)) = (next_number, lists.last_mut()) {
                            list.items.push((number, range.start));
                            next_number = Some(number + 1);
                        }
                    }
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    lists
}

/// Where links to pages say `README.md`, which mdBook publishes under another name.
pub fn readmes(page: &str) -> Vec<Range<usize>> {
    let parser = new_cmark_parser(page, &MarkdownOptions::default());
    let definitions = parser.reference_definitions().iter();
    let definitions: Vec<_> =
        definitions.map(|(_, definition)| (definition.dest.to_string(), definition.span.clone())).collect();
    let inline = parser.into_offset_iter().filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => Some((dest_url.to_string(), range)),
        _ => None,
    });
    let ours = inline.chain(definitions).filter(|(url, _)| !url.contains("://") && url.contains(README));
    ours.filter_map(|(_, range)| {
        let at = range.start + page[range].rfind(README)?;
        Some(at..at + README.len())
    })
    .collect()
}

const README: &str = "README.md";

/// Every fence that says it holds Rust or Python, every indented block that looks like it, and every block of code in
/// HTML, which could hold them too. What the book shows is what runs, and nobody runs these.
pub fn fences(page: &str) -> Vec<Fault> {
    let events = new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter();
    events
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split([',', ' ', '{']).next().unwrap_or("").to_ascii_lowercase();
                let is_ours = ["rust", "rs", "python", "python3", "py"].contains(&language.as_str());
                let why = format!("no test runs a ```{language} fence; show a file with `{{{{#listing PATH}}}}`");
                is_ours.then_some((range.start, why))
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let why = "no test runs this code; show a file with `{{#listing PATH}}`, or say in words what it does";
                page[range.clone()].lines().any(is_code).then(|| (range.start, why.to_owned()))
            }
            Event::Html(html) | Event::InlineHtml(html) if html.contains("<pre") => Some((
                range.start,
                "no test runs what a `<pre>` shows; show a file with `{{#listing PATH}}`, or write a ```text fence"
                    .to_owned(),
            )),
            _ => None,
        })
        .collect()
}

/// Whether this line is one of Rust or Python, and not of a shell or a sketch.
fn is_code(line: &str) -> bool {
    let line = line.trim();
    let begins = ["let ", "fn ", "pub ", "use ", "async ", "await ", "def ", "import ", "class "];
    line.ends_with([';', '{']) || begins.iter().any(|word| line.starts_with(word))
}

/// Every number in prose with a unit of time, size, rate or ratio, or with what the lessons count.
pub fn numbers(page: &str) -> Vec<Fault> {
    matches(page, &NUMBER, |number| {
        Some(format!(
            "`{number}` comes from nowhere; take it from a recording with `{{{{#measured}}}}` or from a source with \
             `{{{{#source}}}}`, or say it in words"
        ))
    })
}

/// What is wrong with what matches this pattern in the page's prose, by its own words.
pub fn matches(page: &str, pattern: &Regex, what: impl Fn(&str) -> Option<String>) -> Vec<Fault> {
    let blocks = blocks(page);
    let found = blocks.iter().flat_map(|block| pattern.find_iter(&block.text).map(move |found| (block, found)));
    found.filter_map(|(block, found)| Some((block.at[found.start()], what(found.as_str())?))).collect()
}

/// The page's paragraphs, headings and cells, as a reader reads them.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = vec![Block::default()];
    let mut in_code = false;
    for (event, range) in new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter() {
        let block = blocks.last_mut().expect("there is always one");
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if !in_code => block.push(&text, range.start),
            // A span is no part of a number, and keeps what stands around it apart.
            Event::Code(_) => block.push("\u{fffc}", range.start),
            Event::SoftBreak | Event::HardBreak => block.push(" ", range.start),
            // A tag within a line says nothing.
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
            Event::Start(tag) if is_inline(tag.to_end()) => {}
            Event::End(tag) if is_inline(tag) => {}
            Event::Html(html) => {
                block.is_html = true;
                block.push(&html, range.start);
            }
            _ => blocks.push(Block::default()),
        }
    }
    // Tags and comments, which may go over several lines, say nothing. What is left keeps its place.
    let blank = |tag: &Captures<'_>| " ".repeat(tag[0].len());
    for block in blocks.iter_mut().filter(|block| block.is_html) {
        block.text = TAG.replace_all(&block.text, blank).into_owned();
    }
    blocks
}

static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?s)<!--.*?-->|<[^>]*>").expect("this is a pattern"));

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let units = [
        // Time
        "ns|µs|μs|us|ms|s|secs?|min|mins|h|(?:nano|micro|milli)?seconds?|minutes?|hours?|days?|weeks?",
        // Size
        "B|[kKMGT]i?B|(?:kilo|mega|giga|kibi|mebi|gibi)?bytes?",
        // Rate
        r"[kMG]?Hz|fps|/\s?(?:s|sec|second|min|minute|h|hour)|\w+ (?:per|a|an|each|every) (?:second|minute|hour)",
        // Ratio
        "percent|per cent|x|times|fold",
        // Count
        "frames?|polls?|requests?|connections?|clients?|downloads?|attempts?|spinners?|spans?|turns?|rounds?",
    ];
    // A sign such as `%` ends no word, so what follows it is free.
    let [time, size, rate, ratio, count] = units;
    let number = r"\b\d+(?:[.,_]\d+)*[\s\u{a0}\u{202f}-]?";
    Regex::new(&format!(r"{number}(?:(?:{time}|{size}|{rate}|{ratio}|{count})\b|[%‰×])")).expect("this is a pattern")
});

/// The text of one paragraph, heading or cell, and where each of its bytes comes from.
#[derive(Default)]
struct Block {
    text: String,
    at: Vec<usize>,
    is_html: bool,
}

impl Block {
    fn push(&mut self, text: &str, at: usize) {
        self.text.push_str(text);
        self.at.extend(at..at + text.len());
    }
}

/// Whether this tag stands within a line.
fn is_inline(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_are_found() {
        for text in [
            "It took 100 ms.",
            "3 s",
            "3s",
            "2.6 MB",
            "1,024 KiB",
            "10 %",
            "10%",
            "5 seconds",
            "a 20-second nap",
            "50 µs",
            "60 Hz",
            "3x faster",
            "2× as many",
            "10 times faster",
            "10 frames per second",
            "31 frames",
            "43 requests",
            "5 frames a second",
            "10/s",
            "100\u{a0}ms",
            "100&nbsp;ms",
            "**100** ms",
            "100\nms",
            "# In 3 s",
            "| a |\n|---|\n| 3 s |",
            "> 3 s",
            "- 3 s",
            "![3 s](a.png)",
            "[3 s](a.md)",
            "<p>3 s</p>",
            "99 percent",
            "<p>\n3 s\n</p>",
        ] {
            assert_eq!(numbers(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_free() {
        for text in [
            "three seconds",
            "two threads",
            "2 threads",
            "Python 3.11",
            "lesson 1",
            "`100 ms`",
            "(3)",
            "chapter 17-02",
            "3 small steps",
            "```text\n100 ms\n```",
            "`a` 3 `s`",
            "4 before",
            "1. s",
            "[a](b-3s.md)",
            "<!-- 3 s -->",
            "<!--\n3 s\n-->",
            "<p\ntitle=\"3 s\">a</p>",
            "HTTP/1.1",
            "RUSTSEC-2025-0052",
            "in 2019",
            "exit code 130",
            "64-bit",
            "x86",
        ] {
            assert_eq!(numbers(text), [], "{text}");
        }
    }

    #[test]
    fn a_number_is_named_where_it_stands() {
        let page = "One.\n\nTwo *or* 30 ms.\n";
        let faults = numbers(page);
        assert_eq!(faults.len(), 1);
        assert!(page[faults[0].0..].starts_with("30 ms"));
        assert!(faults[0].1.starts_with("`30 ms` comes from nowhere; take it from a recording"));
    }

    #[test]
    fn fences_of_our_languages() {
        for (text, expected) in [
            ("```rust\n```\n", 1),
            ("```rust,ignore\n```\n", 1),
            ("~~~ Python\n~~~\n", 1),
            ("- a\n\n  ```rs\n  ```\n", 1),
            ("```text\n```\n", 0),
            ("```sh\n```\n", 0),
            ("```\n```\n", 0),
            ("    rust\n", 0),
            ("    cargo run -p lesson-01\n", 0),
            ("    let a = b();\n", 1),
            ("- a\n\n      async def f():\n", 1),
            ("<pre><code>a</code></pre>\n", 1),
            ("`<pre>`", 0),
            ("`rust`", 0),
        ] {
            assert_eq!(fences(text).len(), expected, "{text}");
        }
    }

    #[test]
    fn numbered_lists_with_their_numbers() {
        let page = "- a\n  1. b\n\nText.\n\n4. c\n5. d\n   - e\n\n> 1. f\n";
        let lists = numbered_lists(page);
        assert_eq!(lists.len(), 1);
        let numbers: Vec<_> = lists[0].items.iter().map(|&(number, at)| (number, &page[at..=at])).collect();
        assert_eq!(numbers, [(4, "4"), (5, "5")]);
    }
}
