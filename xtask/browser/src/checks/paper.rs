//! A printed page is whole and readable, also when the dark theme was chosen.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Found, ask, contrast, width};
use crate::{
    site::Page,
    view::{Look, Theme, USUAL, View},
};

/// A4 at 96 pixels an inch, less the margins that Chromium leaves.
const WIDTH: u32 = 718;
const HEIGHT: f64 = 1046.0;

pub(super) fn looks(_: &View<'_>) -> Vec<Look> {
    // Paper is white, so it must not matter what was chosen for the screen.
    vec![Look { width: WIDTH, theme: Theme::Navy, paper: true, ..USUAL }]
}

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    let mut found: Vec<String> = ask(view, include_str!("../scripts/paper.js"), &Value::Null)?;
    found.extend(width::too_wide(view)?.into_iter().map(|what| format!("on paper, {what}")));
    found.extend(contrast::too_pale(view, true)?.into_iter().map(|what| format!("on paper, {what}")));
    let height: f64 = view.browser.call("() => document.scrollingElement.scrollHeight", &Value::Null)?;

    let sheets =
        sheets(&view.browser.devtools("Page.printToPDF", &json!({ "paperWidth": 8.27, "paperHeight": 11.69 }))?)?;
    let expected = (height / HEIGHT).ceil();
    // What is not torn apart leaves room empty before it.
    if sheets < expected / 2.0 || sheets > expected * 2.0 + 1.0 {
        found.push(format!(
            "it prints on {sheets} sheets where about {expected} would do; mend what `@media print` hides or breaks"
        ));
    }
    Ok(found)
}

/// How many pages the PDF has.
fn sheets(printed: &Value) -> Result<f64, String> {
    let data = printed.pointer("/data").and_then(Value::as_str).unwrap_or_default();
    let pdf = BASE64_STANDARD.decode(data).map_err(|error| format!("the PDF cannot be read: {error}"))?;
    let pages = pdf.windows(12).filter(|window| window.starts_with(b"/Type /Page") && window[11] != b's').count();
    u32::try_from(pages).map(f64::from).map_err(|error| format!("the PDF cannot be read: {error}"))
}
