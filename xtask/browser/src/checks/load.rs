//! Every page loads without an error, and without a request to another host.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::Found;
use crate::{
    browser::{LIMIT, Log},
    server::BELOW,
    site::{NOT_FOUND, Page},
    view::{Look, View},
};

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    // What earlier pages left behind.
    view.browser.log(Log::Console)?;
    view.browser.log(Log::Events)?;
    view.open_anew(page, look)?;

    let mut found = requests(view, page)?;
    for entry in view.browser.log(Log::Console)? {
        let (level, message) = (text(&entry, "/level"), text(&entry, "/message"));
        // A request that failed is named above, with what to do about it.
        if ["SEVERE", "WARNING"].contains(&level) && text(&entry, "/source") != "network" {
            found.push(format!("the console says `{message}`; mend what it names"));
        }
    }
    Ok(found)
}

/// What is wrong with the requests that the page has made. It waits until all are answered.
fn requests(view: &View<'_>, page: &Page) -> Found {
    let deadline = Instant::now() + LIMIT;
    let ours = view.server.origin();
    let mut open = BTreeSet::new();
    let mut found = Vec::new();
    loop {
        for entry in view.browser.log(Log::Events)? {
            let Ok(event) = serde_json::from_str::<Value>(text(&entry, "/message")) else { continue };
            let id = text(&event, "/message/params/requestId").to_owned();
            match text(&event, "/message/method") {
                "Network.requestWillBeSent" => {
                    let url = text(&event, "/message/params/request/url");
                    open.insert(id);
                    found.extend(stray(url, &ours, page));
                }
                "Network.responseReceived" => {
                    let status = event.pointer("/message/params/response/status").and_then(Value::as_u64).unwrap_or(0);
                    if status >= 400 {
                        let url = text(&event, "/message/params/response/url");
                        found.push(format!("`{url}` is answered with {status}; correct its path"));
                    }
                }
                "Network.loadingFinished" | "Network.loadingFailed" => drop(open.remove(&id)),
                _ => {}
            }
        }
        if open.is_empty() {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("{} requests were not answered within {LIMIT:?}", open.len()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What is wrong with a request's address: it leaves this host, or the book's folder on it.
fn stray(url: &str, ours: &str, page: &Page) -> Option<String> {
    if url.starts_with("data:") || url.starts_with("blob:") {
        return None;
    }
    match url.strip_prefix(ours) {
        None => Some(format!("`{url}` is loaded from another host; put the file into the book")),
        // It can be anywhere, so it takes its folder from `site-url`.
        Some(_) if page.path == NOT_FOUND => None,
        Some(path) if path.starts_with(BELOW) => None,
        Some(path) => Some(format!("`{path}` is looked for outside of the book's folder; make its path relative")),
    }
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}
