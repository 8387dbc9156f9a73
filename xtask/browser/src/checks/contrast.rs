//! Text stands out from what is behind it as WCAG AA asks, in both themes. So do the marks of a drawing.

use serde_json::json;

use super::{Found, ask, width::MORE_WIDTHS};
use crate::{
    site::Page,
    view::{Look, Theme, USUAL, View},
};

/// What says nothing that is not said elsewhere too.
const ALLOWED: [&str; 4] = [
    // The ground that a row of a drawing stands on, and the faint lines that help the eye down to its axis.
    ".timeline-track",
    ".timeline-axis",
    ".plot-grid",
    // The gap between a cross and what is below it, in the colour of the page.
    ".timeline-halo",
];

pub(super) fn looks(view: &View<'_>) -> Vec<Look> {
    let widths = if view.thorough { &MORE_WIDTHS[..] } else { &[USUAL.width] };
    Theme::ALL.iter().flat_map(|&theme| widths.iter().map(move |&width| Look { width, theme, ..USUAL })).collect()
}

pub(super) fn check(view: &View<'_>, page: &Page, look: Look) -> Found {
    view.look(page, look)?;
    Ok(too_pale(view, false)?.into_iter().map(|what| format!("in the theme {}, {what}", look.theme.name())).collect())
}

/// What is too pale on the page as it is looked at now.
pub(super) fn too_pale(view: &View<'_>, paper: bool) -> Found {
    ask(view, include_str!("../scripts/contrast.js"), &json!({ "allowed": ALLOWED, "paper": paper }))
}
