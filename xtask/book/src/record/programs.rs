//! The lessons' programs: how to build one, ask for its table, and run its variants.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};
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
    pub(super) fn build(root: &Path, lesson: &str, how: Build) -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", lesson, "--message-format", "json-render-diagnostics"])
            .args((how == Build::Optimised).then_some("--release"))
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .context("cargo could not be started")?;
        ensure!(built.status.success(), "{lesson} does not build; `cargo build -p {lesson}` says why");
        let executable = executable(&String::from_utf8_lossy(&built.stdout), lesson);
        let executable = executable.with_context(|| format!("{lesson} has no program of that name"))?;
        Ok(Self { lesson: lesson.to_owned(), executable, root: root.to_owned() })
    }

    /// The lesson's table, as the program has it.
    pub(super) fn table(&self) -> Result<Table> {
        let command = format!("`{} --list --json`", self.lesson);
        let listed = Command::new(&self.executable)
            .args(["--list", "--json"])
            .output()
            .with_context(|| format!("{command} could not be started"))?;
        ensure!(listed.status.success(), "{command} failed ({})", listed.status);
        Table::from_json(&String::from_utf8_lossy(&listed.stdout))
            .map_err(|why| anyhow!("{command} is of no use: {why}"))
    }

    /// Runs `variant` in a terminal and gives the JSON of its recording.
    pub(super) fn record(&self, variant: &str, purpose: Purpose) -> Result<String> {
        let folder = tempfile::tempdir().context("there is no temporary folder")?;
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
            .context("could not be started")?
            .finish()?;
        // A variant that fails is recorded all the same, so only the file tells.
        fs::read_to_string(&file)
            .map_err(|_| anyhow!("gave no recording ({}), and said:\n{}", run.exit, run.screen.text()))
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
