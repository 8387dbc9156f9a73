//! Every page loads without an error, and without a request to another host.

use std::{collections::BTreeSet, time::Instant};

use anyhow::ensure;
use serde_json::Value;

use crate::{
    browser::LIMIT,
    check::Findings,
    server::BELOW,
    site::{NOT_FOUND, Page},
    view::{Look, View},
};

pub fn load(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.open_anew(page, look)?;
    let deadline = Instant::now() + LIMIT;
    let (mut found, mut open) = (Vec::new(), BTreeSet::new());
    let mut events = view.browser.events().into_iter();
    // Until all requests are answered.
    loop {
        let event = match events.next() {
            Some(event) => event,
            None if open.is_empty() => return Ok(found),
            None => view.browser.next_event()?,
        };
        ensure!(Instant::now() < deadline, "{} requests were not answered within {LIMIT:?}", open.len());
        let of = &event["params"];
        match text(&event, "/method") {
            "Network.requestWillBeSent" => {
                open.insert(text(of, "/requestId").to_owned());
                found.extend(stray(text(of, "/request/url"), &view.server.origin, page));
            }
            "Network.responseReceived" => {
                let status = of.pointer("/response/status").and_then(Value::as_u64).unwrap_or(0);
                if status >= 400 {
                    let url = text(of, "/response/url");
                    found.push(format!("`{url}` is answered with {status}; correct its path"));
                }
            }
            "Network.loadingFinished" | "Network.loadingFailed" => drop(open.remove(text(of, "/requestId"))),
            _ => {}
        }
        found.extend(complaint(&event).map(|words| format!("the console says `{words}`; mend what it names")));
    }
}

/// What this event puts on the console, if it is a warning or worse.
fn complaint(event: &Value) -> Option<String> {
    let of = &event["params"];
    match text(event, "/method") {
        "Runtime.exceptionThrown" => {
            let thrown = &of["exceptionDetails"];
            let words = thrown.pointer("/exception/description").or(thrown.get("text")).and_then(Value::as_str);
            Some(format!("{} {}", text(thrown, "/url"), words.unwrap_or("an exception")))
        }
        "Runtime.consoleAPICalled" if ["error", "warning", "assert"].contains(&text(of, "/type")) => {
            let words = of["args"].as_array().into_iter().flatten();
            let words = words.map(|word| word["value"].as_str().unwrap_or(text(word, "/description")));
            Some(format!("{} {}", text(of, "/stackTrace/callFrames/0/url"), words.collect::<Vec<_>>().join(" ")))
        }
        // A request that failed is named above, with what to do about it.
        "Log.entryAdded" if text(of, "/entry/source") != "network" => {
            let is_one = ["error", "warning"].contains(&text(of, "/entry/level"));
            is_one.then(|| format!("{} {}", text(of, "/entry/url"), text(of, "/entry/text")))
        }
        _ => None,
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
