//! The checks in which a script of ours looks at the page, and says what is wrong there.

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    check::{Findings, ask, holds_several},
    site::{NOT_FOUND, Page},
    view::{Look, Theme, USUAL, View},
};

/// What is mdBook's own and cannot be mended from a theme: the bar above every page repeats the book's title as a heading
/// of the first level, which ends in an ellipsis where there is no room; the page's own heading says more.
const TITLE: &str = "h1.menu-title";

/// The table of contents, which is mdBook's own too, waits outside of the window until it is asked for.
const SIDEBAR: &str = "#mdbook-sidebar";

/// What says nothing that is not said elsewhere too, so that it may be pale.
const PALE: [&str; 4] = [
    // The ground that a row of a drawing stands on, and the faint lines that help the eye down to its axis.
    ".timeline-track",
    ".timeline-axis",
    ".plot-grid",
    // The gap between a cross and what is below it, in the colour of the page.
    ".timeline-halo",
];

/// A desk, the narrowest that WCAG asks for, and a phone.
const WIDTHS: [u32; 3] = [1280, 320, PHONE];
/// Those, and what lies between and beyond.
const MORE_WIDTHS: [u32; 7] = [320, PHONE, 600, 768, 1024, 1280, 1920];
/// A phone, where there is no room for two listings beside each other.
const PHONE: u32 = 390;

/// A4 at 96 pixels an inch, less the margins that Chromium leaves.
const PAPER_WIDTH: u32 = 718;
const PAPER_HEIGHT: f64 = 1046.0;

pub fn structure(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let argument = json!({ "allowed": [TITLE], "several": holds_several(page) });
    ask(view, include_str!("../scripts/structure.js"), &argument)
}

pub fn contrast_looks(view: &View<'_>) -> Vec<Look> {
    let widths = if view.thorough { &MORE_WIDTHS[..] } else { &[USUAL.width] };
    Theme::ALL.iter().flat_map(|&theme| widths.iter().map(move |&width| Look { width, theme, ..USUAL })).collect()
}

pub fn contrast(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    too_pale(view, &format!("in the theme {}", look.theme.name()), false)
}

pub fn width_looks(view: &View<'_>) -> Vec<Look> {
    let widths = if view.thorough { &MORE_WIDTHS[..] } else { &WIDTHS };
    widths.iter().map(|&width| Look { width, ..USUAL }).collect()
}

pub fn width(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    too_wide(view, "")
}

pub fn pairs_looks(_: &View<'_>) -> Vec<Look> {
    [PHONE, USUAL.width].map(|width| Look { width, ..USUAL }).into()
}

pub fn pairs(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let argument = json!({ "beside": look.width != PHONE });
    let wrong: Vec<String> = ask(view, include_str!("../scripts/pairs.js"), &argument)?;
    Ok(wrong.into_iter().map(|what| format!("in a window of {} px, {what}", look.width)).collect())
}

pub fn scriptless_looks(_: &View<'_>) -> Vec<Look> {
    [USUAL.width, PHONE].map(|width| Look { width, scripts: false, ..USUAL }).into()
}

pub fn scriptless(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let next = !holds_several(page) && page.path != NOT_FOUND;
    let mut found: Vec<String> = ask(view, include_str!("../scripts/whole.js"), &json!({ "next": next }))?;
    found.extend(too_wide(view, "without scripts, ")?);
    Ok(found)
}

pub fn paper_looks(_: &View<'_>) -> Vec<Look> {
    // Paper is white, so it must not matter what was chosen for the screen.
    vec![Look { width: PAPER_WIDTH, theme: Theme::Navy, paper: true, ..USUAL }]
}

pub fn paper(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let mut found: Vec<String> = ask(view, include_str!("../scripts/paper.js"), &Value::Null)?;
    found.extend(too_wide(view, "on paper, ")?);
    found.extend(too_pale(view, "on paper", true)?);
    let height: f64 = view.browser.call("() => document.scrollingElement.scrollHeight", &Value::Null)?;
    let printed = view.browser.devtools("Page.printToPDF", &json!({ "paperWidth": 8.27, "paperHeight": 11.69 }))?;
    let (sheets, expected) = (sheets(&printed)?, (height / PAPER_HEIGHT).ceil());
    // What is not torn apart leaves room empty before it.
    if sheets < expected / 2.0 || sheets > expected * 2.0 + 1.0 {
        found.push(format!(
            "it prints on {sheets} sheets where about {expected} would do; mend what `@media print` hides or breaks"
        ));
    }
    Ok(found)
}

/// What is too wide for the page as it is looked at now.
fn too_wide(view: &View<'_>, how: &str) -> Findings {
    let argument = json!({ "allowed": [TITLE, SIDEBAR] });
    let found: Vec<String> = ask(view, include_str!("../scripts/width.js"), &argument)?;
    Ok(found.into_iter().map(|what| format!("{how}{what}")).collect())
}

/// What is too pale on the page as it is looked at now.
fn too_pale(view: &View<'_>, how: &str, paper: bool) -> Findings {
    let argument = json!({ "allowed": PALE, "paper": paper });
    let found: Vec<String> = ask(view, include_str!("../scripts/contrast.js"), &argument)?;
    Ok(found.into_iter().map(|what| format!("{how}, {what}")).collect())
}

/// How many pages the PDF has.
fn sheets(printed: &Value) -> Result<f64> {
    let pdf = BASE64_STANDARD.decode(printed["data"].as_str().unwrap_or_default()).context("the PDF cannot be read")?;
    let pages = pdf.windows(12).filter(|window| window.starts_with(b"/Type /Page") && window[11] != b's').count();
    u32::try_from(pages).map(f64::from).context("the PDF cannot be read")
}
