//! Images have words, headings nest, tables have headers, landmarks are there.

use serde_json::json;

use super::{Found, ask, holds_several};
use crate::{
    site::Page,
    view::{Look, View},
};

/// What is mdBook's own and cannot be mended from a theme.
const ALLOWED: [&str; 1] = [
    // The bar above every page repeats the book's title as a heading of the first level.
    "h1.menu-title",
];

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    let argument = json!({ "allowed": ALLOWED, "several": holds_several(page) });
    ask(view, include_str!("../scripts/structure.js"), &argument)
}
