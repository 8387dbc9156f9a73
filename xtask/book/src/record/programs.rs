//! The lessons' programs: how to build one, ask for its table, and run its variants.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use lesson_data::table::Table;
use lesson_terminal::Terminal;
use serde::Deserialize;

/// How long a variant may run. The longest measures for five minutes, and takes longer on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(900);

/// Settings with which variants that measure are soon done, for a run whose figures nobody reads.
const BRIEFLY: [(&str, &str); 2] = [("SECONDS", "0.1"), ("SPINNERS", "2000")];

/// A lesson that has been built.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) lesson: String,
    executable: PathBuf,
    root: PathBuf,
}

/// How a lesson is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Build {
    /// As a learner's `cargo run` does.
    Usual,
    /// With `--release`.
    Optimised,
}

/// What a run of a variant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Its figures are shown.
    Figures,
    /// Only what it does is looked at.
    Shape,
}

impl Program {
    /// Builds `lesson`.
    pub(super) fn build(root: &Path, lesson: &str, how: Build) -> Result<Self, String> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", lesson, "--message-format", "json-render-diagnostics"])
            .args((how == Build::Optimised).then_some("--release"))
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if !built.status.success() {
            return Err(format!("{lesson} does not build; `cargo build -p {lesson}` says why"));
        }
        let executable = executable(&String::from_utf8_lossy(&built.stdout), lesson);
        let executable = executable.ok_or_else(|| format!("{lesson} has no program of that name"))?;
        Ok(Self { lesson: lesson.to_owned(), executable, root: root.to_owned() })
    }

    /// The lesson's table, as the program has it.
    pub(super) fn table(&self) -> Result<Table, String> {
        let cannot = |why: String| format!("`{} --list --json` {why}", self.lesson);
        let listed = Command::new(&self.executable)
            .args(["--list", "--json"])
            .output()
            .map_err(|error| cannot(format!("could not be started: {error}")))?;
        if !listed.status.success() {
            return Err(cannot(format!("failed ({})", listed.status)));
        }
        Table::from_json(&String::from_utf8_lossy(&listed.stdout)).map_err(|why| cannot(format!("is of no use: {why}")))
    }

    /// Runs `variant` in a terminal and gives the JSON of its recording.
    pub(super) fn record(&self, variant: &str, purpose: Purpose) -> Result<String, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("there is no temporary folder: {error}"))?;
        let file = folder.path().join("recording.json");
        let settings = if purpose == Purpose::Shape { &BRIEFLY[..] } else { &[] };
        let run = settings
            .iter()
            .fold(Terminal::new(&self.executable), |terminal, (name, value)| terminal.env(name, value))
            .args([variant.as_ref(), "--record".as_ref(), file.as_os_str()])
            .env("RUST_BACKTRACE", "0")
            .env_remove("NO_COLOR")
            .current_dir(&self.root)
            .size(80, 24)
            .patience(PATIENCE)
            .start()
            .map_err(|error| format!("could not be started: {error}"))?
            .finish()
            .map_err(|error| error.to_string())?;
        // A variant that fails is recorded all the same, so only the file tells.
        fs::read_to_string(&file)
            .map_err(|_| format!("gave no recording ({}), and said:\n{}", run.exit, run.screen.text()))
    }
}

/// The executable of `package` in what cargo said while it built it: a line of JSON for each thing built.
fn executable(messages: &str, package: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        target: Option<Target>,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.target.as_ref().is_some_and(|target| target.name == package))
        .find_map(|message| message.executable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_the_packages_own() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"build-script-build"},"executable":"/a/build-script"}
{"reason":"compiler-artifact","target":{"name":"lesson-01"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"lesson-01"},"executable":"/a/lesson-01"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "lesson-01"), Some(PathBuf::from("/a/lesson-01")));
        assert_eq!(executable(messages, "lesson-02"), None);
    }
}
