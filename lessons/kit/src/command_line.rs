//! A lesson's command line, the same for every lesson.

use std::{ffi::OsString, fmt::Write as _, io::Write as _, path::PathBuf, process::ExitCode};

use lesson_data::recording::Exit;
use lexopt::{
    Arg::{Long, Short, Value},
    ValueExt,
};

use crate::{Lesson, Variant, new_file, settings::Settings, terminal, wrap};

/// The exit code for a command line that can't be met.
pub(crate) const WRONG: u8 = 2;

/// Whether a program says that it was not asked for properly.
pub(crate) fn is_wrong(exit: Exit) -> bool {
    exit.code == Some(WRONG.into())
}

/// Every variant that ends by itself.
const ALL: &str = "all";

const OPTIONS: [&str; 7] = ["list", "json", "timeline", "record", "trace", "set", "help"];

/// What the person asks for.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    /// Say how to ask.
    Help,
    /// Name the variants.
    List,
    /// The same as data.
    Table,
    /// Run one variant as it is.
    Plain(&'a Variant),
    /// Run several, each in a process of its own, and compare them.
    Several { variants: Vec<&'a Variant>, timeline: bool },
    /// Run one in a process of its own, and keep what was recorded.
    Measured { variant: &'a Variant, timeline: bool, record: Option<PathBuf>, trace: Option<PathBuf> },
}

impl Request<'_> {
    /// The variants that are to run.
    pub(crate) fn variants(&self) -> &[&Variant] {
        match self {
            Self::Help | Self::List | Self::Table => &[],
            Self::Plain(variant) | Self::Measured { variant, .. } => std::slice::from_ref(variant),
            Self::Several { variants, .. } => variants,
        }
    }
}

/// What a person asks for, and the settings that are to hold for it.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) request: Request<'a>,
    pub(crate) settings: Settings,
}

/// Reads the program's arguments. If they can't be met, that has been said, and the exit code is given.
pub(crate) fn read(lesson: &Lesson) -> Result<Asked<'_>, ExitCode> {
    parse(lesson, std::env::args_os().skip(1)).map_err(|error| {
        let message = format!("error: {error}\n\nUsage: {}\nFor more, try --help.", usage(lesson));
        let _ = writeln!(std::io::stderr(), "{message}");
        ExitCode::from(WRONG)
    })
}

fn parse(lesson: &Lesson, arguments: impl IntoIterator<Item = OsString>) -> Result<Asked<'_>, lexopt::Error> {
    let mut names: Vec<String> = Vec::new();
    let mut settings = Settings::new();
    let (mut list, mut json, mut timeline, mut record, mut trace) = (false, false, false, None, None);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked { request: Request::Help, settings: Settings::new() }),
            Long("list") => list = true,
            Long("json") => json = true,
            Long("timeline") => timeline = true,
            Long("record") => record = Some(PathBuf::from(parser.value()?)),
            Long("trace") => trace = Some(PathBuf::from(parser.value()?)),
            Long("set") => {
                let (name, value) = setting(lesson, &parser.value()?.string()?)?;
                // Of two values the last holds.
                settings.retain(|(set, _)| *set != name);
                settings.push((name, value));
            }
            Value(name) => names.push(name.string()?),
            Long(wrong) => return Err(unknown("option", wrong, "--", &OPTIONS).into()),
            short @ Short(_) => return Err(short.unexpected()),
        }
    }

    let is_all = names.iter().any(|name| name == ALL);
    let mut variants = Vec::new();
    for name in names.iter().filter(|name| *name != ALL) {
        let variant = lesson.variants.iter().find(|variant| variant.row.name == *name);
        let known = || lesson.variants.iter().map(|variant| variant.row.name.as_str()).chain([ALL]).collect::<Vec<_>>();
        let variant = variant.ok_or_else(|| unknown("variant", name, "", &known()))?;
        // Twice the same is once.
        if !variants.iter().any(|chosen: &&Variant| chosen.row.name == variant.row.name) {
            variants.push(variant);
        }
    }
    if is_all {
        variants = lesson.variants.iter().filter(|variant| !variant.row.endless).collect();
    }

    let keeps = record.is_some() || trace.is_some();
    let request: Result<_, lexopt::Error> = match variants[..] {
        _ if list && (!names.is_empty() || timeline || keeps || !settings.is_empty()) => {
            Err("--list goes with nothing else but --json".into())
        }
        _ if json && !list => Err("--json goes with --list".into()),
        _ if list => Ok(if json { Request::Table } else { Request::List }),
        _ if record.as_ref().zip(trace.as_ref()).is_some_and(|(record, trace)| new_file::are_one(record, trace)) => {
            Err("--record and --trace need a file each".into())
        }
        [variant] if timeline || keeps => Ok(Request::Measured { variant, timeline, record, trace }),
        [variant] => Ok(Request::Plain(variant)),
        _ if keeps => Err("--record and --trace keep one run in one file: name one variant".into()),
        [] => Ok(Request::Several {
            variants: lesson.variants.iter().filter(|variant| variant.row.on_tour).collect(),
            timeline,
        }),
        _ => Ok(Request::Several { variants, timeline }),
    };
    let request = request?;
    check_settings(request.variants(), &settings)?;
    Ok(Asked { request, settings })
}

