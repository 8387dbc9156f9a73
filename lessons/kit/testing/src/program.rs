//! The program of a lesson, as it was built, and the ways to run it.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Output},
    thread,
};

use lesson_data::{
    recording::Recording,
    table::{self, Row, Table},
};
use lesson_terminal::{Exit, Run, Screen, Session, Terminal};

/// The program of a lesson, as it was built.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    executable: &'a str,
    settings: &'a [(&'a str, &'a str)],
    /// What its spinners' slow function gives.
    pub(crate) answer: &'a str,
}

impl<'a> Program<'a> {
    /// The one at `executable`: `env!("CARGO_BIN_EXE_lesson-NN")` in a test of its package.
    #[must_use]
    pub const fn at(executable: &'a str) -> Self {
        Self { executable, settings: &[], answer: "42" }
    }

    /// The same program, for variants whose slow function gives another answer than 42.
    #[must_use]
    pub const fn answering(self, answer: &'a str) -> Self {
        Self { answer, ..self }
    }

    /// The same program, run with these environment variables in the place of those that were named before.
    #[must_use]
    pub const fn with(self, settings: &'a [(&'a str, &'a str)]) -> Self {
        Self { settings, ..self }
    }

    /// A terminal in which it will run with `arguments`. It is so wide that no line of a variant is wrapped.
    #[must_use]
    pub fn terminal(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Terminal {
        let terminal = Terminal::new(self.executable).args(arguments).env("RUST_BACKTRACE", "0").env_remove("NO_COLOR");
        self.settings.iter().fold(terminal, |terminal, (name, value)| terminal.env(name, value)).size(250, 60)
    }

    /// Starts it with `arguments` in such a terminal.
    #[must_use]
    pub fn start(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Session {
        self.terminal(arguments).start().expect("the program can be started")
    }

    /// Runs it to its end in such a terminal.
    #[must_use]
    pub fn run(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.start(arguments).finish().expect("the program ends by itself")
    }

    /// Runs `variant` in such a terminal to a good end, and gives the lines that are left.
    #[must_use]
    pub fn lines(self, variant: &str) -> Vec<String> {
        let run = self.run([variant]);
        assert_eq!(run.exit, Exit::Code(0), "{variant}: {:?}", run.screen);
        assert!(run.screen.cursor_visible(), "{variant}: {:?}", run.screen);
        run.screen.lines()
    }

    /// The same, for a variant that must print the same lines in a pipe, but for what `without_time` leaves out.
    #[must_use]
    pub fn lines_of_both(self, variant: &str, without_time: fn(&str) -> String) -> Vec<String> {
        let (lines, output) = thread::scope(|scope| {
            let lines = scope.spawn(|| self.lines(variant));
            let output = self.output([variant]);
            (lines.join().expect("it runs in a terminal"), output)
        });
        assert!(output.status.success(), "{variant}: {output:?}");
        let piped = String::from_utf8(output.stdout).expect("the lesson writes UTF-8");
        let shown: Vec<_> = lines.iter().map(|line| without_time(line)).collect();
        assert_eq!(shown, piped.lines().map(without_time).collect::<Vec<_>>(), "{variant}");
        lines
    }

    /// Runs it with `arguments`, which a setting has made wrong: it says so in one sentence, which this gives, and ends
    /// with the exit code `code`.
    #[must_use]
    pub fn sentence(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, code: i32) -> String {
        let run = self.run(arguments);
        assert_eq!(run.exit, Exit::Code(code), "{:?}", run.screen);
        let mut lines = run.screen.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    /// Starts `variant`, presses Ctrl-C when the screen is `ready`, and gives the run, which ends by that.
    #[must_use]
    pub fn interrupted_when(self, variant: &str, ready: impl FnMut(&Screen) -> bool) -> Run {
        let mut session = self.start([variant]);
        session.wait_until("the moment for Ctrl-C", ready).expect("it comes");
        session.interrupt().expect("the terminal takes keys");
        let run = session.finish().expect("Ctrl-C ends the program");
        assert_eq!(run.exit.as_shell(), 130, "{variant}: {:?}", run.screen);
        assert!(run.screen.cursor_visible(), "{variant}: {:?}", run.screen);
        run
    }

    /// Presses Ctrl-C once `sign` stands in the terminal, and gives the lines that are left.
    #[must_use]
    pub fn interrupted_at(self, variant: &str, sign: &str) -> Vec<String> {
        lines_without_echo(&self.interrupted_when(variant, |screen| screen.contains(sign)).screen)
    }

    /// Starts it as a server on a free port of this machine, and gives the port.
    #[must_use]
    pub fn serving(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> (Session, u16) {
        let terminal = self.terminal(arguments).env("LISTEN", "127.0.0.1:0");
        let mut session = terminal.start().expect("the program can be started");
        session.wait_until("the server to listen", |screen| screen.contains("Ctrl-C")).expect("it listens");
        let line = session.screen().lines().remove(0);
        let port = line.split_once(" on 127.0.0.1:").and_then(|(_, rest)| rest.split([':', ';']).next()?.parse().ok());
        (session, port.unwrap_or_else(|| panic!("{line:?} names a port")))
    }

    /// The command that runs it with `arguments` and without a terminal.
    #[must_use]
    pub fn command(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(self.executable);
        command.args(arguments).env("RUST_BACKTRACE", "0").envs(self.settings.iter().copied());
        command
    }

    /// Runs it with `arguments` and without a terminal, and gives what it wrote.
    #[must_use]
    pub fn output(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        self.command(arguments).output().expect("the program can be started")
    }

    /// Runs `variant` without a terminal to a good end, and gives its recording, and what it wrote.
    #[must_use]
    pub fn record_and_output(self, variant: &str) -> (Recording, Output) {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        let file = folder.path().join("run.json");
        let output = self.command([variant, "--record"]).arg(&file).output().expect("the program can be started");
        assert!(output.status.success(), "{variant}: {}", String::from_utf8_lossy(&output.stderr));
        let recording = fs::read_to_string(file).expect("it was kept");
        (Recording::parse(&recording).expect("it is a recording"), output)
    }

    /// Runs `variant` without a terminal to a good end, and gives its recording.
    #[must_use]
    pub fn record(self, variant: &str) -> Recording {
        self.record_and_output(variant).0
    }

    /// Checks that the table which lies in `folder`, the lesson's, is the program's; that each variant stands in the file
    /// that it names; and that a person finds each of them in `--list` and `--help`.
    pub fn keeps_its_table(self, folder: &str) {
        let path = Path::new(folder).join(table::FILE);
        let kept =
            fs::read_to_string(&path).map_err(|error| error.to_string()).and_then(|json| Table::from_json(&json));
        let output = self.output(["--list", "--json"]);
        let table = Table::from_json(&String::from_utf8_lossy(&output.stdout)).expect("the program has a table");
        let command = format!("cargo run -p {} -- --list --json > {}", table.package, path.display());
        assert!(
            kept.as_ref() == Ok(&table),
            "the kept table is another; write it again:\n{command}\n{kept:?}\n{table:?}"
        );
        for option in ["--list", "--help"] {
            let output = self.output([option]);
            let text = String::from_utf8_lossy(&output.stdout);
            for Row { name, .. } in &table.rows {
                let mut ends = text.lines().filter_map(|line| line.trim_start().strip_prefix(name));
                assert!(ends.any(|end| end.starts_with(['*', '+', '^', ' '])), "{option} lacks {name}: {text}");
            }
        }
        for Row { name, source, .. } in &table.rows {
            assert!(Path::new(folder).join(source).is_file(), "{name} has no file {source}");
        }
    }
}

/// Runs every one of `variants` at the same time, since each takes seconds, and gives what `each` makes of it.
pub fn at_once<'v, T: Send>(variants: &[&'v str], each: impl Fn(&'v str) -> T + Sync) -> Vec<(&'v str, T)> {
    thread::scope(|scope| {
        let each = &each;
        let runs: Vec<_> = variants.iter().map(|&variant| (variant, scope.spawn(move || each(variant)))).collect();
        runs.into_iter().map(|(variant, run)| (variant, run.join().expect("the closure does not panic"))).collect()
    })
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

/// What was measured: the row, the column and the value of each figure.
#[must_use]
pub fn figures(recording: &Recording) -> Vec<(&str, &str, f64)> {
    recording.results.iter().map(|figure| (figure.row.as_str(), figure.column.as_str(), figure.value)).collect()
}
