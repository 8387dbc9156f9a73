//! A server, run as a learner runs it.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
    net::SocketAddr,
    panic::resume_unwind,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

/// How long any wait may take. One that succeeds takes a fraction of it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The servers in Rust.
const IN_RUST: [&str; 5] = ["http-threads", "http-pool", "http-tokio", "http-async-std", "http-smol"];

/// Those that read HTTP from sockets that block. The others speak it by hyper.
pub const ON_THREADS: [&str; 2] = ["http-threads", "http-pool"];

/// The one in Python. It has the same tests under other names, which say that they need Python.
pub const PYTHON: &str = "python-http";

thread_local! {
    static IS_ON_PYTHON: Cell<bool> = const { Cell::new(false) };
}

/// Makes a test for Python's server of each of these tests.
macro_rules! also_on_python {
    ($($(#[$when:meta])? $test:ident)*) => {
        mod python {
            $($(#[$when])?
            #[test]
            fn $test() {
                crate::server::on_python(super::$test);
            })*
        }
    };
}
pub(crate) use also_on_python;

/// Runs a test with Python's server in the place of all others.
pub fn on_python(test: fn()) {
    // On a thread of its own, with which the choice ends.
    let testing = thread::spawn(move || {
        IS_ON_PYTHON.set(true);
        test();
    });
    testing.join().unwrap_or_else(|panic| resume_unwind(panic));
}

/// The variants that this test is about.
pub fn all() -> &'static [&'static str] {
    if IS_ON_PYTHON.get() { &[PYTHON] } else { &IN_RUST }
}

/// Runs `test` with each of the servers, started with these settings, all at the same time.
pub fn each(settings: &[(&str, &str)], test: impl Fn(&mut Server) + Sync) {
    each_of(|variant| Server::start(variant, settings), test);
}

/// Runs `test` with what `start` makes of each of the servers, all at the same time.
pub fn each_of(start: impl Fn(&'static str) -> Server + Sync, test: impl Fn(&mut Server) + Sync) {
    thread::scope(|scope| {
        for &variant in all() {
            let (start, test) = (&start, &test);
            let work = move || test(&mut start(variant));
            thread::Builder::new().name(variant.into()).spawn_scoped(scope, work).expect("there is room for a thread");
        }
    });
}

/// A server that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    output: Receiver<String>,
    errors: Receiver<String>,
}

impl Server {
    pub fn start(variant: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
        command.arg(variant);
        Self::run(&mut command, settings).expect("it starts")
    }

    /// Starts one that may have so many descriptors.
    pub fn with_descriptors(variant: &str, descriptors: u32, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {descriptors}; exec \"$0\" \"$1\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_lesson-05"), variant]);
        Self::run(&mut command, settings).expect("it starts")
    }

    /// Starts one by this command.
    pub fn run(command: &mut Command, settings: &[(&str, &str)]) -> io::Result<Self> {
        for name in ["CONNECTIONS", "PATIENCE", "DRAIN"] {
            command.env_remove(name);
        }
        command.env("LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut first = String::new();
        output.read_line(&mut first).expect("it can be read");
        let Some(address) = first.trim_end().strip_prefix("listening on http://") else {
            let mut rest = String::new();
            let _ = child.stderr.take().map(|mut errors| errors.read_to_string(&mut rest));
            panic!("the server says {first:?} and {rest:?}");
        };
        let address = address.parse().expect("it is an address");
        let (told, rest) = mpsc::channel();
        thread::spawn(move || {
            let mut rest = String::new();
            output.read_to_string(&mut rest).expect("it writes text");
            // Nobody listens any more if a test has failed.
            let _ = told.send(rest);
        });
        let (said, errors) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        thread::spawn(move || lines.map_while(Result::ok).all(|line| said.send(line).is_ok()));
        Ok(Self { address, child, output: rest, errors })
    }

    /// Waits until it says something like this on standard error.
    pub fn wait_for(&mut self, words: &str) -> String {
        let mut heard = Vec::new();
        loop {
            match self.errors.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => heard.push(line),
                Err(why) => panic!("the server never says {words:?}, but {heard:?} ({why})"),
            }
        }
    }

    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it has not been waited for");
    }

    /// Waits for its end, and gives what it has printed after its first line.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let output = self.output.recv_timeout(PATIENCE).expect("the server ends, and once");
        (self.child.wait().expect("it is ours"), output)
    }

    /// What it has said on standard error and was not waited for, once it has ended.
    pub fn rest_of_errors(&self) -> Vec<String> {
        self.errors.iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
