//! A chat that runs as a learner runs it: the lesson's program, with an address in its environment.

use std::{
    io::{self, BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};

use crate::client::Client;

/// Lets this process, and the chats that it starts, have so many files open as several tests at once need. Where the
/// system does not allow that many, a test says so.
pub fn let_many_files_be_open() {
    const FILES: u64 = 8_192;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|files| files < FILES) {
        limit.current = Some(limit.maximum.map_or(FILES, |most| most.min(FILES)));
        setrlimit(Resource::Nofile, limit).expect("that is allowed");
    }
}

/// A chat. It is killed when dropped, if it has not ended before.
pub struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    errors: BufReader<ChildStderr>,
    pub address: SocketAddr,
}

/// How a chat has ended.
pub struct Ended {
    pub status: ExitStatus,
    /// Its last line.
    pub summary: String,
    pub errors: String,
}

impl Server {
    pub fn start(variant: &str, settings: &[(&str, &str)]) -> Self {
        Self::run(Command::new(env!("CARGO_BIN_EXE_lesson-05")).arg(variant), settings).expect("it can be started")
    }

    /// Starts a chat that may have only so many files open.
    pub fn with_few_files(variant: &str, files: u32) -> Self {
        let script = format!("ulimit -n {files}; exec \"$0\" \"$1\"");
        let lesson = env!("CARGO_BIN_EXE_lesson-05");
        // More connections than there are files for.
        Self::run(Command::new("sh").args(["-c", &script, lesson, variant]), &[("CONNECTIONS", "1000")])
            .expect("there is a shell")
    }

    pub fn run(command: &mut Command, settings: &[(&str, &str)]) -> io::Result<Self> {
        let command = command.env("LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let errors = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it is text");
        let address = line.strip_prefix("listening on ").and_then(|rest| rest.split(": ").next()?.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{line:?} names an address"));
        Ok(Self { child, output, errors, address })
    }

    /// A client that has not given its name yet.
    pub fn stranger(&self) -> Client {
        let mut client = Client::connect(self.address);
        client.gets("* your name, please");
        client
    }

    pub fn client(&self, name: &str) -> Client {
        let mut client = self.stranger();
        client.says(name);
        client.gets_what_begins(&format!("* welcome, {name}; "));
        client
    }

    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it is ours");
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
        // What came before was read at the start.
        let summary = output.lines().last().unwrap_or_default().to_owned();
        Ended { status, summary, errors }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