/// The names of the settings that `variants` read, each once.
pub(crate) fn names_of_settings<'a>(variants: impl IntoIterator<Item = &'a Variant>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for setting in variants.into_iter().flat_map(|variant| &variant.settings) {
        if !names.contains(&setting.name.as_str()) {
            names.push(&setting.name);
        }
    }
    names
}

/// The name and the value in `NAME=VALUE`.
fn setting(lesson: &Lesson, given: &str) -> Result<(String, String), String> {
    let known = names_of_settings(&lesson.variants);
    let is_known = |wanted| known.contains(&wanted);
    let Some((wanted, value)) = given.split_once('=') else {
        let name = if is_known(given) { given } else { "NAME" };
        return Err(format!("'--set {given}' lacks a value; write --set {name}=VALUE"));
    };
    if is_known(wanted) {
        Ok((wanted.to_owned(), value.to_owned()))
    } else {
        Err(unknown("setting", wanted, "", &known))
    }
}

/// That one of `variants` at least reads each of `settings`.
fn check_settings(variants: &[&Variant], settings: &Settings) -> Result<(), String> {
    let known = names_of_settings(variants.iter().copied());
    let Some((unread, _)) = settings.iter().find(|(name, _)| !known.contains(&name.as_str())) else { return Ok(()) };
    let names: Vec<_> = variants.iter().map(|variant| variant.row.name.as_str()).collect();
    let (nobody, has) = match names[..] {
        [name] => (format!("{name} has no"), "it has"),
        _ => (format!("none of {} has a", names.join(", ")), "they have"),
    };
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(format!("{nobody} setting '{unread}'; {has} {known}"))
}

/// Says that there is no such thing, and what was meant, or what has this in its name, or else what there is.
fn unknown(what: &str, name: &str, prefix: &str, known: &[&str]) -> String {
    let distance = |known: &str| strsim::osa_distance(&name.to_lowercase(), &known.to_lowercase());
    let nearest = known.iter().map(|known| (distance(known), known)).min();
    // A third of the letters may be wrong. More than that, and it is a guess.
    if let Some((_, nearest)) = nearest.filter(|(distance, _)| *distance <= (name.chars().count() / 3).max(1)) {
        return format!("there is no {what} '{prefix}{name}'; did you mean '{prefix}{nearest}'?");
    }
    let like: Vec<_> = known.iter().copied().filter(|known| !name.is_empty() && known.contains(name)).collect();
    let there = if like.is_empty() { known } else { &like };
    format!("there is no {what} '{prefix}{name}'; there are {prefix}{}", there.join(&format!(", {prefix}")))
}

