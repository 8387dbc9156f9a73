//! What a lesson's spinners promise, whatever they run on, checked on the program that a learner runs.
//!
//! Every check panics, with what it saw, if a variant breaks its promise.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    process::{Command, Output, Stdio},
    thread,
};

use crate::{Exit, Run, Screen, Terminal};

/// The frames of a spinner, in order.
pub const TURNS: [&str; 4] = ["| thinking!", "/ thinking!", "- thinking!", "\\ thinking!"];

/// A lesson, as it was built.
#[derive(Debug, Clone, Copy)]
pub struct Lesson {
    executable: &'static str,
    answer: &'static str,
    setting: Option<(&'static str, &'static str)>,
}

impl Lesson {
    /// The one whose program is `executable`: `env!("CARGO_BIN_EXE_lesson-NN")` in a test of its package.
    #[must_use]
    pub const fn at(executable: &'static str) -> Self {
        Self { executable, answer: "42", setting: None }
    }

    /// The same lesson, for variants whose slow function gives another answer than 42.
    #[must_use]
    pub const fn answering(self, answer: &'static str) -> Self {
        Self { answer, ..self }
    }

    /// The same lesson, run with the environment variable `name` set to `value`. A second one takes the place of the
    /// first.
    #[must_use]
    pub const fn setting(self, name: &'static str, value: &'static str) -> Self {
        Self { setting: Some((name, value)), ..self }
    }

    /// What a variant prints last.
    fn last_line(self) -> String {
        format!("Answer: {}", self.answer)
    }

    /// A terminal in which the lesson will run with `arguments`. It is so wide that no line of a variant is wrapped.
    #[must_use]
    pub fn terminal(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Terminal {
        let terminal = Terminal::new(self.executable)
            .args(arguments)
            .env("RUST_BACKTRACE", "0")
            .env_remove("NO_COLOR")
            .size(250, 60);
        self.setting.into_iter().fold(terminal, |terminal, (name, value)| terminal.env(name, value))
    }

    /// Runs the lesson with `arguments` to its end, in a terminal.
    ///
    /// # Panics
    ///
    /// If it can't be started, or does not end.
    #[must_use]
    pub fn run(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        let session = self.terminal(arguments).start().expect("the lesson can be started");
        session.finish().expect("the lesson ends by itself")
    }

    /// The command that runs `variant` without a terminal.
    #[must_use]
    pub fn command(self, variant: &str) -> Command {
        let mut command = Command::new(self.executable);
        command.arg(variant).env("RUST_BACKTRACE", "0").envs(self.setting);
        command
    }

    /// Runs `variant` without a terminal, and gives what it wrote.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    #[must_use]
    pub fn output(self, variant: &str) -> Output {
        self.command(variant).output().expect("the lesson can be started")
    }

    /// Runs `variant` alone, checks all that a spinner's run must look like from outside, and gives the run.
    ///
    /// # Panics
    ///
    /// If it breaks its promise.
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
    ///
    /// # Panics
    ///
    /// If one of them breaks its promise.
    pub fn writes_its_lines_into_a_pipe(self, variants: &[&str]) {
        for (variant, output) in at_once(variants, |variant| self.output(variant)) {
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
    ///
    /// # Panics
    ///
    /// If one of them breaks its promise.
    pub fn ends_quietly_when_nobody_reads(self, variants: &[&str]) {
        let stop_reading = |variant: &str| {
            let mut command = self.command(variant);
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
    ///
    /// # Panics
    ///
    /// If it breaks its promise.
    #[cfg(unix)]
    pub fn is_ended_by_ctrl_c(self, variant: &str) {
        let mut session = self.terminal([variant]).start().expect("the lesson can be started");
        session.wait_until("the spinner to turn", is_turning).expect("it turns");
        session.interrupt().expect("the terminal takes keys");
        let run = session.finish().expect("Ctrl-C ends the program");
        assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
        let lines = lines_without_echo(&run.screen);
        assert_eq!(lines.len(), 1, "nothing is left of the spinner: {lines:?}");
        assert!(lines[0].starts_with("spinner object: "), "{lines:?}");
        assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    }
}

/// Runs every one of `variants` at the same time, since each takes seconds, and gives what `each` makes of it.
///
/// # Panics
///
/// If `each` does.
pub fn at_once<'a, T: Send>(variants: &[&'a str], each: impl Fn(&'a str) -> T + Sync) -> Vec<(&'a str, T)> {
    thread::scope(|scope| {
        let each = &each;
        let runs: Vec<_> = variants.iter().map(|&variant| (variant, scope.spawn(move || each(variant)))).collect();
        runs.into_iter().map(|(variant, run)| (variant, run.join().expect("the closure does not panic"))).collect()
    })
}

/// Whether at least one whole turn of the spinner has been drawn: the second of two frames stands there.
#[must_use]
pub fn is_turning(screen: &Screen) -> bool {
    screen.line_with_cursor() == TURNS[1]
}

/// The lines of the screen without what the terminal itself may have written: the `^C` that it echoes for the key. It
/// can come a moment after the line was erased.
#[must_use]
pub fn lines_without_echo(screen: &Screen) -> Vec<String> {
    let mut lines = screen.lines();
    if lines.last().is_some_and(|line| line == "^C") {
        lines.pop();
    }
    lines
}
