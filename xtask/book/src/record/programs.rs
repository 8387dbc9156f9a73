//! The lessons' programs: which there are, what variants they have, and how to run one.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

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

/// A row of a lesson's list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) runtime: String,
    /// Its figures are those of an optimised build.
    pub(super) is_optimised: bool,
}

impl Variant {
    pub(super) fn is_python(&self) -> bool {
        self.runtime == "python"
    }
}

/// The lesson that was asked for, or all of them: the package `lesson-NN` for each folder `lessons/NN-name`.
pub(super) fn chosen_lessons(root: &Path, chosen: Option<&str>) -> Result<Vec<String>, String> {
    let folder = root.join("lessons");
    let entries = fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let number = |name: String| name.split_once('-').map(|(number, _)| number.to_owned());
    let is_number = |text: &String| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let mut lessons: Vec<_> =
        names.filter_map(number).filter(is_number).map(|number| format!("lesson-{number}")).collect();
    lessons.sort();
    match chosen {
        None => Ok(lessons),
        Some(chosen) if lessons.iter().any(|lesson| lesson == chosen) => Ok(vec![chosen.to_owned()]),
        Some(unknown) => Err(format!("there is no lesson `{unknown}`; there are {}", lessons.join(", "))),
    }
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

    /// Every variant of the lesson.
    pub(super) fn variants(&self) -> Result<Vec<Variant>, String> {
        let cannot = |why: String| format!("`{} --list` {why}", self.lesson);
        let listed = Command::new(&self.executable)
            .arg("--list")
            .output()
            .map_err(|error| cannot(format!("could not be started: {error}")))?;
        if !listed.status.success() {
            return Err(cannot(format!("failed ({})", listed.status)));
        }
        Ok(variants(&String::from_utf8_lossy(&listed.stdout)))
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

/// The rows of a lesson's `--list`.
///
/// The list is meant for people. It is read here all the same, since the other way would be a second list in the kit,
/// which every learner builds and nobody but us would ask for. A variant begins a line with its name, a `*` behind it if
/// it is on the tour, and then its runtime. A `+` marks one that would never end, which is none to record. What to watch
/// for stands on indented lines below it, and the last line says what the marks mean. One with a `^` measures what an
/// optimised build can do.
fn variants(list: &str) -> Vec<Variant> {
    let rows = list.lines().filter(|line| line.starts_with(char::is_alphanumeric));
    rows.filter_map(|row| row.split_once(char::is_whitespace))
        .map(|(marked, runtime)| (marked, marked.trim_end_matches(['*', '+', '^']), runtime.trim()))
        .filter(|(marked, name, _)| !marked[name.len()..].contains('+'))
        .map(|(marked, name, runtime)| Variant {
            name: name.to_owned(),
            runtime: runtime.to_owned(),
            is_optimised: marked[name.len()..].contains('^'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_gives_names_and_runtimes() {
        let list = "\
threads*        std
    it sees its flag
tokio-multi     tokio multi_thread
    the same source
load*^          std
    figures
python-asyncio* python
    the original
server+         std
    serves for ever
* on the tour, + until Ctrl-C, ^ better figures with --release
";
        let variant = |name: &str, runtime: &str| Variant {
            name: name.to_owned(),
            runtime: runtime.to_owned(),
            is_optimised: false,
        };
        let expected = [
            variant("threads", "std"),
            variant("tokio-multi", "tokio multi_thread"),
            Variant { is_optimised: true, ..variant("load", "std") },
            variant("python-asyncio", "python"),
        ];
        assert_eq!(variants(list), expected);
        assert!(variants(list)[3].is_python());
    }

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

    #[test]
    fn lessons_are_the_numbered_folders() {
        let root = tempfile::tempdir().expect("the system has a folder for temporary files");
        for name in ["02-core-ideas", "01-threads-vs-coroutines", "kit", "not-numbered"] {
            fs::create_dir_all(root.path().join("lessons").join(name)).expect("it is ours");
        }
        let chosen = |name| chosen_lessons(root.path(), name);
        assert_eq!(chosen(None), Ok(vec!["lesson-01".to_owned(), "lesson-02".to_owned()]));
        assert_eq!(chosen(Some("lesson-02")), Ok(vec!["lesson-02".to_owned()]));
        let why = "there is no lesson `lesson-03`; there are lesson-01, lesson-02";
        assert_eq!(chosen(Some("lesson-03")), Err(why.to_owned()));
    }
}
