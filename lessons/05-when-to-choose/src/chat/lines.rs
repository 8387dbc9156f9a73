//! From the bytes of a client to its lines.

use std::fmt;

/// The most bytes in a line, its end not counted.
pub const LONGEST_LINE: usize = 1_000;

/// Collects bytes, however they come, and gives lines. It never holds more than [`LONGEST_LINE`] bytes and what it was
/// fed last.
#[derive(Debug, Default)]
pub struct Lines {
    unread: Vec<u8>,
    /// The line has been too long so far, and its beginning has been thrown away.
    is_too_long: bool,
}

/// Why a line is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It has more than [`LONGEST_LINE`] bytes.
    TooLong,
    /// It is no UTF-8.
    NoUtf8,
    /// It has control characters, as [`is_control`] takes them.
    ControlCharacters,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a line has at most {LONGEST_LINE} bytes; that one was not passed on"),
            Self::NoUtf8 => f.write_str("that line is no UTF-8 and was not passed on"),
            Self::ControlCharacters => f.write_str("that line has control characters and was not passed on"),
        }
    }
}

impl Lines {
    /// Takes what has come from the client.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// Takes the end of what comes: a last line need not be ended.
    pub fn end(&mut self) {
        if !self.unread.is_empty() || self.is_too_long {
            self.unread.push(b'\n');
        }
    }

    /// The next line, without its end, if it has come as a whole.
    fn next_line(&mut self) -> Option<Result<String, Malformed>> {
        let Some(end) = self.unread.iter().position(|&byte| byte == b'\n') else {
            if self.unread.len() > LONGEST_LINE + 1 {
                self.unread.clear();
                self.is_too_long = true;
            }
            return None;
        };
        let mut line: Vec<u8> = self.unread.drain(..=end).collect();
        line.pop();
        // Telnet, and everybody on Windows, ends lines with both.
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if std::mem::take(&mut self.is_too_long) || line.len() > LONGEST_LINE {
            return Some(Err(Malformed::TooLong));
        }
        let line = String::from_utf8(line).map_err(|_| Malformed::NoUtf8);
        Some(line.and_then(
            |line| {
                if line.chars().any(is_control) { Err(Malformed::ControlCharacters) } else { Ok(line) }
            },
        ))
    }
}

/// Whether a character could make a line look like another client's: it moves the cursor,
/// breaks the line, or turns the direction of the text around it. The last are those with the
/// property Bidi_Control of Unicode.
fn is_control(c: char) -> bool {
    let breaks_the_line = matches!(c, '\u{2028}' | '\u{2029}');
    let turns_the_text = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c != '\t' && (c.is_control() || breaks_the_line || turns_the_text)
}

impl Iterator for Lines {
    type Item = Result<String, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_line()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// The lines of `chunks`, fed one after the other.
    fn lines<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Result<String, Malformed>> {
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for chunk in chunks {
            lines.feed(chunk);
            all.extend(&mut lines);
            assert!(lines.unread.len() <= LONGEST_LINE + 1);
        }
        lines.end();
        all.extend(&mut lines);
        all
    }

    #[test]
    fn a_line_ends_with_lf_or_crlf_or_the_end() {
        assert_eq!(lines([&b"one\ntwo\r\n\nfour"[..]]), ["one", "two", "", "four"].map(|line| Ok(line.to_owned())));
        assert_eq!(lines([&b""[..]]), []);
    }

    #[test]
    fn a_line_at_the_limit_is_one_and_a_longer_one_is_reported_once() {
        let longest = "x".repeat(LONGEST_LINE);
        let input = format!("{longest}\r\n{longest}y\n{}\nnext\n", longest.repeat(5));
        let expected = [Ok(longest), Err(Malformed::TooLong), Err(Malformed::TooLong), Ok("next".to_owned())];
        assert_eq!(lines([input.as_bytes()]), expected);
        assert_eq!(lines(input.as_bytes().chunks(1)), expected);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(
            lines([&b"\xff\n\x1b[2J\ntab\there\n"[..]]),
            [Err(Malformed::NoUtf8), Err(Malformed::ControlCharacters), Ok("tab\there".to_owned())]
        );
    }

    #[test]
    fn what_breaks_a_line_or_turns_its_text_is_a_control_character() {
        let breaks = "\u{b}\u{c}\r\u{85}\u{2028}\u{2029}";
        let marks = "\u{61c}\u{200e}\u{200f}";
        let turns = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for c in breaks.chars().chain(marks.chars()).chain(turns) {
            assert_eq!(lines([format!("x{c}y\n").as_bytes()]), [Err(Malformed::ControlCharacters)], "{c:?}");
        }
        // Text in any direction is one, and so is an emoji of several characters.
        for text in ["שלום bob", "مرحبا", "👩\u{200d}💻"] {
            assert_eq!(lines([format!("{text}\n").as_bytes()]), [Ok(text.to_owned())]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn it_does_not_matter_how_bytes_are_cut(bytes in vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..4_000), size in 1_usize..2_000) {
            prop_assert_eq!(lines(bytes.chunks(size)), lines(bytes.chunks(1)));
        }
    }
}
