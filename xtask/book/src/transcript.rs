//! What the terminal shows when a program has ended: no frame that another replaced, no control sequence.

use std::num::NonZero;

use crate::html::escape;

/// Wide enough that no line of a lesson wraps, as it would on a terminal of the usual width.
const COLUMNS: NonZero<u16> = NonZero::new(240).expect("it is not zero");

/// The screen at the end of this output.
pub fn on_screen(output: &str) -> String {
    // One line more, since the output's last line break moves to it.
    let rows = u16::try_from(output.lines().count())
        .map_or(NonZero::<u16>::MAX, |lines| NonZero::<u16>::MIN.saturating_add(lines));
    let mut terminal = vt100::Parser::new(rows, COLUMNS, 0);
    // A terminal begins a line at its left edge, which a program that writes to a pipe leaves to it.
    terminal.process(output.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
    let screen = terminal.screen().contents();
    screen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// This screen as HTML. Each line that is set out in columns is an element of its own, since it must not wrap: its columns
/// would no longer stand below each other.
pub fn as_html(screen: &str) -> String {
    let line = |line: &str| {
        if is_in_columns(line) { format!("<span class=\"columns\">{}</span>", escape(line)) } else { escape(line) }
    };
    screen.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a line of this screen doesn't wrap, so that a narrow page has to scroll it.
pub fn scrolls(screen: &str) -> bool {
    screen.lines().any(is_in_columns)
}

fn is_in_columns(line: &str) -> bool {
    line.trim_start().contains("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_frames_are_gone() {
        let output = "spinner object: Task\r\n\u{1b}[?25l\r| thinking!\r/ thinking!\r\u{1b}[K\u{1b}[?25hAnswer: 42\r\n";
        assert_eq!(on_screen(output), "spinner object: Task\nAnswer: 42");
    }

    #[test]
    fn plain_output_stays() {
        assert_eq!(on_screen("one\n\n  two\n"), "one\n\n  two");
        assert_eq!(on_screen(""), "");
    }

    #[test]
    fn lines_in_columns_are_marked() {
        let html = "a &lt; b, and\n\n  so on\n<span class=\"columns\">bare yields  66.3 &lt;</span>";
        let screen = "a < b, and\n\n  so on\nbare yields  66.3 <";
        assert_eq!(as_html(screen), html);
        assert!(scrolls(screen));
        assert!(!scrolls("a < b, and\n\n  so on"));
    }
}
