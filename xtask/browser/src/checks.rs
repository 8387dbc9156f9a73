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
    /// How to find out what is wrong with a page looked at like this, a sentence each; the error is why nobody could
    /// find out.
    pub run: fn(&View<'_>, &Page, Look) -> Found,
}

type Found = Result<Vec<String>, String>;

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

/// Every check. Those that look at a page alike run one after another, in this order, so that it is loaded once for
/// them. `tab` comes before `copy`, which leaves the mouse on a button.
pub const CHECKS: &[Check] = &[
    Check {
        name: "load",
        about: "every page loads without an error, and without a request to another host",
        on: On::Each,
        looks: usual,
        run: load::check,
    },
    Check {
        name: "structure",
        about: "images have words, headings nest, tables have headers, landmarks are there",
        on: On::Each,
        looks: usual,
        run: structure::check,
    },
    Check {
        name: "names",
        about: "everything that can be used has a name in the accessibility tree",
        on: On::Own,
        looks: usual,
        run: names::check,
    },
    Check {
        name: "contrast",
        about: "text stands out as WCAG AA asks, in both themes",
        on: On::Each,
        looks: contrast::looks,
        run: contrast::check,
    },
    Check {
        name: "tab",
        about: "the Tab key reaches everything on a page, is seen where it is, and is never caught",
        on: On::Own,
        looks: usual,
        run: keyboard::tab,
    },
    Check {
        name: "copy",
        about: "every listing can be copied, and the copy is what stands in the source",
        on: On::Own,
        looks: usual,
        run: copy::check,
    },
    Check {
        name: "width",
        about: "no page scrolls sideways, on a phone or on a desk, and what does is reached by keyboard",
        on: On::Each,
        looks: width::looks,
        run: width::check,
    },
    Check {
        name: "pairs",
        about: "two listings stand beside each other or one below the other, named, and their notes match",
        on: On::Each,
        looks: pairs::looks,
        run: pairs::check,
    },
    Check {
        name: "paper",
        about: "a printed page is whole and readable, also when the dark theme was chosen",
        on: On::Each,
        looks: paper::looks,
        run: paper::check,
    },
    Check {
        name: "scriptless",
        about: "without scripts a page is whole, and leads to the others",
        on: On::Each,
        looks: scriptless::looks,
        run: scriptless::check,
    },
    Check {
        name: "turns",
        about: "the arrow keys turn every page to the one that it names as the next or the one before",
        on: On::Each,
        looks: usual,
        run: keyboard::turns,
    },
    Check {
        name: "arrows",
        about: "the arrow keys really lead from page to page, and back",
        on: On::First,
        looks: usual,
        run: keyboard::arrows,
    },
    Check {
        name: "theme",
        about: "the theme can be chosen by mouse and by keyboard, is kept, and follows the system",
        on: On::First,
        looks: usual,
        run: theme::check,
    },
    Check {
        name: "search",
        about: "a word is found, and the way to it needs no mouse",
        on: On::First,
        looks: usual,
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
    /// `repeated` is whether to check again what the page with all of them repeats.
    #[must_use]
    pub fn all(checks: &[&'a Check], pages: &'a [Page], first: &'a Page, repeated: bool) -> Vec<Self> {
        let is_on = move |on: On, page: &Page| match on {
            On::Each => true,
            On::Own => repeated || !holds_several(page),
            On::First => false,
        };
        let each = pages
            .iter()
            .map(|page| Task { page, checks: checks.iter().copied().filter(|check| is_on(check.on, page)).collect() });
        let first_alone = checks.iter().copied().filter(|check| check.on == On::First);
        let alone = first_alone.map(|check| Task { page: first, checks: vec![check] });
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
        let mut findings: Vec<Finding> = Vec::new();
        for look in self.looks(view) {
            for check in self.checks.iter().filter(|check| (check.looks)(view).contains(&look)) {
                let found =
                    (check.run)(view, page, look).map_err(|why| format!("{}: {why} ({})", page.name, check.name))?;
                findings.extend(found.into_iter().map(|what| Finding {
                    check: check.name,
                    page: page.name.clone(),
                    what,
                }));
            }
        }
        Ok(findings)
    }

    /// How the page is looked at, each way once, and in an order in which it is seldom loaded again: that takes another
    /// width, unless it is that of paper, or scripts that come or go.
    fn looks(&self, view: &View<'_>) -> Vec<Look> {
        let mut looks = Vec::new();
        for look in self.checks.iter().flat_map(|check| (check.looks)(view)) {
            if !looks.contains(&look) {
                looks.push(look);
            }
        }
        looks.sort_by_key(|look| {
            (!look.scripts, look.paper, look.width != USUAL.width, look.width, look.theme != USUAL.theme)
        });
        looks
    }
}

/// How a check looks that needs nothing special.
fn usual(_: &View<'_>) -> Vec<Look> {
    vec![USUAL]
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
