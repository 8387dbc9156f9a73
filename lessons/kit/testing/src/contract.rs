//! What a lesson's spinners promise, whatever they run on.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use lesson_terminal::{Exit, Run, Screen};

use crate::{
    Program,
    program::{at_once, lines_without_echo},
};

/// The frames of a spinner, in order.
pub const TURNS: [&str; 4] = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];

/// Whether at least one whole turn of the spinner has been drawn: the second of two frames stands there.
#[must_use]
pub fn is_turning(screen: &Screen) -> bool {
    screen.line_with_cursor() == TURNS[1]
}

impl Program<'_> {
    /// What a variant prints last.
    fn last_line(self) -> String {
        format!("Answer: {}", self.answer)
    }

    /// Runs `variant` alone, checks all that a spinner's run must look like from outside, and gives the run.
    #[allow(clippy::must_use_candidate, reason = "most callers want the check alone")]
    pub fn holds_the_contract(self, variant: &str) -> Run {
        let run = self.run([variant]);
        assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
        let lines = run.screen.lines();
        assert_eq!(lines.len(), 2, "nothing is left over: {lines:?}");
        assert!(lines[0].starts_with("spinner object: "), "{lines:?}");
        assert_eq!(lines[1], self.last_line());
        assert!(run.screen.cursor_visible());

        // Whatever the machine, each frame but the first comes a tick or more after the one before.
        let expected: Vec<_> = TURNS.into_iter().cycle().take(run.frames.len()).collect();
        assert_eq!(run.frames, expected);
        let (end, _) = run.chunks.last().expect("it wrote something");
        let most = usize::try_from(end.as_millis() / 100 + 1).expect("a run is not that long");
        assert!((2..=most).contains(&run.frames.len()), "{} frames in {end:?}", run.frames.len());
        run
    }

    /// Runs `variants` with a pipe for their output: the same lines must come out, and no frames.
    pub fn writes_its_lines_into_a_pipe(self, variants: &[&str]) {
        for (variant, output) in at_once(variants, |variant| self.output([variant])) {
            let text = String::from_utf8_lossy(&output.stdout);
            let lines: Vec<_> = text.lines().collect();
            assert!(output.status.success(), "{variant}");
            assert_eq!(lines.len(), 2, "{variant}: {text:?}");
            assert!(lines[0].starts_with("spinner object: ") && lines[1] == self.last_line(), "{variant}: {text:?}");
            assert!(!text.contains(['\r', '\x1b']), "{variant}: {text:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
        }
    }

    /// Reads the first line that each of `variants` writes, and then stops reading: each must end without a word.
    pub fn ends_quietly_when_nobody_reads(self, variants: &[&str]) {
        let stop_reading = |variant: &str| {
            let mut command = self.command([variant]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
            let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
            output.read_until(b'\n', &mut Vec::new()).expect("it can be read");
            drop(output);
            let mut errors = String::new();
            child.stderr.take().expect("it is piped").read_to_string(&mut errors).expect("it can be read");
            (child.wait().expect("it ends"), errors)
        };
        for (variant, (status, errors)) in at_once(variants, stop_reading) {
            assert_eq!(errors, "", "{variant}");
            assert!(!status.success(), "{variant}");
            #[cfg(unix)]
            {
                use std::os::unix::process::ExitStatusExt;
                // Either way a shell sees 141.
                assert!(status.signal() == Some(13) || status.code() == Some(141), "{variant}: {status}");
            }
        }
    }

    /// Presses Ctrl-C while the spinner of `variant` turns: nothing may be left of it.
    pub fn ends_on_ctrl_c(self, variant: &str) {
        let lines = lines_without_echo(&self.interrupted_when(variant, is_turning).screen);
        assert_eq!(lines.len(), 1, "nothing is left of the spinner: {lines:?}");
        assert!(lines[0].starts_with("spinner object: "), "{lines:?}");
    }
}
