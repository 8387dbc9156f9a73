//! The table of checks: what must hold in the browser.

mod copy;
mod keyboard;
mod load;
mod names;
mod scripted;
mod search;
mod theme;

use crate::check::{Check, On, usual};

/// Every check. Those that look at a page alike run one after another, in this order, so that it is loaded once for
/// them. `tab` comes before `copy`, which leaves the mouse on a button.
pub const CHECKS: &[Check] = &[
    Check {
        name: "load",
        about: "every page loads without an error, and without a request to another host",
        on: On::Each,
        looks: usual,
        run: load::load,
    },
    Check {
        name: "structure",
        about: "images have words, headings nest, tables have headers, landmarks are there",
        on: On::Each,
        looks: usual,
        run: scripted::structure,
    },
    Check {
        name: "names",
        about: "everything that can be used has a name in the accessibility tree",
        on: On::Own,
        looks: usual,
        run: names::names,
    },
    Check {
        name: "contrast",
        about: "text stands out as WCAG AA asks, in both themes",
        on: On::Each,
        looks: scripted::contrast_looks,
        run: scripted::contrast,
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
        run: copy::copy,
    },
    Check {
        name: "width",
        about: "no page scrolls sideways, on a phone or on a desk, and what does is reached by keyboard",
        on: On::Each,
        looks: scripted::width_looks,
        run: scripted::width,
    },
    Check {
        name: "pairs",
        about: "two listings stand beside each other or one below the other, named, and their notes match",
        on: On::Each,
        looks: scripted::pairs_looks,
        run: scripted::pairs,
    },
    Check {
        name: "paper",
        about: "a printed page is whole and readable, also when the dark theme was chosen",
        on: On::Each,
        looks: scripted::paper_looks,
        run: scripted::paper,
    },
    Check {
        name: "scriptless",
        about: "without scripts a page is whole, and leads to the others",
        on: On::Each,
        looks: scripted::scriptless_looks,
        run: scripted::scriptless,
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
        run: theme::theme,
    },
    Check {
        name: "search",
        about: "a word is found, and the way to it needs no mouse",
        on: On::First,
        looks: usual,
        run: search::search,
    },
];
