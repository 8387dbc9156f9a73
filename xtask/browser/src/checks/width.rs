//! No page scrolls sideways, on a phone or on a desk, and what does is reached by keyboard.

use serde_json::json;

use super::{Found, ask};
use crate::{
    site::Page,
    view::{Look, USUAL, View},
};

/// A desk, the narrowest that WCAG asks for, and a phone.
const WIDTHS: [u32; 3] = [1280, 320, 390];
/// Those, and what lies between and beyond.
pub(super) const MORE_WIDTHS: [u32; 7] = [320, 390, 600, 768, 1024, 1280, 1920];

/// What is mdBook's own and cannot be mended from a theme.
const ALLOWED: [&str; 2] = [
    // The book's title in the bar ends in an ellipsis where there is no room; the page's own heading says more.
    "h1.menu-title",
    // The table of contents waits outside of the window until it is asked for.
    "#mdbook-sidebar",
];

pub(super) fn looks(view: &View<'_>) -> Vec<Look> {
    let widths = if view.thorough { &MORE_WIDTHS[..] } else { &WIDTHS };
    widths.iter().map(|&width| Look { width, ..USUAL }).collect()
}

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    too_wide(view)
}

/// What is too wide for the page as it is looked at now.
pub(super) fn too_wide(view: &View<'_>) -> Found {
    ask(view, include_str!("../scripts/width.js"), &json!({ "allowed": ALLOWED }))
}
