//! Everything that can be used has a name in the accessibility tree, which is what a screen reader reads.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    check::Findings,
    site::Page,
    view::{Look, View},
};

/// The roles that are nothing without a name.
const NAMED: [&str; 13] = [
    "button",
    "checkbox",
    "combobox",
    "dialog",
    "heading",
    "image",
    "img",
    "link",
    "menuitem",
    "radio",
    "searchbox",
    "switch",
    "textbox",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    ignored: bool,
    role: Option<Text>,
    name: Option<Text>,
    #[serde(rename = "backendDOMNodeId")]
    backend: Option<u64>,
}

#[derive(Deserialize)]
struct Text {
    value: Option<Value>,
}

impl Text {
    fn of(text: Option<&Text>) -> &str {
        text.and_then(|text| text.value.as_ref()?.as_str()).unwrap_or_default().trim()
    }
}

pub fn names(view: &View<'_>, page: &Page, look: Look) -> Findings {
    view.look(page, look)?;
    let mut tree = view.browser.devtools("Accessibility.getFullAXTree", &json!({}))?;
    let nodes: Vec<Node> =
        serde_json::from_value(tree["nodes"].take()).context("the accessibility tree cannot be read")?;
    let mut found = Vec::new();
    for node in nodes.iter().filter(|node| !node.ignored && Text::of(node.name.as_ref()).is_empty()) {
        let role = Text::of(node.role.as_ref());
        if NAMED.contains(&role) {
            let element = describe(view, node.backend)?;
            found.push(format!("{element} is a {role} without a name; give it text or an `aria-label`"));
        }
    }
    Ok(found)
}

/// The element behind a node of the tree, for a person.
fn describe(view: &View<'_>, backend: Option<u64>) -> Result<String> {
    let Some(backend) = backend else { return Ok("something".to_owned()) };
    let node = view.browser.devtools("DOM.resolveNode", &json!({ "backendNodeId": backend }))?;
    let words = include_str!("../scripts/words.js");
    let parameters = json!({
        "objectId": node.pointer("/object/objectId"),
        "functionDeclaration": format!("function () {{ {words} return describe(this); }}"),
        "returnByValue": true,
    });
    let answer = view.browser.devtools("Runtime.callFunctionOn", &parameters)?;
    Ok(answer.pointer("/result/value").and_then(Value::as_str).unwrap_or("something").to_owned())
}
