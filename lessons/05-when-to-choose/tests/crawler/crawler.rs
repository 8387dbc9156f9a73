//! A crawler that runs as a learner runs it, and the report that it gives.

use std::{
    io::{self, BufRead, BufReader, Read},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::site::Site;

/// A crawler. It is killed when dropped, if it has not ended before.
pub struct Crawler {
    child: Child,
    output: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
}

/// What a crawler has printed.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub output: String,
    pub errors: String,
}

impl Crawler {
    /// Lets `variant` crawl the sites of the lesson.
    pub fn start(variant: &str, settings: &[(&str, &str)]) -> Self {
        Self::run(&mut Self::command(variant, settings)).expect("the lesson can be started")
    }

    /// How to start `variant`.
    pub fn command(variant: &str, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
        command.arg(variant).envs(settings.iter().copied());
        Self::piped(&mut command);
        command
    }

    /// A command whose output can be read.
    pub fn piped(command: &mut Command) -> &mut Command {
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped())
    }

    /// Runs such a command.
    pub fn run(command: &mut Command) -> io::Result<Self> {
        let mut child = command.spawn()?;
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let errors = BufReader::new(child.stderr.take().expect("it is piped"));
        Ok(Self { child, output, errors })
    }

    /// Lets `variant` crawl `site`.
    pub fn of(site: &Site, variant: &str, settings: &[(&str, &str)]) -> Self {
        let address = site.address.to_string();
        let mut all = vec![("SITES", address.as_str())];
        all.extend(settings);
        Self::start(variant, &all)
    }

    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it is ours");
    }

    /// The next line of its output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it is text");
        line
    }

    /// The next thing that it complains of.
    pub fn complains(&mut self) -> String {
        let mut line = String::new();
        self.errors.read_line(&mut line).expect("it is text");
        line
    }

    /// Waits for the end.
    pub fn ended(mut self) -> Ended {
        let (mut output, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut output).expect("it is text");
        self.errors.read_to_string(&mut errors).expect("it is text");
        let status = self.child.wait().expect("it is ours");
        Ended { status, output, errors }
    }

    /// Waits for its end, which has to be a good one, and gives its output.
    pub fn report(self) -> Ended {
        let ended = self.ended();
        assert!(ended.status.success() && ended.errors.is_empty(), "{ended:?}");
        ended
    }
}

impl Drop for Crawler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// How many the report counts of a kind, whose name is that of several.
    pub fn count(&self, kind: &str) -> usize {
        let of_one = kind.replacen('s', "", 1);
        let lines = self.output.lines().filter_map(|line| line.trim_start().split_once(' '));
        let mut counts =
            lines.filter(|(_, name)| *name == kind || *name == of_one).filter_map(|(count, _)| count.parse().ok());
        counts.next().unwrap_or_else(|| panic!("{kind} in {}", self.output))
    }

    /// What the report lists of a kind.
    pub fn list(&self, kind: &str) -> Vec<&str> {
        let after = self.output.lines().skip_while(|line| *line != kind).skip(1);
        after.map_while(|line| line.strip_prefix("    ")).collect()
    }

    /// Everything but what it took.
    pub fn without_times(&self) -> Vec<&str> {
        self.output.lines().filter(|line| !is_about_time(line)).collect()
    }
}

/// Whether a line says what the crawl took, and not what it has found.
pub fn is_about_time(line: &str) -> bool {
    line.contains(" requests in ")
}
