//! Every listing can be copied, and the copy is what stands in the source.

use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::{
    check::{Findings, ask},
    site::Page,
    view::{Look, View},
};

#[derive(Deserialize)]
struct Button {
    done: bool,
    #[serde(default)]
    name: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    shown: String,
    x: Option<f64>,
    y: Option<f64>,
}

pub fn copy(view: &View<'_>, page: &Page, look: Look) -> Findings {
    let rights = json!({
        "origin": view.server.origin, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
    });
    view.browser.devtools("Browser.grantPermissions", &rights)?;
    view.look(page, look)?;
    let mut found = Vec::new();
    for index in 0.. {
        let button: Button = ask(view, include_str!("../scripts/copy_button.js"), &json!({ "index": index }))?;
        if button.done {
            break;
        }
        let Button { name, file, shown, .. } = &button;
        let (Some(x), Some(y)) = (button.x, button.y) else {
            found.push(format!("{name} cannot be copied; show it as mdBook shows code, which adds a button"));
            continue;
        };
        // It is hidden, and comes where the mouse is.
        view.browser.hover(x, y)?;
        let is_there = "([x, y]) => document.elementFromPoint(x, y)?.closest('.clip-button') != null";
        if let Err(why) = view.browser.until(&format!("the button of {name}"), is_there, &json!([x, y])) {
            found.push(format!("{why:#}; show it where the mouse is"));
            continue;
        }
        view.browser.click(x, y)?;
        let text: Option<String> =
            view.browser.call(include_str!("../scripts/copied.js"), &json!({ "index": index }))?;
        let Some(text) = text else {
            found.push(format!("the button of {name} copies nothing; mend it"));
            continue;
        };
        if text.trim_end() != shown.trim_end() {
            found.push(format!("{name} is copied with something else than it shows; keep it free of other elements"));
        } else if !file.is_empty() {
            let source = fs::read_to_string(view.site.root.join(file)).unwrap_or_default();
            if !stands_in(&text, &source) {
                found.push(format!("{name} is copied as something that `{file}` does not hold; build the book again"));
            }
        }
    }
    Ok(found)
}

/// Whether these lines stand in the source, one after another, apart from lines that mark anchors and from the depth of
/// all of them.
fn stands_in(text: &str, source: &str) -> bool {
    let wanted: Vec<&str> = text.trim_end().lines().collect();
    let marks = ["ANCHOR:", "ANCHOR_END:"];
    let lines: Vec<&str> =
        source.lines().map(str::trim_end).filter(|line| !marks.iter().any(|mark| line.contains(mark))).collect();
    lines.windows(wanted.len().max(1)).any(|window| {
        let depth = |line: &str| line.len() - line.trim_start().len();
        let moved = depth(window[0]).saturating_sub(wanted.first().map_or(0, |line| depth(line)));
        window.iter().zip(&wanted).all(|(line, wanted)| line.get(moved..).unwrap_or_default() == *wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_whole_lines_of_the_source() {
        let source = "mod a {\n    // ANCHOR: f\n    fn f() {\n        g();\n\n    }\n    // ANCHOR_END: f\n}\n";
        assert!(stands_in("fn f() {\n    g();\n\n}", source));
        assert!(stands_in("mod a {\n    fn f() {\n        g();\n\n    }\n}\n", source));
        assert!(!stands_in("fn f() {\n    h();\n\n}", source));
        assert!(!stands_in("fn f() {\n  g();\n\n}", source));
    }
}
