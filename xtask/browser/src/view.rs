//! One page in the browser, as a reader looks at it: how wide, in which theme, with or without scripts, or on paper.

use std::cell::RefCell;

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    server::Server,
    site::{Page, Site},
};

/// How tall the window is. Only its width changes what stands where.
const HEIGHT: u32 = 900;

/// The two themes that the book keeps readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// The theme by day.
    Light,
    /// The theme by night.
    Navy,
}

impl Theme {
    /// Both of them.
    pub const ALL: [Theme; 2] = [Theme::Light, Theme::Navy];

    /// What mdBook calls it.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Navy => "navy",
        }
    }
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The width of the window, in CSS pixels.
    pub width: u32,
    /// The theme that was chosen.
    pub theme: Theme,
    /// Whether scripts run.
    pub scripts: bool,
    /// Whether it is on paper.
    pub paper: bool,
}

/// What most readers see first.
pub const USUAL: Look = Look { width: 1280, theme: Theme::Light, scripts: true, paper: false };

/// The browser, the book, and what is open.
#[derive(Debug)]
pub struct View<'a> {
    /// The browser.
    pub browser: &'a Browser,
    /// What serves the book to it.
    pub server: &'a Server,
    /// The book.
    pub site: &'a Site,
    /// Whether to look at more than usual.
    pub thorough: bool,
    /// Whether to look also at what one page repeats of others.
    pub repeated: bool,
    open: RefCell<Option<(String, Look)>>,
}

impl<'a> View<'a> {
    /// Nothing is open yet.
    pub fn new(browser: &'a Browser, server: &'a Server, site: &'a Site, thorough: bool, repeated: bool) -> Self {
        View { browser, server, site, thorough, repeated, open: RefCell::new(None) }
    }

    /// Opens the page, even if it is open already, without a memory of earlier visits.
    pub fn open_anew(&self, page: &Page, look: Look) -> Result<()> {
        self.open.take();
        self.browser.devtools(
            "Storage.clearDataForOrigin",
            &json!({
                "origin": self.server.origin, "storageTypes": "local_storage",
            }),
        )?;
        self.go(page, look)
    }

    /// Looks at the page like this. It is loaded only if another one is open, if its scripts have to come or go, or if the
    /// window has another width, which mdBook's scripts look at when a page is loaded. Paper needs no window.
    pub fn look(&self, page: &Page, look: Look) -> Result<()> {
        let open = self.open.take();
        match open {
            Some((path, before))
                if path == page.path
                    && before.scripts == look.scripts
                    && (before.width == look.width || look.paper || !look.scripts) =>
            {
                self.adjust(Some(before), look)?;
                self.open.replace(Some((path, look)));
                Ok(())
            }
            _ => self.go(page, look),
        }
    }

    /// Says that the page is no longer as it was opened, so that the next look loads it again.
    pub fn forget(&self) {
        self.open.take();
    }

    fn go(&self, page: &Page, look: Look) -> Result<()> {
        self.browser.devtools("Emulation.setScriptExecutionDisabled", &json!({ "value": !look.scripts }))?;
        self.emulate(look)?;
        self.browser.go(&self.server.url(&page.path))?;
        self.adjust(None, look)?;
        self.open.replace(Some((page.path.clone(), look)));
        Ok(())
    }

    fn adjust(&self, before: Option<Look>, look: Look) -> Result<()> {
        if before == Some(look) {
            return Ok(());
        }
        self.emulate(look)?;
        let argument = json!({ "theme": look.scripts.then(|| look.theme.name()) });
        self.browser.call::<Value>(include_str!("scripts/settle.js"), &argument)?;
        Ok(())
    }

    fn emulate(&self, look: Look) -> Result<()> {
        let size = json!({ "width": look.width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", &size)?;
        let media = if look.paper { "print" } else { "screen" };
        // Nothing then moves for longer than it has to.
        let still = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": media, "features": still }))?;
        Ok(())
    }
}
