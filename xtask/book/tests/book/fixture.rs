//! A small project in a folder of its own: one lesson, and a book with the pages that a test gives it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use xtask_book::{build, project::Project};

/// The lesson's one Rust variant.
pub const TOKIO: &str = "\
//! The spinner.

use std::time::Duration;

// ANCHOR: main
pub fn main() {
    supervisor(); // (1) Starts it.
    // See (1).
    sleep(Duration::from_millis(100)); // (2)
}
// ANCHOR_END: main

#[cfg(test)]
mod virtual_time;
";

/// Its one Python variant.
pub const ASYNCIO: &str = "\
import asyncio


async def spin():
    # ANCHOR: nap
    await asyncio.sleep(0.1)  # (1)
    # ANCHOR_END: nap
";

/// The lesson's table.
const TABLE: &str = r#"{
    "package": "lesson-01", "title": "A demonstration",
    "variants": [
        {"name": "tokio", "runtime": "tokio current_thread", "watch": "one thread", "source": "src/tokio.rs",
         "on_tour": true, "endless": false, "optimised": false, "handles": "none", "suspends": "", "stops": ""},
        {"name": "python-asyncio", "runtime": "python", "watch": "a loop", "source": "python/asyncio.py",
         "on_tour": false, "endless": false, "optimised": false, "handles": "none", "suspends": "", "stops": ""}
    ],
    "settings": []
}"#;

/// A run of `tokio`, as `--record` writes it.
pub const RECORDING: &str = r#"{
    "format": "lesson-recording", "version": 1, "lesson": "lesson-01", "variant": "tokio",
    "runtime": {"name": "tokio", "version": "1.0.0"}, "rustc": "rustc 1.85.0", "os": "linux", "arch": "x86_64",
    "cpus": 2, "recorded": 1700000000, "exit": {"code": 0},
    "measured": {"elapsed_ns": 3010000000, "cpu_ns": null, "peak_memory_bytes": null, "peak_threads": 1},
    "threads": [{"process": 0, "name": "main"}],
    "spans": [{"name": "slow", "parent": null, "kind": "call", "opened": 10, "closed": 3000000000}],
    "entries": [{"span": 0, "thread": 0, "from": 10, "to": 3000000000, "why": "call"}],
    "frames": [{"at": 20, "thread": 0, "span": 0, "text": "| thinking!"}],
    "results": [
        {"row": "in a task", "column": "frames", "value": 0, "unit": ""},
        {"row": "in a task", "column": "longest gap", "value": 421.5, "unit": "ms"}
    ],
    "output": [{"at": 20, "text": "\r| thinking!"}, {"at": 30, "text": "\r\u001b[KAnswer: 42\r\n"},
        {"at": 40, "text": "in a task  0  421.5\r\n"}]
}"#;

/// The same run, measured at three sizes.
pub const SWEEP: &str = r#"{
    "format": "lesson-recording", "version": 1, "lesson": "lesson-01", "variant": "tokio",
    "runtime": {"name": "tokio", "version": "1.0.0"}, "rustc": "rustc 1.85.0", "os": "linux", "arch": "x86_64",
    "cpus": 2, "recorded": 1700000000, "exit": {"code": 0},
    "measured": {"elapsed_ns": 3010000000, "cpu_ns": null, "peak_memory_bytes": null, "peak_threads": 1},
    "threads": [], "spans": [], "entries": [], "frames": [],
    "results": [
        {"row": "tasks, 1", "column": "peak memory", "value": 2.5, "unit": "MB"},
        {"row": "tasks, 10", "column": "peak memory", "value": 3, "unit": "MB"},
        {"row": "threads, 1", "column": "peak memory", "value": 2.5, "unit": "MB"},
        {"row": "threads, 1", "column": "left over", "value": 0, "unit": ""},
        {"row": "in all", "column": "runs", "value": 3, "unit": ""}
    ],
    "output": [{"at": 1, "text": "tasks, 1 2.5\ntasks, 10 3.0\nthreads, 1 2.5 0\nin all 3\n"}]
}"#;

/// A program that does not compile.
pub const REJECTED: &str = "\
fn main() {
    //~ E0597: `message` does not live long enough
    spawn(spin(&message)); // (1)
}
";

const BOOK: &str = "\
[book]
title = \"A small book\"
[build]
use-default-preprocessors = false
[preprocessor.index]
";

/// A project that a test is about to build.
pub struct Fixture {
    folder: TempDir,
    summary: String,
}

impl Fixture {
    /// The lesson, and no page yet.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("there is room for a folder");
        Fixture { folder, summary: "# Summary\n\n".into() }
            .file("lessons/01-demo/table.json", TABLE)
            .file("lessons/01-demo/src/tokio.rs", TOKIO)
            .file("lessons/01-demo/python/asyncio.py", ASYNCIO)
            .file("book/book.toml", BOOK)
    }

    /// A file anywhere in the project.
    pub fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file, as an editor saves it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A page that the table of contents names.
    pub fn page(mut self, path: &str, text: &str) -> Self {
        writeln!(self.summary, "- [{path}]({path})").expect("a String takes every write");
        let summary = self.summary.clone();
        self.file("book/src/SUMMARY.md", &summary).file(&format!("book/src/{path}"), text)
    }

    /// The only page, with this text.
    pub fn with(text: &str) -> Self {
        Fixture::new().page("page.md", text)
    }

    /// What the build says of it, a line for each problem.
    pub fn problems(&self) -> Vec<String> {
        match build::strictly(&self.project()) {
            Ok(()) => Vec::new(),
            Err(report) => report.to_string().lines().map(str::to_owned).collect(),
        }
    }

    /// The HTML of a page without what mdBook puts around it, after a build without a problem.
    pub fn html(&self, path: &str) -> String {
        assert_eq!(self.problems(), [""; 0]);
        let html = fs::read_to_string(self.project().built().join(path)).expect("the page is built");
        let main = html.split_once("<main>").and_then(|(_, rest)| rest.split_once("</main>"));
        main.expect("a page has a main part").0.to_owned()
    }

    /// That the build fails with exactly these problems. Each is given by its beginning.
    pub fn fails(&self, expected: &[&str]) {
        let problems = self.problems();
        let matches = |(problem, expected): (&String, &&str)| problem.starts_with(expected) && problem.contains("; ");
        assert!(
            problems.len() == expected.len() && problems.iter().zip(expected).all(matches),
            "expected:\n{}\nfound:\n{}",
            expected.join("\n"),
            problems.join("\n")
        );
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    fn project(&self) -> Project {
        Project::at(self.root())
    }
}