fn usage(lesson: &Lesson) -> String {
    format!("cargo run -p {} -- [OPTIONS] [VARIANT]...", lesson.package)
}

/// How to ask, for someone who has never asked before.
pub(crate) fn help(lesson: &Lesson) -> String {
    let run = format!("cargo run -p {}", lesson.package);
    let width = lesson.variants.iter().map(|variant| variant.row.name.len()).max().unwrap_or(0);
    let mut variants = String::new();
    for variant in &lesson.variants {
        let _ = writeln!(variants, "  {:width$}  {}", variant.row.name, variant.row.watch);
    }
    let mut settings = String::new();
    for setting in lesson.table().settings {
        let line = format!("  {:<13}  {}", setting.name, setting.in_words());
        let _ = writeln!(settings, "{}", wrap::at(&line, 17, terminal::columns()));
    }
    // One that ends by itself, in the build that this command makes, and on the tour if there is one.
    let plain = |variant: &&Variant| !variant.row.endless && !variant.row.optimised;
    let first = lesson.variants.iter().filter(plain).min_by_key(|variant| !variant.row.on_tour);
    let first = first.map_or("", |variant| variant.row.name.as_str());
    format!(
        "\
{title}

Usage: {usage}

Without a variant this is the tour: the main variants one after another, each in
a process of its own, and then a table of what was measured. With one variant it
is exactly what that program prints. With several, they are compared; Ctrl-C
ends the whole comparison, and not only the variant that runs.

Variants:
{variants}  {ALL:width$}  every one that ends by itself

Options:
  --list            name every variant, its runtime, and what to watch for;
                    with --json as data
  --timeline        run, then draw which thread ran what and when
  --record FILE     run one variant, and write the recording as JSON
  --trace FILE      run one variant, and write a Chrome trace (ui.perfetto.dev);
                    for both, - is standard output
  --set NAME=VALUE  run with this setting; as often as there are settings
  -h, --help        this

Settings, read from the environment; --set NAME=VALUE works in every shell:
{settings}
Start with:
  {run}
  {run} -- {first}
  {run} -- {first} --timeline",
        title = lesson.title,
        usage = usage(lesson),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Runtime, Setting};

    fn ask(arguments: &[&str]) -> Result<String, String> {
        let variant = |name| Variant::rust(name, Runtime::Std, || ());
        let lesson = Lesson::new("lesson-00", "Title")
            .variant(variant("one").on_tour())
            .variant(variant("two").on_tour().reads(&[
                &Setting::<u64>::whole("ITEMS", "how many", 0, 9),
                &Setting::address("LISTEN", "where", "127.0.0.1:80"),
            ]))
            .variant(variant("three").reads(&[&crate::PYTHON]))
            .variant(variant("four").reads(&[&crate::PYTHON]).endless());
        let asked = parse(&lesson, arguments.iter().map(OsString::from)).map_err(|error| error.to_string())?;
        let settings =
            asked.settings.iter().fold(String::new(), |said, (name, value)| said + &format!(" {name}={value}"));
        Ok(match asked.request {
            Request::Help => "help".into(),
            Request::List => "list".into(),
            Request::Table => "table".into(),
            Request::Plain(variant) => format!("plain {}", variant.row.name),
            Request::Several { variants, timeline } => {
                let names: Vec<_> = variants.iter().map(|variant| variant.row.name.as_str()).collect();
                format!("several {} {timeline}", names.join(","))
            }
            Request::Measured { variant, timeline, record, trace } => {
                format!("measured {} {timeline} {} {}", variant.row.name, record.is_some(), trace.is_some())
            }
        } + &settings)
    }

    #[test]
    fn reads_what_is_asked() {
        for (arguments, request) in [
            (&[][..], "several one,two false"),
            (&["--timeline"], "several one,two true"),
            (&["--list"], "list"),
            (&["--json", "--list"], "table"),
            (&["two", "-h"], "help"),
            (&["two"], "plain two"),
            (&["three", "one"], "several three,one false"),
            (&["all", "--timeline"], "several one,two,three true"),
            (&["two", "--timeline"], "measured two true false false"),
            (&["--record=file", "two"], "measured two false true false"),
            (&["two", "--trace", "file", "--record", "other"], "measured two false true true"),
            (&["two", "two"], "plain two"),
            (&["two", "--set", "ITEMS=3"], "plain two ITEMS=3"),
            (
                &["--set=ITEMS=", "--set", "LISTEN=a=b", "two", "--timeline"],
                "measured two true false false ITEMS= LISTEN=a=b",
            ),
            (&["--set", "ITEMS=3", "--set", "ITEMS=4"], "several one,two false ITEMS=4"),
            (&["two", "three", "--set", "LESSON_PYTHON=python3"], "several two,three false LESSON_PYTHON=python3"),
        ] {
            assert_eq!(ask(arguments).as_deref(), Ok(request), "{arguments:?}");
        }
    }

    #[test]
    fn the_help_starts_with_a_variant_that_ends_by_itself() {
        let variant = |name| Variant::rust(name, Runtime::Std, || ());
        let lesson = Lesson::new("lesson-00", "Title")
            .variant(variant("server").endless())
            .variant(variant("load").optimised().on_tour())
            .variant(variant("aside"));
        assert!(help(&lesson).ends_with("-- aside --timeline"), "{}", help(&lesson));
        let lesson = lesson.variant(variant("spinner").on_tour());
        assert!(help(&lesson).ends_with("-- spinner\n  cargo run -p lesson-00 -- spinner --timeline"));
    }

    #[test]
    fn says_what_was_meant() {
        for (arguments, error) in [
            (&["thre"][..], "there is no variant 'thre'; did you mean 'three'?"),
            (&["e"], "there is no variant 'e'; there are one, three"),
            (&["seven"], "there is no variant 'seven'; there are one, two, three, four, all"),
            (&["--timelin"], "there is no option '--timelin'; did you mean '--timeline'?"),
            (&["one", "two", "--record", "file"], "--record and --trace keep one run in one file: name one variant"),
            (&["--record", "file"], "--record and --trace keep one run in one file: name one variant"),
            (&["one", "--record", "file", "--trace", "file"], "--record and --trace need a file each"),
            (&["one", "--record", "file", "--trace", "./file"], "--record and --trace need a file each"),
            (&["--list", "one"], "--list goes with nothing else but --json"),
            (&["--json", "one"], "--json goes with --list"),
            (&["one", "--record"], "missing argument for option '--record'"),
            (&["-x"], "invalid option '-x'"),
            (&["two", "--set", "ITEM=3"], "there is no setting 'ITEM'; did you mean 'ITEMS'?"),
            (&["two", "--set", "listen=3"], "there is no setting 'listen'; did you mean 'LISTEN'?"),
            (&["two", "--set", "=3"], "there is no setting ''; there are ITEMS, LISTEN, LESSON_PYTHON"),
            (&["two", "--set", "ITEMS"], "'--set ITEMS' lacks a value; write --set ITEMS=VALUE"),
            (&["two", "--set", "ITEMS 3"], "'--set ITEMS 3' lacks a value; write --set NAME=VALUE"),
            (&["one", "--set", "ITEMS=3"], "one has no setting 'ITEMS'; it has none"),
            (&["three", "--set", "ITEMS=3"], "three has no setting 'ITEMS'; it has LESSON_PYTHON"),
            (&["--set", "LESSON_PYTHON=x"], "none of one, two has a setting 'LESSON_PYTHON'; they have ITEMS, LISTEN"),
            (&["two", "--set"], "missing argument for option '--set'"),
            (&["--list", "--set", "ITEMS=3"], "--list goes with nothing else but --json"),
            (&["Two."], "there is no variant 'Two.'; did you mean 'two'?"),
        ] {
            assert_eq!(ask(arguments), Err(error.to_owned()), "{arguments:?}");
        }
    }
}
