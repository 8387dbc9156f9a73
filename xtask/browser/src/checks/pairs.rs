//! Two listings stand beside each other where there is room, and one below the other where there is none. Every listing
//! says which file it is, and its notes have the numbers of its markers.

use serde_json::json;

use super::{Found, ask};
use crate::{
    site::Page,
    view::{Look, USUAL, View},
};

pub(super) fn check(view: &View<'_>, page: &Page) -> Found {
    let mut found = Vec::new();
    for (width, beside) in [(390, false), (1280, true)] {
        view.look(page, Look { width, ..USUAL })?;
        let wrong: Vec<String> = ask(view, include_str!("../scripts/pairs.js"), &json!({ "beside": beside }))?;
        found.extend(wrong.into_iter().map(|what| format!("in a window of {width} px, {what}")));
    }
    Ok(found)
}
