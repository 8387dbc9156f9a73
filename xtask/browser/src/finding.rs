//! What is wrong in the browser, as a writer reads it: on which page, what, and the way out.

use std::fmt;

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// The page, by what it is written in if that is known.
    pub page: String,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.page, self.what, self.check)
    }
}

/// All of them, a line each, and none twice.
#[must_use]
pub fn report(findings: &[Finding]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in findings.iter().map(Finding::to_string) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}
