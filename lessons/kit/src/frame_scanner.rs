//! Finds the frames of a spinner in the output of a program that knows nothing of the kit.

/// Follows a program's output and tells frames from lines.
///
/// A frame is what a program writes after a carriage return and before the next one, if it is not blank: the next one
/// goes over it. Control sequences are left out. What ends in a newline is a line, which stays.
#[derive(Debug, Default)]
pub(crate) struct FrameScanner {
    /// The piece since the last carriage return or newline.
    piece: String,
    /// A carriage return stands before the piece.
    after_return: bool,
    /// The last character was a carriage return: with a newline behind it, it is only half of a Windows line's end.
    returning: bool,
    /// How far into a control sequence the output is.
    sequence: Sequence,
    /// When the first character of the piece came that is not blank.
    began: Option<u64>,
}

/// A control sequence is `ESC [`, parameters, and a last character, such as `ESC [ K`. It draws nothing itself.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Sequence {
    #[default]
    Outside,
    Escape,
    Inside,
}

impl Sequence {
    /// Where the output is after `character`, and whether that belonged to a sequence.
    fn after(self, character: char) -> (Self, bool) {
        match (self, character) {
            (_, '\x1b') => (Self::Escape, true),
            (Self::Inside, '@'..='~') => (Self::Outside, true),
            (Self::Escape, '[') | (Self::Inside, _) => (Self::Inside, true),
            (Self::Outside | Self::Escape, _) => (Self::Outside, false),
        }
    }
}

/// A frame, and when its first character came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFrame {
    pub(crate) at: u64,
    pub(crate) text: String,
}

/// What is found in a chunk of output.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The frames that were overwritten.
    pub(crate) frames: Vec<FoundFrame>,
    /// The text that stays: what someone reads who has no terminal.
    pub(crate) text: String,
}

impl FrameScanner {
    /// Takes in the `chunk` of output that came at the time `at`.
    pub(crate) fn take(&mut self, at: u64, chunk: &str) -> Found {
        let mut found = Found::default();
        for character in chunk.chars() {
            if std::mem::take(&mut self.returning) && character != '\n' {
                self.end_of_piece(&mut found);
                self.after_return = true;
            }
            let (sequence, is_part) = self.sequence.after(character);
            self.sequence = sequence;
            match character {
                _ if is_part => {}
                '\r' => self.returning = true,
                '\n' => {
                    found.text.push_str(&std::mem::take(&mut self.piece));
                    found.text.push('\n');
                    (self.after_return, self.began) = (false, None);
                }
                _ => {
                    if !character.is_whitespace() {
                        self.began.get_or_insert(at);
                    }
                    self.piece.push(character);
                }
            }
        }
        found
    }

    /// Takes in the end of the output.
    pub(crate) fn finish(mut self) -> Found {
        let mut found = Found::default();
        self.end_of_piece(&mut found);
        found
    }

    fn end_of_piece(&mut self, found: &mut Found) {
        let piece = std::mem::take(&mut self.piece);
        let began = self.began.take();
        if !self.after_return {
            found.text.push_str(&piece);
        } else if let Some(at) = began {
            found.frames.push(FoundFrame { at, text: piece.trim_end().to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "spinner object: <Thread>\n\r| thinking!\r/ thinking!\r\x1b[KAnswer: 42\n";

    fn scan(chunks: &[&str]) -> (Vec<String>, String) {
        let mut scanner = FrameScanner::default();
        let (mut frames, mut text) = (Vec::new(), String::new());
        let mut add = |found: Found| {
            frames.extend(found.frames.into_iter().map(|frame| frame.text));
            text.push_str(&found.text);
        };
        for (at, chunk) in (0..).zip(chunks) {
            add(scanner.take(at, chunk));
        }
        add(scanner.finish());
        (frames, text)
    }

    #[test]
    fn tells_frames_from_lines() {
        let (frames, text) = scan(&[OUTPUT]);
        assert_eq!(frames, ["| thinking!", "/ thinking!"]);
        assert_eq!(text, "spinner object: <Thread>\nAnswer: 42\n");
    }

    #[test]
    fn finds_the_same_wherever_the_output_is_cut() {
        for cut in 1..OUTPUT.len() {
            let (start, end) = OUTPUT.split_at(cut);
            assert_eq!(scan(&[start, end]), scan(&[OUTPUT]), "cut at {cut}");
        }
    }

    #[test]
    fn a_line_that_ends_in_both_stays() {
        assert_eq!(scan(&["one\r", "\ntwo\r\n"]), (vec![], "one\ntwo\n".to_owned()));
    }

    #[test]
    fn a_frame_counts_from_its_first_character() {
        let mut scanner = FrameScanner::default();
        assert_eq!(scanner.take(1, "\r"), Found::default());
        assert_eq!(scanner.take(2, "| think"), Found::default());
        let found = scanner.take(3, "ing!\r/");
        assert_eq!(found.frames, [FoundFrame { at: 2, text: "| thinking!".into() }]);
    }
}
