//! What a check is, and what all of them share.

use anyhow::Result;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    site::{PRINT, Page},
    view::{Look, USUAL, View},
};

/// One thing that must hold.
#[derive(Debug)]
pub struct Check {
    /// What it is called.
    pub name: &'static str,
    /// One line that says what holds when it finds nothing.
    pub about: &'static str,
    /// On which pages.
    pub on: On,
    /// How it looks at each of them.
    pub looks: fn(&View<'_>) -> Vec<Look>,
    /// Finds out what is wrong with a page looked at like this.
    pub run: fn(&View<'_>, &Page, Look) -> Findings,
}

/// What is wrong with a page, a sentence each; the error is why that could not be found out.
pub type Findings = Result<Vec<String>>;

/// The pages that a check is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every page.
    Each,
    /// Every page. The one that holds all the others repeats what they have, so it takes a look at
    /// [what is repeated](View::repeated).
    Own,
    /// The first page alone, from where it goes to others or looks at what all have in common.
    First,
}

/// How a check looks that needs nothing special.
pub fn usual(_: &View<'_>) -> Vec<Look> {
    vec![USUAL]
}

/// Calls a script of ours in the page, with what all of them share.
pub fn ask<T: DeserializeOwned>(view: &View<'_>, script: &str, argument: &Value) -> Result<T> {
    let words = include_str!("scripts/words.js");
    let function = format!("argument => {{ {words} return ({})(argument); }}", script.trim_end().trim_end_matches(';'));
    view.browser.call(&function, argument)
}

/// Whether mdBook made this page of several, so that it has their headings and no way to others.
pub fn holds_several(page: &Page) -> bool {
    page.path == PRINT
}
