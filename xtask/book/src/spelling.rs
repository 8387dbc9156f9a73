//! Finds words in prose that are often misspelt, with what they were meant to be.

use crate::prose::Fault;
use mdbook_markdown::{
    MarkdownOptions, new_cmark_parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use regex::Regex;
use std::sync::LazyLock;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[[:alpha:]']+").expect("this is a pattern"));

/// Every misspelt word of the page that stands in no code. The words are those of typos' dictionary, which knows common
/// mistakes and not the language, so a name is no mistake.
pub fn mistakes(page: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut in_code = false;
    for (event, range) in new_cmark_parser(page, &MarkdownOptions::default()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if !in_code => {
                let wrong = WORD.find_iter(&text).filter_map(|word| Some((word, meant(word.as_str())?)));
                faults.extend(wrong.map(|(word, meant)| {
                    (range.start + word.start(), format!("`{}` is misspelt; write {meant}", word.as_str()))
                }));
            }
            _ => {}
        }
    }
    faults
}

/// What a misspelt word was meant to be; `None` for any other.
fn meant(word: &str) -> Option<String> {
    let corrections = typos_dict::WORD.find(&word.to_ascii_lowercase().as_str().into())?;
    Some(corrections.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or "))
}

#[cfg(test)]
mod tests {
    use super::mistakes;

    #[test]
    fn a_mistake_is_found_where_it_stands() {
        let page = "# A title\n\nThe *sceduler* polls teh future.\n";
        let found: Vec<_> = mistakes(page).into_iter().map(|(at, what)| (&page[at..at + 3], what)).collect();
        assert_eq!(found[0].0, "sce");
        assert_eq!(found[1], ("teh", "`teh` is misspelt; write `the`".to_owned()));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn code_is_no_prose() {
        assert_eq!(mistakes("`teh`\n\n```text\nteh\n```\n"), []);
    }
}
