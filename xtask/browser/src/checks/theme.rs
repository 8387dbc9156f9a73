//! The theme can be chosen by mouse and by keyboard, is kept, and follows the system as long as none was chosen.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    check::Findings,
    site::Page,
    view::{Look, View},
};

/// The entries of the menu that a reader sees.
const ENTRIES: [&str; 3] = ["Auto", "Light", "Navy"];

const TOGGLE: &str = "#mdbook-theme-toggle";
const IS_OPEN: &str = "() => document.getElementById('mdbook-theme-list').checkVisibility()";
const FOCUSED: &str = "() => document.activeElement?.id ?? ''";

pub fn theme(view: &View<'_>, page: &Page, look: Look) -> Findings {
    let mut found = Vec::new();
    view.open_anew(page, look)?;
    by_mouse(view, &mut found)?;
    reload(view, page)?;
    if !is(view, "navy")? {
        found.push("a theme that was chosen is forgotten when the page is loaded again; keep it".to_owned());
    }
    by_keyboard(view, &mut found)?;
    by_system(view, page, &mut found)?;
    view.forget();
    Ok(found)
}

fn by_mouse(view: &View<'_>, found: &mut Vec<String>) -> Result<()> {
    click(view, TOGGLE)?;
    view.browser.until("the menu of themes", IS_OPEN, &Value::Null)?;
    let shown = "() => [...document.querySelectorAll('#mdbook-theme-list button')]
        .filter(button => button.checkVisibility()).map(button => button.textContent.trim())";
    let shown: Vec<String> = view.browser.call(shown, &Value::Null)?;
    if shown != ENTRIES {
        found.push(format!("the menu has the themes {}; show {}", shown.join(", "), ENTRIES.join(", ")));
    }
    click(view, "#mdbook-theme-navy")?;
    view.browser.until("the theme navy", HAS_THEME, &json!("navy"))
}

/// Opens the menu with Enter, goes through it with the arrow keys, and chooses with Enter.
fn by_keyboard(view: &View<'_>, found: &mut Vec<String>) -> Result<()> {
    view.browser.call::<Value>("selector => document.querySelector(selector).focus()", &json!(TOGGLE))?;
    view.browser.press("Enter")?;
    view.browser.until("the menu of themes", IS_OPEN, &Value::Null)?;
    for (key, wanted) in [
        ("ArrowUp", "mdbook-theme-light"),
        ("ArrowUp", "mdbook-theme-default_theme"),
        ("ArrowDown", "mdbook-theme-light"),
        ("ArrowDown", "mdbook-theme-navy"),
        ("ArrowUp", "mdbook-theme-light"),
    ] {
        view.browser.press(key)?;
        let focused: String = view.browser.call(FOCUSED, &Value::Null)?;
        if focused != wanted {
            found.push(format!("in the menu of themes `{key}` leads to `#{focused}` and not to `#{wanted}`; keep no hidden entries in it"));
            break;
        }
    }
    view.browser.call::<Value>("() => document.getElementById('mdbook-theme-light').focus()", &Value::Null)?;
    view.browser.press("Enter")?;
    view.browser.until("the theme light", HAS_THEME, &json!("light"))?;
    view.browser.press("Escape")?;
    view.browser.until(
        "the end of the menu",
        "() => !document.getElementById('mdbook-theme-list').checkVisibility()",
        &Value::Null,
    )
}

/// With Auto, the page is as the system is.
fn by_system(view: &View<'_>, page: &Page, found: &mut Vec<String>) -> Result<()> {
    click(view, TOGGLE)?;
    view.browser.until("the menu of themes", IS_OPEN, &Value::Null)?;
    click(view, "#mdbook-theme-default_theme")?;
    for (scheme, theme) in [("dark", "navy"), ("light", "light")] {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        view.browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }))?;
        reload(view, page)?;
        if !is(view, theme)? {
            found.push(format!("a system that is {scheme} does not get the theme {theme}; mend `book.toml`"));
        }
    }
    Ok(())
}

const HAS_THEME: &str = "theme => document.documentElement.classList.contains(theme)";

fn is(view: &View<'_>, theme: &str) -> Result<bool> {
    view.browser.call(HAS_THEME, &json!(theme))
}

fn reload(view: &View<'_>, page: &Page) -> Result<()> {
    view.browser.go(&view.server.url(&page.path))
}

fn click(view: &View<'_>, selector: &str) -> Result<()> {
    let place = "selector => {
        const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
        return [left + width / 2, top + height / 2];
    }";
    let (x, y): (f64, f64) = view.browser.call(place, &json!(selector))?;
    view.browser.click(x, y)
}
