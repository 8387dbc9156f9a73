//! Two listings stand beside each other where there is room, and one below the other where there is none. Every listing
//! says which file it is, and its notes have the numbers of its markers.

use serde_json::json;

use super::{Found, ask};
use crate::{
    site::Page,
    view::{Look, USUAL, View},
};

/// A phone, where there is no room for two.
const NARROW: u32 = 390;

pub(super) fn looks(_: &View<'_>) -> Vec<Look> {
    [NARROW, USUAL.width].map(|width| Look { width, ..USUAL }).into()
}

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    let beside = look.width != NARROW;
    let wrong: Vec<String> = ask(view, include_str!("../scripts/pairs.js"), &json!({ "beside": beside }))?;
    Ok(wrong.into_iter().map(|what| format!("in a window of {} px, {what}", look.width)).collect())
}
