//! Pictures of every page, for looking at.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::view::{Look, Theme, USUAL, View};

/// A desk and a phone.
const WIDTHS: [u32; 2] = [1280, 390];

/// Longer pages are cut here: a picture shall be one that programs still open.
const TALLEST: f64 = 12_000.0;

/// Writes a PNG of every page into this folder, for each width and theme.
pub fn take(view: &View<'_>, folder: &Path) -> Result<()> {
    let failed = || format!("{}: the pictures can't be kept there", folder.display());
    fs::create_dir_all(folder).with_context(failed)?;
    for page in &view.site.pages {
        for width in WIDTHS {
            for theme in Theme::ALL {
                view.look(page, Look { width, theme, ..USUAL })?;
                let name = page.path.trim_end_matches(".html").replace('/', "_");
                let file = folder.join(format!("{name}-{width}-{}.png", theme.name()));
                fs::write(file, picture(view, width)?).with_context(failed)?;
            }
        }
    }
    Ok(())
}

fn picture(view: &View<'_>, width: u32) -> Result<Vec<u8>> {
    let height: f64 = view.browser.call("() => document.scrollingElement.scrollHeight", &Value::Null)?;
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": height.min(TALLEST), "scale": 1 });
    let taken =
        view.browser.devtools("Page.captureScreenshot", &json!({ "captureBeyondViewport": true, "clip": clip }))?;
    BASE64_STANDARD.decode(taken["data"].as_str().unwrap_or_default()).context("the picture cannot be read")
}
