//! The real program, as it serves a small project.

use super::http::{self, Answer, News, PATIENCE};
use crate::fixture::Fixture;
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_xtask-book");

/// The listing that the page shows.
pub const LISTING: &str = "lessons/01-demo/src/tokio.rs";

/// The page.
pub const PAGE: &str = "book/src/page.md";

/// A page without a fault, with this sentence in it.
pub fn page(sentence: &str) -> String {
    format!("# Page\n\n{sentence}\n\n{{{{#listing {LISTING}}}}}\n")
}

/// A project with one lesson and a book of two pages.
pub fn small() -> Fixture {
    Fixture::new()
        .file(LISTING, "pub fn main() {}\n")
        .page("page.md", &page("The first sentence."))
        .page("chapter/README.md", "# Chapter\n")
}

/// The program as it serves. Dropping it kills it.
pub struct Server {
    pub fixture: Fixture,
    pub port: u16,
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Server {
    /// Returns when it has said where it is.
    pub fn start(fixture: Fixture) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--port", "0", "--project"])
            .arg(fixture.root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is built and starts");
        let stdout = lines(child.stdout.take().expect("stdout is piped"));
        let stderr = lines(child.stderr.take().expect("stderr is piped"));
        // Made before anything can fail, so that the program is killed then.
        let mut server = Server { fixture, port: 0, child, stdout, stderr };
        server.port = port_in(&server.said());
        server
    }

    /// Waits for the next line of progress.
    pub fn said(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("it says something in time")
    }

    /// Waits for the next line about something wrong.
    pub fn complained(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("it complains in time")
    }

    pub fn get(&self, path: &str) -> Answer {
        http::get(self.port, path)
    }

    pub fn news(&self) -> News {
        News::of(self.port)
    }

    /// Asks it to end as a system does, and waits until it has.
    #[cfg(unix)]
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("it runs");
        self.child.wait().expect("it is our child")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port in the line that says where the book is.
pub fn port_in(line: &str) -> u16 {
    let port = line.split_once("http://127.0.0.1:").and_then(|(_, rest)| rest.split_once('/'));
    port.and_then(|(port, _)| port.parse().ok()).unwrap_or_else(|| panic!("`{line}` has no address"))
}

/// The lines of a stream, read by a thread, so that the program never waits for us.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Nobody asks any more when the test is over.
            let _ = sender.send(line);
        }
    });
    lines
}
