//! Without scripts a page is whole, and leads to the others.

use serde_json::json;

use super::{Found, ask, holds_several, width};
use crate::{
    site::{NOT_FOUND, Page},
    view::{Look, USUAL, View},
};

pub(super) fn looks(_: &View<'_>) -> Vec<Look> {
    [1280, 390].map(|width| Look { width, scripts: false, ..USUAL }).into()
}

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    let next = !holds_several(page) && page.path != NOT_FOUND;
    let mut found: Vec<String> = ask(view, include_str!("../scripts/whole.js"), &json!({ "next": next }))?;
    found.extend(width::too_wide(view)?.into_iter().map(|what| format!("without scripts, {what}")));
    Ok(found)
}
