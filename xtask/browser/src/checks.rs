//! What must hold in the browser: the table of checks, and how they are run over all pages.

mod contrast;
mod copy;
mod keyboard;
mod load;
mod names;
mod pairs;
mod paper;
mod scriptless;
mod search;
mod structure;
mod theme;
mod width;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    finding::Finding,
    site::{PRINT, Page},
    view::View,
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
    /// How to find out what is wrong with a page, a sentence each; the error is why nobody could find out.
    pub run: fn(&View<'_>, &Page) -> Found,
}

type Found = Result<Vec<String>, String>;

/// The pages that a check is run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every page.
    Each,
    /// The first page alone, from where it goes to others or looks at what all have in common.
    First,
}

/// Every check, in an order in which few pages have to be loaded again. `tab` comes before `copy`, which leaves the mouse on a
/// button.
pub const CHECKS: &[Check] = &[
    Check {
        name: "load",
        about: "every page loads without an error, and without a request to another host",
        on: On::Each,
        run: load::check,
    },
    Check {
        name: "structure",
        about: "images have words, headings nest, tables have headers, landmarks are there",
        on: On::Each,
        run: structure::check,
    },
    Check {
        name: "names",
        about: "everything that can be used has a name in the accessibility tree",
        on: On::Each,
        run: names::check,
    },
    Check {
        name: "contrast",
        about: "text stands out as WCAG AA asks, in both themes",
        on: On::Each,
        run: contrast::check,
    },
    Check {
        name: "tab",
        about: "the Tab key reaches everything on a page, is seen where it is, and is never caught",
        on: On::Each,
        run: keyboard::tab,
    },
    Check {
        name: "copy",
        about: "every listing can be copied, and the copy is what stands in the source",
        on: On::Each,
        run: copy::check,
    },
    Check {
        name: "width",
        about: "no page scrolls sideways, on a phone or on a desk, and what does is reached by keyboard",
        on: On::Each,
        run: width::check,
    },
    Check {
        name: "pairs",
        about: "two listings stand beside each other or one below the other, named, and their notes match",
        on: On::Each,
        run: pairs::check,
    },
    Check {
        name: "paper",
        about: "a printed page is whole and readable, also when the dark theme was chosen",
        on: On::Each,
        run: paper::check,
    },
    Check {
        name: "scriptless",
        about: "without scripts a page is whole, and leads to the others",
        on: On::Each,
        run: scriptless::check,
    },
    Check {
        name: "arrows",
        about: "the arrow keys turn the pages, to the end and back",
        on: On::First,
        run: keyboard::arrows,
    },
    Check {
        name: "theme",
        about: "the theme can be chosen by mouse and by keyboard, is kept, and follows the system",
        on: On::First,
        run: theme::check,
    },
    Check {
        name: "search",
        about: "a word is found, and the way to it needs no mouse",
        on: On::First,
        run: search::check,
    },
];

/// Checks of one page, in one browser.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The page.
    pub page: &'a Page,
    /// What is looked at, in this order.
    pub checks: Vec<&'a Check>,
}

impl<'a> Task<'a> {
    /// These checks on these pages: a task for each page, and one for each check that is for the first page alone.
    #[must_use]
    pub fn all(checks: &[&'a Check], pages: &'a [Page], first: &'a Page) -> Vec<Self> {
        let on = |on: On| checks.iter().copied().filter(move |check| check.on == on);
        let each = pages.iter().map(|page| Task { page, checks: on(On::Each).collect() });
        let alone = on(On::First).map(|check| Task { page: first, checks: vec![check] });
        each.chain(alone).filter(|task| !task.checks.is_empty()).collect()
    }

    /// What a person calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.checks[..] {
            [check] if check.on == On::First => check.name,
            _ => &self.page.name,
        }
    }

    /// Runs the checks, one after another.
    ///
    /// # Errors
    ///
    /// If the browser fails.
    pub fn run(&self, view: &View<'_>) -> Result<Vec<Finding>, String> {
        let page = self.page;
        let mut findings = Vec::new();
        for check in &self.checks {
            let found = (check.run)(view, page).map_err(|why| format!("{}: {why} ({})", page.name, check.name))?;
            findings.extend(found.into_iter().map(|what| Finding { check: check.name, page: page.name.clone(), what }));
        }
        Ok(findings)
    }
}

/// Calls a script of ours in the page, with what all of them share.
fn ask<T: DeserializeOwned>(view: &View<'_>, script: &str, argument: &Value) -> Result<T, String> {
    let words = include_str!("scripts/words.js");
    let function = format!("argument => {{ {words} return ({})(argument); }}", script.trim_end().trim_end_matches(';'));
    view.browser.call(&function, argument)
}

/// Whether mdBook made this page of several, so that it has their headings and no way to others.
fn holds_several(page: &Page) -> bool {
    page.path == PRINT
}
