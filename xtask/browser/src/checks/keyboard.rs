//! The Tab key reaches everything on a page and is never caught; the arrow keys turn the pages.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    check::{Findings, ask, holds_several},
    site::{NOT_FOUND, Page},
    view::{Look, View},
};

/// What shows the focus in another way, or not at all, and is mdBook's own.
const ALLOWED: [&str; 0] = [];

pub fn tab(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    // The table of contents and what stands before it are the same on all pages.
    let all = view.repeated || *page == view.site.first;
    let stops: u32 = ask(view, include_str!("../scripts/tab_stops.js"), &json!({ "all": all }))?;
    if stops == 0 {
        return Ok(vec!["the Tab key reaches nothing; have at least a link".to_owned()]);
    }
    for _ in 0..stops {
        view.browser.hold("Tab")?;
    }
    ask(view, include_str!("../scripts/tab_visits.js"), &json!({ "allowed": ALLOWED }))
}

/// The keys that turn pages, and what a page calls the link to where each leads.
const WAYS: [(&str, &str); 2] = [("ArrowRight", "next"), ("ArrowLeft", "prev")];

pub fn turns(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let mut found = Vec::new();
    let mut ways = 0;
    for (key, way) in WAYS {
        let target = target(view, way)?;
        if target.is_empty() {
            continue;
        }
        ways += 1;
        // Told where the way leads, we need not go.
        let told = "() => {
            window.ourTurn = null;
            navigation.onnavigate = event => {
                window.ourTurn = event.destination.url;
                event.preventDefault();
            };
        }";
        view.browser.call::<Value>(told, &Value::Null)?;
        view.browser.press(key)?;
        let led = view.browser.until("a way to a page", "() => window.ourTurn !== null", &Value::Null);
        let turned: Option<String> = view.browser.call("() => window.ourTurn", &Value::Null)?;
        view.browser.call::<Value>("() => { navigation.onnavigate = null; }", &Value::Null)?;
        match (led, turned) {
            (Err(why), _) => found.push(format!("`{key}` does not lead to {target}: {why:#}")),
            (Ok(()), Some(turned)) if turned != target => {
                found.push(format!(
                    "`{key}` leads to {turned}, and the page names {target} there; let both be the same"
                ));
            }
            (Ok(()), _) => {}
        }
    }
    if ways == 0 && !holds_several(page) && page.path != NOT_FOUND {
        found.push("the arrow keys lead nowhere; let the page name the next".to_owned());
    }
    Ok(found)
}

pub fn arrows(view: &View<'_>, first: &Page, look: Look) -> Findings {
    view.open_anew(first, look)?;
    // `turns` has asked every page where its keys lead, so one of them shows that they do.
    let pages = if view.repeated { view.site.pages.len() } else { 1 };
    let (mut found, mut last) = (Vec::new(), Vec::new());
    for (key, way) in WAYS {
        for _ in 0..pages {
            let target = target(view, way)?;
            if target.is_empty() {
                break;
            }
            view.browser.press(key)?;
            let arrived = "target => location.href === target && document.readyState === 'complete'";
            if let Err(why) = view.browser.until("the page", arrived, &json!(target)) {
                found.push(format!("`{key}` does not lead to {target}: {why:#}"));
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

/// Where the page's link of this name leads; nowhere if it has none.
fn target(view: &View<'_>, way: &str) -> Result<String> {
    let link = format!("() => document.querySelector('a[rel~=\"{way}\"]')?.href ?? ''");
    view.browser.call(&link, &Value::Null)
}
