//! What a program says of itself.

use std::fmt;

/// What a comment that says so begins with.
const MARK: &str = "//~ ";

/// An error that the compiler finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The line that it finds it in, counted from 1.
    pub line: usize,
    /// The error's code, the lint's name, or `error` if it has neither.
    pub code: String,
    /// The first line of the message.
    pub message: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.code, self.message)
    }
}

/// The error that the program in `text` says it has, or `None` if it says nothing.
///
/// # Errors
///
/// If it says it of more than one line, or not in the form `//~ CODE: MESSAGE`.
pub fn verdict(text: &str) -> Result<Option<Verdict>, String> {
    let mut marks = (1..).zip(text.lines()).filter_map(|(line, text)| Some((line, text.trim().strip_prefix(MARK)?)));
    let Some((line, said)) = marks.next() else { return Ok(None) };
    if let Some((second, _)) = marks.next() {
        return Err(format!("has a second `{}` in line {second}; show one mistake at a time", MARK.trim()));
    }
    let Some((code, message)) = said.split_once(": ") else {
        return Err(format!("says `{said}` in line {line}; write `{MARK}CODE: MESSAGE`"));
    };
    Ok(Some(Verdict { line: line + 1, code: code.to_owned(), message: message.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_speaks_of_the_line_below_it() {
        let text = "fn main() {\n    //~ E0597: `a` is gone: really\n    spawn(&a);\n}\n";
        let found = verdict(text).expect("it is well-formed").expect("it says something");
        assert_eq!(found.to_string(), "line 3: E0597: `a` is gone: really");
        assert_eq!(verdict("fn main() {}\n"), Ok(None));
    }

    #[test]
    fn a_malformed_comment_is_answered_with_the_right_form() {
        let why = verdict("//~ E0597\n").expect_err("it has no message");
        assert_eq!(why, "says `E0597` in line 1; write `//~ CODE: MESSAGE`");
        let why = verdict("//~ a: b\n\n//~ c: d\n").expect_err("it has two");
        assert_eq!(why, "has a second `//~` in line 3; show one mistake at a time");
    }
}
