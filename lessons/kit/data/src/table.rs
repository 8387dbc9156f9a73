//! A lesson's table of variants.
//!
//! The lesson's program declares it and prints it with `--list --json`. A copy lies beside the lesson as [`FILE`], for
//! the book and whatever else asks without building the lesson; the lesson's tests hold the two together.

#![allow(clippy::question_mark, reason = "what the derive of DeJson writes")]

use std::{
    fmt::{self, Display},
    net::SocketAddr,
};

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
    /// What a person can set for them. One name may stand here twice, with other usual values for other variants.
    pub settings: Vec<Setting>,
}

/// What a person can set for some variants: an environment variable, which `--set NAME=VALUE` sets too. Values are text, as
/// a person writes them.
#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub meaning: String,
    /// What it may be set to.
    pub values: Values,
    /// In what it is measured, as `seconds`. Empty for what has no unit.
    pub unit: String,
    /// The value that holds if none is given. Without one, `meaning` says what holds.
    pub usual: Option<String>,
    /// The usual value in a build without optimisation, if that is another.
    pub unoptimised: Option<String>,
    /// A value with which the variants are soon done, for a run whose figures nobody reads.
    pub brief: Option<String>,
    /// The variants that read it.
    pub variants: Vec<String>,
}

/// What a setting may be set to.
#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
pub enum Values {
    /// A whole number from the first to the second. Underscores may stand between its digits.
    Whole(u64, u64),
    /// Several of those, with commas between them.
    Wholes(u64, u64),
    /// A number from the first to the second.
    Number(f64, f64),
    /// An IP address with a port, such as this one.
    Address(String),
    /// Any text.
    Text,
}

impl Setting {
    /// That `value` is one that it may be set to. An empty one is as good as none.
    ///
    /// # Errors
    ///
    /// One sentence for a person, which begins with the setting and the value.
    pub fn check(&self, value: &str) -> Result<(), String> {
        let digits = || value.replace('_', "");
        let is_whole = |digits: &str, least: &u64, most: &u64| {
            !digits.starts_with('+') && digits.parse().is_ok_and(|number| (*least..=*most).contains(&number))
        };
        let is_good = value.is_empty()
            || match &self.values {
                Values::Whole(least, most) => is_whole(&digits(), least, most),
                Values::Wholes(least, most) => digits().split(',').all(|digits| is_whole(digits, least, most)),
                // A number that is none, such as NaN, is in no range.
                Values::Number(least, most) => digits().parse().is_ok_and(|number| (least..=most).contains(&&number)),
                Values::Address(_) => value.parse::<SocketAddr>().is_ok(),
                Values::Text => true,
            };
        if is_good {
            return Ok(());
        }
        let Self { name, .. } = self;
        let way_out = match &self.values {
            Values::Address(example) => format!("write one with its port, such as {name}={example}"),
            _ => format!("without it, it is {}", self.usual_here().unwrap_or_default()),
        };
        Err(format!("{name}={value} is no {}; {way_out}", self.expected()))
    }

    /// The value that holds in this build if none is given.
    #[must_use]
    pub fn usual_here(&self) -> Option<&str> {
        let unoptimised = self.unoptimised.as_deref().filter(|_| cfg!(debug_assertions));
        unoptimised.or(self.usual.as_deref())
    }

