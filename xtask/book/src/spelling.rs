//! Finds words in prose that are often misspelt, with what they were meant to be.

use crate::prose::{self, Fault};
use regex::Regex;
use std::sync::LazyLock;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[[:alpha:]']+").expect("this is a pattern"));

/// Every misspelt word of the page that stands in no code. The words are those of typos' dictionary, which knows common
/// mistakes and not the language, so a name is no mistake.
pub fn mistakes(page: &str) -> Vec<Fault> {
    prose::matches(page, &WORD, |word| Some(format!("`{word}` is misspelt; write {}", meant(word)?)))
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
