//! A word is found, and the way to it needs no mouse.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    check::Findings,
    site::Page,
    view::{Look, View},
};

/// A word that stands in the book.
const WORD: &str = "coroutine";

/// The keys that open the search.
const KEYS: [&str; 2] = ["/", "s"];

pub fn search(view: &View<'_>, page: &Page, look: Look) -> Findings {
    let mut found = Vec::new();
    for key in KEYS {
        view.open_anew(page, look)?;
        if let Err(why) = find(view, key) {
            found.push(format!("the search for `{WORD}` by `{key}` fails: {why:#}; mend it"));
        }
    }
    view.forget();
    Ok(found)
}

fn find(view: &View<'_>, key: &str) -> Result<()> {
    let browser = view.browser;
    browser.press(key)?;
    browser.until("the search", "() => document.activeElement?.id === 'mdbook-searchbar'", &Value::Null)?;
    WORD.chars().try_for_each(|letter| browser.press(&letter.to_string()))?;
    let results = "() => document.querySelectorAll('#mdbook-searchresults li a').length > 0";
    browser.until("a result", results, &Value::Null)?;
    browser.press("ArrowDown")?;
    let chosen = "() => document.querySelector('#mdbook-searchresults li.focus a')?.href ?? ''";
    browser.until("a chosen result", &format!("() => ({chosen})() !== ''"), &Value::Null)?;
    let target: String = browser.call(chosen, &Value::Null)?;
    browser.press("Enter")?;
    let path = "target => location.pathname === new URL(target).pathname && document.readyState === 'complete'";
    browser.until("the page with the word", path, &json!(target))?;
    let marked =
        "word => [...document.querySelectorAll('mark')].some(mark => mark.textContent.toLowerCase().startsWith(word))";
    browser.until("a mark on the word", marked, &json!(WORD))
}
