//! Without scripts a page is whole, and leads to the others.

use serde_json::json;

use super::{Found, ask, holds_several, width};
use crate::{
    site::{NOT_FOUND, Page},
    view::{Look, USUAL, View},
};

pub(super) fn check(view: &View<'_>, page: &Page) -> Found {
    let mut found = Vec::new();
    for width in [1280, 390] {
        view.look(page, Look { width, scripts: false, ..USUAL })?;
        let next = !holds_several(page) && page.path != NOT_FOUND;
        let missing: Vec<String> = ask(view, include_str!("../scripts/whole.js"), &json!({ "next": next }))?;
        found.extend(missing);
        found.extend(width::too_wide(view)?.into_iter().map(|what| format!("without scripts, {what}")));
    }
    Ok(found)
}
