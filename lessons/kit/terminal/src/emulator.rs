//! The terminal emulator: bytes in, screens out.

use std::{mem, num::NonZeroU16, sync::Arc};

use vt100::{Callbacks, Parser};

use crate::Screen;

pub(crate) struct Emulator {
    parser: Parser<Answers>,
    /// The text of the parser's scrollback, which it shows only through its window, a row at a time.
    above: Arc<Vec<String>>,
    /// Whether the last byte was a carriage return. Only the next byte tells if the line is kept or overwritten.
    after_return: bool,
    frames: Vec<String>,
}

impl Emulator {
    pub(crate) fn new(columns: NonZeroU16, rows: NonZeroU16) -> Self {
        Self {
            parser: Parser::new_with_callbacks(rows, columns, usize::MAX, Answers::default()),
            above: Arc::default(),
            after_return: false,
            frames: Vec::new(),
        }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.note_frame_before(byte);
            self.parser.process(&[byte]);
            self.follow_scrolling();
        }
    }

    pub(crate) fn resize(&mut self, columns: NonZeroU16, rows: NonZeroU16) {
        self.parser.set_size(rows, columns);
        self.follow_scrolling();
    }

    /// What the terminal has to say to the program since the last call.
    pub(crate) fn take_answers(&mut self) -> Vec<u8> {
        mem::take(&mut self.parser.callbacks_mut().0)
    }

    pub(crate) fn screen(&self) -> Screen {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        // After a character in the last column the parser's cursor stands beyond it until the next one wraps.
        let last_column = screen.size().1.get() - 1;
        Screen {
            above: if screen.alternate_screen() { Arc::default() } else { Arc::clone(&self.above) },
            rows: texts(screen).collect(),
            cursor: (row, column.min(last_column)),
            cursor_visible: !screen.hide_cursor(),
        }
    }

    /// The frames of the whole run. No byte may follow.
    pub(crate) fn into_frames(mut self) -> Vec<String> {
        if self.after_return {
            self.note_frame();
        }
        self.frames
    }

    /// Notes a frame if a carriage return came before `byte` and `byte` does not end the line.
    ///
    /// A carriage return alone changes no text, so the line is still as it was before. Several in a row count as one:
    /// the terminal turns the `\r\n` of a program into `\r\r\n`, and that ends a line as well.
    fn note_frame_before(&mut self, byte: u8) {
        if self.after_return && byte != b'\r' && byte != b'\n' {
            self.note_frame();
        }
        self.after_return = byte == b'\r';
    }

    fn note_frame(&mut self) {
        let screen = self.parser.screen();
        let row = usize::from(screen.cursor_position().0);
        self.frames.extend(texts(screen).nth(row).filter(|line| !line.is_empty()));
    }

    /// Brings `above` up to date with the parser's scrollback. Called after every byte: lines enter at its end then, or a
    /// window that grew took the last ones back, or a program cleared them all.
    fn follow_scrolling(&mut self) {
        let screen = self.parser.screen_mut();
        let (known, kept) = (self.above.len(), screen.scrollback_len());
        // The alternate screen has no scrollback and hides that of the main screen.
        if screen.alternate_screen() || known == kept {
            return;
        }
        let above = Arc::make_mut(&mut self.above);
        above.truncate(kept);
        for offset in (1..=kept.saturating_sub(known)).rev() {
            screen.set_scrollback(offset);
            above.extend(texts(screen).next());
        }
        screen.set_scrollback(0);
    }
}

/// The rows in the parser's window, without their trailing blanks.
fn texts(screen: &vt100::Screen) -> impl Iterator<Item = String> + '_ {
    // Rows that scrolled off may be wider than the window is now.
    screen.rows(0, u16::MAX).map(|mut row| {
        row.truncate(row.trim_end().len());
        row
    })
}

/// What the terminal has to say to the program.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    /// Answers the question for the cursor's place. The console of Windows asks it first and waits for the answer.
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        intermediate: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        action: char,
    ) {
        if intermediate.is_none() && action == 'n' && matches!(params, [[6]]) {
            let (row, column) = screen.cursor_position();
            let column = column.min(screen.size().1.get() - 1);
            self.0.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emulator(columns: u16, rows: u16) -> Emulator {
        let size = |cells| NonZeroU16::new(cells).expect("a test wants a window");
        Emulator::new(size(columns), size(rows))
    }

    /// Feeds `output` whole and in all small chunk sizes, and checks that the frames are always `expected`.
    fn check_frames(output: &str, expected: &[&str]) {
        for size in 1..=output.len() {
            let mut emulator = emulator(20, 4);
            output.as_bytes().chunks(size).for_each(|chunk| emulator.feed(chunk));
            assert_eq!(emulator.into_frames(), expected, "{output:?} in chunks of {size}");
        }
    }

    #[test]
    fn a_carriage_return_ends_a_frame() {
        check_frames("\r| a\r/ a\r   \r", &["| a", "/ a"]);
        check_frames("\r| é\r\x1b[2K", &["| é"]);
        check_frames("last\r", &["last"]);
    }

    #[test]
    fn the_end_of_a_line_is_no_frame() {
        check_frames("one\r\ntwo\r\r\n", &[]);
        check_frames("one\r\n| a\r\ntwo\r/ a\r\n", &["two"]);
    }

    #[test]
    fn a_taller_window_takes_lines_back() {
        let mut emulator = emulator(20, 2);
        emulator.feed(b"1\r\n2\r\n3\r\n4");
        let before = emulator.screen();
        for rows in [3, 1, 10, 2] {
            emulator.resize(emulator.parser.screen().size().1, NonZeroU16::new(rows).expect("not 0"));
            assert_eq!(emulator.screen().lines(), ["1", "2", "3", "4"], "with {rows} rows");
        }
        assert_eq!(before.lines(), ["1", "2", "3", "4"], "a snapshot does not change");
    }

    #[test]
    fn a_program_can_clear_what_scrolled_off() {
        let mut emulator = emulator(20, 2);
        for clear in ["\x1b[3J", "\x1bc"] {
            emulator.feed(b"1\r\n2\r\n3\r\n");
            emulator.feed(clear.as_bytes());
            emulator.feed(b"\x1b[H\x1b[2Ja\r\nb\r\nc");
            assert_eq!(emulator.screen().lines(), ["a", "b", "c"], "after {clear:?}");
        }
    }

    #[test]
    fn the_alternate_screen_hides_the_other_lines() {
        let mut emulator = emulator(20, 2);
        emulator.feed(b"1\r\n2\r\n3\x1b[?1049h\x1b[Ha\r\nb\r\nc");
        assert_eq!(emulator.screen().lines(), ["b", "c"]);
        emulator.feed(b"\x1b[?1049l");
        assert_eq!(emulator.screen().lines(), ["1", "2", "3"]);
    }

    #[test]
    fn the_terminal_tells_where_the_cursor_is() {
        let mut emulator = emulator(20, 2);
        emulator.feed(b"\r\nabc\x1b[6n");
        assert_eq!(emulator.take_answers(), b"\x1b[2;4R");
        assert_eq!(emulator.take_answers(), b"");
    }
}
