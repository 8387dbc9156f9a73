//! A lesson's command line, the same for every lesson.

use std::{path::PathBuf, process::ExitCode};

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser},
    error::ErrorKind,
    value_parser,
};

use crate::{Lesson, Variant};

/// What the person asks for.
#[derive(Debug)]
pub(crate) enum Request<'a> {
    /// Name the variants.
    List,
    /// Run one variant as it is.
    Plain(&'a Variant),
    /// Run several, each in a process of its own, and compare them.
    Several { variants: Vec<&'a Variant>, timeline: bool },
    /// Run one in a process of its own, and keep what was recorded.
    Measured { variant: &'a Variant, timeline: bool, record: Option<PathBuf>, trace: Option<PathBuf> },
}

/// Reads the program's arguments. If they can't be met, or ask for help, the answer has been printed and the exit code
/// is given.
pub(crate) fn read(lesson: &Lesson) -> Result<Request<'_>, ExitCode> {
    let mut command = command(lesson);
    command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|matches| request(lesson, &mut command, &matches))
        .map_err(|answer| {
            // A reader that has left after the first lines of the help has read enough.
            let _ = answer.print();
            ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(1))
        })
}

const ALL: &str = "all";

fn command(lesson: &Lesson) -> Command {
    let names = lesson.variants.iter().map(|variant| PossibleValue::new(variant.name).help(variant.watch));
    let values = names.chain([PossibleValue::new(ALL).help("every variant, one after the other")]);
    let run = format!("cargo run -p {} --", lesson.package);
    let variant = Arg::new("variant")
        .value_name("VARIANT")
        .num_args(0..)
        .value_parser(PossibleValuesParser::new(values))
        .help("Run this variant alone; name several to compare them");
    let flag = |name, help| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let file = |name, help| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf)).requires("variant").help(help)
    };
    Command::new(lesson.package)
        .bin_name(&run)
        .about(lesson.title)
        .long_about(format!(
            "{}\n\nWithout a variant this is the tour: the main variants one after another, each in a process of its own, \
             and then a table of what was measured. With one variant it is exactly what that program prints.",
            lesson.title
        ))
        .override_usage(format!("{run} [OPTIONS] [VARIANT]..."))
        .arg(variant)
        .arg(flag("list", "Name every variant, its runtime, and what to watch for").exclusive(true))
        .arg(flag("timeline", "Run, then draw which thread ran what and when").requires("variant"))
        .arg(file("record", "Run one variant, and write the recording as JSON"))
        .arg(file("trace", "Run one variant, and write a Chrome trace, for ui.perfetto.dev"))
        .after_help(format!("Start with:\n  {run} --list\n  {run} {} --timeline", lesson.variants[0].name))
}

fn request<'a>(lesson: &'a Lesson, command: &mut Command, matches: &ArgMatches) -> Result<Request<'a>, clap::Error> {
    if matches.get_flag("list") {
        return Ok(Request::List);
    }
    let names: Vec<&String> = matches.get_many("variant").into_iter().flatten().collect();
    let is_named = |variant: &&Variant| names.iter().any(|name| *name == variant.name || *name == ALL);
    let mut variants: Vec<_> = lesson.variants.iter().filter(is_named).collect();
    if names.is_empty() {
        variants = lesson.variants.iter().filter(|variant| variant.on_tour).collect();
    } else if !names.iter().any(|name| *name == ALL) {
        // In the order in which the person named them.
        variants.sort_by_key(|variant| names.iter().position(|name| *name == variant.name));
    }
    let timeline = matches.get_flag("timeline");
    let file = |name| matches.get_one::<PathBuf>(name).cloned();
    let (record, trace) = (file("record"), file("trace"));
    let keeps = record.is_some() || trace.is_some();
    match variants.as_slice() {
        [variant] if !names.is_empty() && (timeline || keeps) => {
            Ok(Request::Measured { variant, timeline, record, trace })
        }
        [variant] if !names.is_empty() => Ok(Request::Plain(variant)),
        _ if keeps => {
            let message = "--record and --trace keep one run in one file: name one variant";
            Err(command.error(ErrorKind::ArgumentConflict, message))
        }
        _ => Ok(Request::Several { variants, timeline }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;

    fn lesson() -> Lesson {
        let variant = |name| Variant::rust(name, Runtime::Std, || ());
        Lesson::new("lesson-00", "Title")
            .variant(variant("one").on_tour())
            .variant(variant("two"))
            .variant(variant("three"))
    }

    fn ask(arguments: &[&str]) -> Result<String, String> {
        let lesson = lesson();
        let mut command = command(&lesson);
        command
            .try_get_matches_from_mut(["lesson-00"].iter().chain(arguments))
            .and_then(|matches| request(&lesson, &mut command, &matches))
            .map(|request| match request {
                Request::List => "list".into(),
                Request::Plain(variant) => format!("plain {}", variant.name),
                Request::Several { variants, timeline } => {
                    let names: Vec<_> = variants.iter().map(|variant| variant.name).collect();
                    format!("several {} {timeline}", names.join(","))
                }
                Request::Measured { variant, timeline, record, trace } => {
                    format!("measured {} {timeline} {} {}", variant.name, record.is_some(), trace.is_some())
                }
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_itself_is_sound() {
        command(&lesson()).debug_assert();
    }

    #[test]
    fn reads_what_is_asked() {
        for (arguments, request) in [
            (&[][..], "several one false"),
            (&["--list"], "list"),
            (&["two"], "plain two"),
            (&["three", "one"], "several three,one false"),
            (&["all", "--timeline"], "several one,two,three true"),
            (&["two", "--timeline"], "measured two true false false"),
            (&["two", "--record", "file"], "measured two false true false"),
            (&["two", "--trace", "file", "--record", "other"], "measured two false true true"),
            // Twice the same is once.
            (&["two", "two"], "plain two"),
        ] {
            assert_eq!(ask(arguments).as_deref(), Ok(request), "{arguments:?}");
        }
    }

    #[test]
    fn says_what_was_meant() {
        let error = ask(&["thre"]).expect_err("there is no such variant");
        assert!(error.contains("'three'"), "{error}");
        let error = ask(&["one", "two", "--record", "file"]).expect_err("one file can't keep two runs");
        assert!(error.contains("name one variant"), "{error}");
        assert!(ask(&["--record", "file"]).is_err());
        assert!(ask(&["--list", "one"]).is_err());
    }
}