    /// What it may be set to, in words, as `number of seconds from 0 to 3600`.
    #[must_use]
    pub fn expected(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" of {}", self.unit) };
        match &self.values {
            Values::Whole(least, most) => format!("whole number{unit} from {least} to {most}"),
            Values::Wholes(least, most) => {
                format!("list of whole numbers from {least} to {most}, with commas between them")
            }
            Values::Number(least, most) => format!("number{unit} from {least} to {most}"),
            Values::Address(_) => "address".to_owned(),
            Values::Text => "text".to_owned(),
        }
    }

    /// What it sets, what it may be set to, and what holds if it is not set, for a person.
    #[must_use]
    pub fn in_words(&self) -> String {
        let expected = if self.values == Values::Text { String::new() } else { format!("; {}", self.expected()) };
        let usual = self.usual.as_ref().map_or_else(String::new, |usual| format!(", usually {usual}"));
        let here = self.unoptimised.as_ref();
        let unoptimised = here.map_or_else(String::new, |value| format!(", {value} if not optimised"));
        format!("{}{expected}{usual}{unoptimised} ({})", self.meaning, self.variants.join(", "))
    }
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

    /// The table as JSON, with a line for each variant and setting, so that a change of one shows as one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let [package, title] = [&self.package, &self.title].map(SerJson::serialize_json);
        format!(
            "{{\n\"package\": {package},\n\"title\": {title},\n\"variants\": [\n{}\n],\n\"settings\": [\n{}\n]\n}}\n",
            lines(&self.rows),
            lines(&self.settings)
        )
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

    /// The settings that the variant `name` reads.
    pub fn settings_of(&self, name: &str) -> impl Iterator<Item = &Setting> {
        self.settings.iter().filter(move |setting| setting.variants.iter().any(|variant| variant == name))
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

    fn seconds() -> Setting {
        Setting {
            name: "SECONDS".to_owned(),
            meaning: "how long".to_owned(),
            values: Values::Number(0.5, 3_600.0),
            unit: "seconds".to_owned(),
            usual: Some("2".to_owned()),
            unoptimised: Some("1".to_owned()),
            brief: None,
            variants: vec!["load".to_owned(), "python-load".to_owned()],
        }
    }

    fn address() -> Setting {
        let values = Values::Address("127.0.0.1:8080".to_owned());
        let (name, variants) = ("LISTEN".to_owned(), vec!["load".to_owned()]);
        Setting { name, values, usual: None, unoptimised: None, unit: String::new(), variants, ..seconds() }
    }

    #[test]
    fn a_wrong_value_is_a_sentence_and_a_good_one_is_none() {
        for good in ["", "0.5", "3600", "1_000", "7"] {
            assert_eq!(seconds().check(good), Ok(()));
        }
        for wrong in ["0", "-1", "NaN", "inf", "often", "3601", " 7"] {
            let sentence = format!("SECONDS={wrong} is no number of seconds from 0.5 to 3600; without it, it is 1");
            assert_eq!(seconds().check(wrong), Err(sentence));
        }
        let seed = Setting { values: Values::Whole(0, u64::MAX), unit: String::new(), ..seconds() };
        assert_eq!(seed.check("18446744073709551615"), Ok(()));
        for wrong in ["1.5", "-1", "+1", "18446744073709551616", "_"] {
            let sentence = seed.check(wrong).expect_err("it is wrong");
            assert!(sentence.contains(" is no whole number from 0 to 18446744073709551615; "), "{sentence}");
        }
        let list = Setting { values: Values::Wholes(1, 9), ..seed };
        assert_eq!([list.check("7"), list.check("1,2,9")], [Ok(()), Ok(())]);
        for wrong in ["1,", "0,1", "1;2", "1,-2"] {
            let sentence = list.check(wrong).expect_err("it is wrong");
            assert!(sentence.contains(" is no list of whole numbers from 1 to 9, "), "{sentence}");
        }
        assert_eq!(address().check("[::1]:0"), Ok(()));
        let sentence = "LISTEN=7 is no address; write one with its port, such as LISTEN=127.0.0.1:8080";
        assert_eq!(address().check("7"), Err(sentence.to_owned()));
    }

    #[test]
    fn a_setting_says_what_it_may_be_and_who_reads_it() {
        let words = "how long; number of seconds from 0.5 to 3600, usually 2, 1 if not optimised (load, python-load)";
        assert_eq!(seconds().in_words(), words);
        let table = table();
        let names = |variant| table.settings_of(variant).map(|setting| setting.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("load"), ["SECONDS", "LISTEN"]);
        assert_eq!(names("python-load"), ["SECONDS"]);
    }

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
        Table {
            package: "lesson-00".to_owned(),
            title: "A title".to_owned(),
            rows: vec![row, python],
            settings: vec![seconds(), address()],
        }
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
