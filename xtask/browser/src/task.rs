//! Checks of one page, in one browser.

use anyhow::{Context, Result};

use crate::{
    check::{Check, On, holds_several},
    site::{Page, Site},
    view::{Look, USUAL, View},
};

/// A page, and what is looked at there, in this order.
#[derive(Debug)]
pub struct Task<'a> {
    pub page: &'a Page,
    pub checks: Vec<&'a Check>,
}

impl<'a> Task<'a> {
    /// These checks on these pages: a task for each page, and one for each check that is for the first page alone.
    /// `repeated` is whether to check again what the page with all of them repeats.
    pub fn all(checks: &'a [Check], site: &'a Site, pages: &'a [Page], repeated: bool) -> Vec<Self> {
        let is_on = move |on: On, page: &Page| match on {
            On::Each => true,
            On::Own => repeated || !holds_several(page),
            On::First => false,
        };
        let each = pages
            .iter()
            .map(|page| Task { page, checks: checks.iter().filter(|check| is_on(check.on, page)).collect() });
        let first_alone = checks.iter().filter(|check| check.on == On::First);
        each.chain(first_alone.map(|check| Task { page: &site.first, checks: vec![check] })).collect()
    }

    /// What a person calls it.
    pub fn name(&self) -> &str {
        match self.checks[..] {
            [check] if check.on == On::First => check.name,
            _ => &self.page.name,
        }
    }

    /// Runs the checks, one after another. What is wrong comes with the page and the check.
    pub fn run(&self, view: &View<'_>) -> Result<Vec<String>> {
        let mut findings = Vec::new();
        for look in self.looks(view) {
            for check in self.checks.iter().filter(|check| (check.looks)(view).contains(&look)) {
                let found = (check.run)(view, self.page, look);
                let found = found.with_context(|| format!("{} ({})", self.page.name, check.name))?;
                findings.extend(found.iter().map(|what| format!("{}: {what} ({})", self.page.name, check.name)));
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

/// All that is wrong, a line each, and none twice.
pub fn report(findings: &[Vec<String>]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in findings.iter().flatten() {
        if !lines.contains(&line.as_str()) {
            lines.push(line);
        }
    }
    lines.join("\n")
}
