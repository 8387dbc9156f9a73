//! What is wrong with the book, as a writer reads it: where, what, and the way out.

use anyhow::{Result, ensure};
use std::{collections::BTreeSet, fmt};

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file that it stands in, from the project's root.
    pub file: String,
    /// The line in that file, counted from 1.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// That there is none.
///
/// # Errors
///
/// The report of all that there are.
pub fn none(problems: Vec<Problem>) -> Result<()> {
    ensure!(problems.is_empty(), report(problems));
    Ok(())
}

/// All of them, a line each, in the order of files and lines, and none twice.
#[must_use]
pub fn report(problems: Vec<Problem>) -> String {
    let problems: BTreeSet<_> = problems.into_iter().collect();
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_sorted_and_says_nothing_twice() {
        let problem = |file: &str, line| Problem { file: file.into(), line, what: "it is wrong; mend it".into() };
        let problems = vec![problem("b.md", 1), problem("a.md", 10), problem("a.md", 9), problem("b.md", 1)];
        let expected = "a.md:9: it is wrong; mend it\na.md:10: it is wrong; mend it\nb.md:1: it is wrong; mend it";
        assert_eq!(report(problems), expected);
    }
}
