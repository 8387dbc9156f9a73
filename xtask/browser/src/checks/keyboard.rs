//! The Tab key reaches everything on a page and is never caught; the arrow keys turn the pages.

use serde_json::{Value, json};

use super::{Found, ask};
use crate::{
    site::Page,
    view::{USUAL, View},
};

/// What shows the focus in another way, or not at all, and is mdBook's own.
const ALLOWED: [&str; 0] = [];

pub(super) fn tab(view: &View<'_>, page: &Page) -> Found {
    view.look(page, USUAL)?;
    let stops: u32 = ask(view, include_str!("../scripts/tab_stops.js"), &Value::Null)?;
    if stops == 0 {
        return Ok(vec!["the Tab key reaches nothing; have at least a link".to_owned()]);
    }
    for _ in 0..stops {
        view.browser.hold("Tab")?;
    }
    ask(view, include_str!("../scripts/tab_visits.js"), &json!({ "allowed": ALLOWED }))
}

pub(super) fn arrows(view: &View<'_>, first: &Page) -> Found {
    view.open_anew(first, USUAL)?;
    let (mut found, mut last) = (Vec::new(), Vec::new());
    for (key, way) in [("ArrowRight", "next"), ("ArrowLeft", "prev")] {
        for _ in 0..view.site.pages.len() {
            let link = format!("() => document.querySelector('a[rel~=\"{way}\"]')?.href ?? ''");
            let target: String = view.browser.call(&link, &Value::Null)?;
            if target.is_empty() {
                break;
            }
            view.browser.press(key)?;
            let arrived = "target => location.href === target && document.readyState === 'complete'";
            if let Err(why) = view.browser.until("the page", arrived, &json!(target)) {
                found.push(format!("`{key}` does not lead to {target}: {why}"));
                return Ok(found);
            }
        }
        let path: String = view.browser.call("() => location.pathname", &Value::Null)?;
        last.push(path);
    }
    if last[0] == last[1] {
        found.push("the arrow keys lead nowhere; let each page name the next".to_owned());
    }
    view.forget();
    Ok(found)
}
