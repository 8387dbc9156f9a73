//! A small project in a folder of its own, and the real program that serves it.

use crate::http::{self, Answer, News, PATIENCE};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
};
use tempfile::TempDir;

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
pub struct Fixture(TempDir);

impl Fixture {
    pub fn new() -> Self {
        let fixture = Fixture(TempDir::new().expect("there is room for a folder"));
        let main = "Variant::rust(\"tokio\", Runtime::Tokio, tokio::main)";
        let book = "[book]\ntitle = \"Small\"\n[build]\nuse-default-preprocessors = false\n[preprocessor.index]\n";
        fixture.write("lessons/01-demo/Cargo.toml", "[package]\nname = \"lesson-01\"\n");
        fixture.write("lessons/01-demo/src/main.rs", main);
        fixture.write(LISTING, "pub fn main() {}\n");
        fixture.write("book/book.toml", book);
        fixture.write("book/src/SUMMARY.md", "- [Page](page.md)\n- [Chapter](chapter/README.md)\n");
        fixture.write(PAGE, &page("The first sentence."));
        fixture.write("book/src/chapter/README.md", "# Chapter\n");
        fixture
    }

    /// Writes a file anywhere in the project, as an editor saves it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn serve(self) -> Server {
        Server::start(self)
    }
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
    fn start(fixture: Fixture) -> Self {
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
