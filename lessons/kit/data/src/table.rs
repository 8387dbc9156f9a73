//! A lesson's table of variants.
//!
//! The lesson's program declares it and prints it with `--list --json`. A copy lies beside the lesson as [`FILE`], for
//! the book and whatever else asks without building the lesson; the lesson's tests hold the two together.

use std::fmt::{self, Display};

use nanoserde::{DeJson, DeJsonErr, SerJson};

/// The file in a lesson's folder that holds its table.
pub const FILE: &str = "table.json";

/// A lesson: its name, and its variants in the order in which they are listed and run.
#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
pub struct Table {
    /// The name that `cargo run -p` takes.
    pub package: String,
    /// What it is about.
    pub title: String,
    /// Its variants.
    #[nserde(rename = "variants")]
    pub rows: Vec<Row>,
}

/// What there is to know of a variant without running it.
#[allow(clippy::struct_excessive_bools, reason = "they have nothing to do with each other")]
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
pub struct Row {
    /// Its name on the command line, in kebab-case.
    pub name: String,
    /// What runs it.
    pub runtime: Runtime,
    /// One line that says what to watch for when it runs.
    pub watch: String,
    /// The file that is its whole program, from the lesson's folder, with `/` on every system.
    pub source: String,
    /// The tour runs it.
    pub on_tour: bool,
    /// It runs until Ctrl-C ends it.
    pub endless: bool,
    /// It measures what only an optimised build can do.
    pub optimised: bool,
    /// The signals that are its own affair.
    pub handles: Signals,
    /// At which points it hands its thread to another task or thread. Empty if that is not what it shows.
    pub suspends: String,
    /// What stops its spinner. Empty if that is not what it shows.
    pub stops: String,
}

/// What runs a variant. The flavour is named where it changes the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson, DeJson)]
pub enum Runtime {
    /// Operating system threads, through the standard library.
    #[nserde(rename = "std")]
    Std,
    /// tokio, every task on one thread.
    #[nserde(rename = "tokio current_thread")]
    TokioCurrentThread,
    /// tokio, tasks spread over worker threads.
    #[nserde(rename = "tokio multi_thread")]
    TokioMultiThread,
    /// async-std, tasks spread over worker threads.
    #[nserde(rename = "async-std")]
    AsyncStd,
    /// smol, every task on one thread.
    #[nserde(rename = "smol LocalExecutor")]
    SmolLocal,
    /// tokio, async-std and smol, one after another, to compare them.
    #[nserde(rename = "tokio, async-std, smol")]
    All,
    /// What the variant builds itself, on the standard library alone.
    #[nserde(rename = "from-scratch")]
    FromScratch,
    /// CPython.
    #[nserde(rename = "python")]
    Python,
}

impl Display for Runtime {
    /// The name that it has in JSON too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.serialize_json().trim_matches('"'))
    }
}

/// The signals that a variant handles itself, and then finishes what it has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson, DeJson)]
pub enum Signals {
    /// None: the kit ends it.
    #[nserde(rename = "none")]
    None,
    /// Ctrl-C.
    #[nserde(rename = "ctrl-c")]
    CtrlC,
    /// Ctrl-C and `kill`.
    #[nserde(rename = "ctrl-c and kill")]
    CtrlCAndKill,
}

impl Table {
    /// Reads what [`to_json`](Self::to_json) gives.
    ///
    /// # Errors
    ///
    /// One sentence, if it is no table.
    pub fn from_json(json: &str) -> Result<Self, String> {
        DeJson::deserialize_json(json).map_err(|error: DeJsonErr| format!("it is no table of a lesson: {error}"))
    }

    /// The table as JSON, with a line for each variant, so that a change of one shows as one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { package, title, rows } = self;
        let [package, title] = [package, title].map(SerJson::serialize_json);
        format!("{{\n\"package\": {package},\n\"title\": {title},\n\"variants\": [\n{}\n]\n}}\n", lines(rows))
    }

    /// The row of the variant `name`.
    ///
    /// # Errors
    ///
    /// One sentence, if there is none. It names those that there are.
    pub fn row(&self, name: &str) -> Result<&Row, String> {
        self.rows.iter().find(|row| row.name == name).ok_or_else(|| {
            let names: Vec<_> = self.rows.iter().map(|row| row.name.as_str()).collect();
            format!("{} has no variant `{name}`; it has {}", self.package, names.join(", "))
        })
    }
}

fn lines(items: &[impl SerJson]) -> String {
    items.iter().map(SerJson::serialize_json).collect::<Vec<_>>().join(",\n")
}

impl Row {
    /// Whether Python runs it.
    #[must_use]
    pub fn is_python(&self) -> bool {
        self.runtime == Runtime::Python
    }

    /// The command that runs it, in a lesson that is called `package`, in the build that its figures are meant for.
    #[must_use]
    pub fn command(&self, package: &str) -> String {
        format!("cargo run -p {package}{} -- {}", if self.optimised { " --release" } else { "" }, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = Row {
            name: "load".to_owned(),
            runtime: Runtime::TokioCurrentThread,
            watch: "a \"word\", and ü".to_owned(),
            source: "src/load.rs".to_owned(),
            on_tour: true,
            endless: false,
            optimised: true,
            handles: Signals::CtrlCAndKill,
            suspends: "at .await".to_owned(),
            stops: String::new(),
        };
        let python = Row { name: "python-load".to_owned(), runtime: Runtime::Python, optimised: false, ..row.clone() };
        Table { package: "lesson-00".to_owned(), title: "A title".to_owned(), rows: vec![row, python] }
    }

    #[test]
    fn what_is_written_is_read() {
        let json = table().to_json();
        assert_eq!(Table::from_json(&json), Ok(table()), "{json}");
        assert!(
            json.lines().any(|line| line.starts_with("{\"name\":\"python-load\",\"runtime\":\"python\",")),
            "{json}"
        );
        let error = Table::from_json("{}").expect_err("it is none");
        assert!(error.starts_with("it is no table of a lesson: "), "{error}");
    }

    #[test]
    fn a_variant_is_found_by_its_name_and_run_in_its_build() {
        let table = table();
        let command = |name| table.row(name).map(|row| row.command(&table.package));
        assert_eq!(command("load").as_deref(), Ok("cargo run -p lesson-00 --release -- load"));
        assert_eq!(command("python-load").as_deref(), Ok("cargo run -p lesson-00 -- python-load"));
        assert_eq!(command("lode"), Err("lesson-00 has no variant `lode`; it has load, python-load".to_owned()));
        assert_eq!(format!("{:<22}|", table.rows[0].runtime), "tokio current_thread  |");
    }
}
