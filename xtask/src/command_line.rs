//! Reads the command line: which words there are, what help says about them, and what a wrong one is answered with.

use crate::{
    Command, nearest,
    steps::{BOOK_OPENED, STEPS, Step, THOROUGH_STEPS},
};
use clap::{Arg, ArgAction, error::ErrorKind, value_parser};
use std::{ffi::OsString, fmt::Write};

const TEST_ALL: &str = "test-all";
const RECORD: &str = "record";
const SERVE: &str = "serve";
const CHECK: &str = "check";
const OPEN: &str = "open";
const PORT: &str = "port";
const THOROUGH: &str = "thorough";
const OPENS_NOTHING: &str = "`--open` opens the book; write `cargo xtask serve --open` or `cargo xtask book --open`";

/// Reads the words after `cargo xtask`. The error is one to print, and knows its exit code: asking for help is one too.
pub fn parse<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<Command, clap::Error> {
    let mut parser = parser();
    let matches = parser.try_get_matches_from_mut(words.into_iter().map(Into::into))?;
    if let Some(matches) = matches.subcommand_matches(TEST_ALL) {
        return Ok(Command::TestAll { thorough: matches.get_flag(THOROUGH) });
    }
    if let Some(matches) = matches.subcommand_matches(RECORD) {
        let check = matches.get_flag(CHECK).then(|| format!("--{CHECK}"));
        let names = ["lesson", "variant"].into_iter().filter_map(|name| matches.get_many::<String>(name));
        return Ok(Command::Record(check.into_iter().chain(names.flatten().cloned()).collect()));
    }
    if let Some(matches) = matches.subcommand_matches(SERVE) {
        let open = matches.get_flag(OPEN).then(|| format!("--{OPEN}"));
        let port = matches.get_one::<u16>(PORT).map(|port| format!("--{PORT}={port}"));
        return Ok(Command::Serve(open.into_iter().chain(port).collect()));
    }
    let mut steps: Vec<&'static Step> = Vec::new();
    for name in matches.get_many::<String>("step").into_iter().flatten() {
        let step = STEPS.iter().find(|step| step.name == name);
        let step = step.ok_or_else(|| parser.error(ErrorKind::InvalidValue, unknown(name)))?;
        // A name given twice asks for nothing new.
        if !steps.iter().any(|chosen| chosen.name == step.name) {
            steps.push(step);
        }
    }
    if matches.get_flag(OPEN) {
        let book = steps.iter_mut().find(|step| step.name == BOOK_OPENED.name);
        *book.ok_or_else(|| parser.error(ErrorKind::MissingRequiredArgument, OPENS_NOTHING))? = &BOOK_OPENED;
    }
    let thorough = matches.get_flag(THOROUGH);
    if thorough && !steps.iter().any(|step| THOROUGH_STEPS.contains(&step.name)) {
        return Err(parser.error(ErrorKind::MissingRequiredArgument, looks_no_closer()));
    }
    Ok(Command::Steps { named: steps, thorough })
}

fn parser() -> clap::Command {
    clap::Command::new("xtask")
        .bin_name("cargo xtask")
        .no_binary_name(true)
        .about("Checks this project: its code, its tests, its documentation, its book and its README.")
        .override_usage("cargo xtask <COMMAND>\n       cargo xtask <STEP>...\n       cargo xtask book --open")
        .after_help(steps_help())
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            clap::Command::new(TEST_ALL)
                .about("Runs every step below in this order, and reports all failures together at the end")
                .arg(thorough()),
        )
        .subcommand(
            clap::Command::new(RECORD)
                .about("Runs variants and keeps their recordings, which the book shows")
                .arg(
                    Arg::new(CHECK)
                        .long(CHECK)
                        .action(ArgAction::SetTrue)
                        .help("Keeps nothing, and says what no longer runs as recorded"),
                )
                .arg(Arg::new("lesson").value_name("LESSON").help("The lesson's package; all lessons if none is named"))
                .arg(
                    Arg::new("variant")
                        .value_name("VARIANT")
                        .num_args(0..)
                        .help("Variants of the lesson, by name; all of them if none is named"),
                ),
        )
        .subcommand(
            clap::Command::new(SERVE)
                .about("Shows the book in a browser, and builds it again when something changes")
                .after_help(SERVE_HELP)
                .arg(Arg::new(OPEN).long(OPEN).action(ArgAction::SetTrue).help("Opens the book in a browser"))
                .arg(
                    Arg::new(PORT)
                        .long(PORT)
                        .value_name("PORT")
                        .value_parser(value_parser!(u16))
                        .help("The port on 127.0.0.1, 3000 if none is named; 0 is any free one"),
                ),
        )
        // The names are checked above and not by clap, whose answer could suggest a step but never a command.
        .arg(
            Arg::new("step")
                .value_name("STEP")
                .action(ArgAction::Append)
                .num_args(1..)
                .help("One step or several, by name; they run in the order given"),
        )
        .arg(Arg::new(OPEN).long(OPEN).action(ArgAction::SetTrue).help("Opens the book that the step `book` has built"))
        .arg(thorough())
}

fn thorough() -> Arg {
    let help = format!("Looks closer, which takes longer: {}", THOROUGH_STEPS.join(", "));
    Arg::new(THOROUGH).long(THOROUGH).action(ArgAction::SetTrue).help(help)
}

fn looks_no_closer() -> String {
    format!("`--thorough` is for `{TEST_ALL}`, and for the steps that can look closer: {}", THOROUGH_STEPS.join(", "))
}

/// What a writer, and one who is careful, wants to know before they start it.
const SERVE_HELP: &str = "\
A page comes back by itself, at the same place, when its text, a listing or a recording is saved. What is
wrong with the book is shown in its place. A change in xtask/ needs a new start.

Only this machine is served, and only a browser that asks for 127.0.0.1 or localhost. Pages are read, and
nothing is run. Ctrl-C ends it with exit code 130, as a shell sees it. A port in use gives exit code 1.";

/// The part of the help that a learner reads: the steps, and what changes how they run.
fn steps_help() -> String {
    let width = STEPS.iter().map(|step| step.name.len()).max().unwrap_or(0);
    let mut help = String::from("Steps:\n");
    for step in STEPS {
        writeln!(help, "  {:width$}  {}", step.name, step.about).expect("a String takes every write");
    }
    help.push_str(
        "
Each step prints the command that it runs. A failure does not stop the steps after it. The last line
counts the steps, `N passed, N failed, N skipped`, and the exit code is 1 when one has failed.

Environment:
  LESSON_PYTHON  the CPython to use, 3.11 or newer; without it python3 and the like are tried
  LESSON_CHROMIUM, LESSON_CHROMEDRIVER
                 the browser to use, and what drives it; without them chromium and chromedriver are tried
  CI             when set, and neither empty nor `false`, a step that would be skipped fails",
    );
    help
}

fn unknown(name: &str) -> String {
    if name == TEST_ALL {
        return format!("`{TEST_ALL}` runs every step, so give it alone");
    }
    if name == SERVE {
        return format!("`{SERVE}` is no step, so give it first; it serves the book until you press Ctrl-C");
    }
    if name == RECORD {
        return format!("`{RECORD}` is no step, so give it first; the step `recordings` checks what it has made");
    }
    let known = STEPS.iter().map(|step| step.name).chain([TEST_ALL, RECORD, SERVE]);
    match nearest::nearest(name, known) {
        Some(nearest) => format!("there is no step or command `{name}`; did you mean `{nearest}`?"),
        None => format!("there is no step or command `{name}`; `cargo xtask --help` lists them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &[&str]) -> Vec<&'static str> {
        parse(words).expect("these words are a command line").steps().iter().map(|step| step.name).collect()
    }

    fn error(words: &[&str]) -> clap::Error {
        parse(words).expect_err("these words are no command line")
    }

    #[test]
    fn parser_is_sound() {
        parser().debug_assert();
    }

    #[test]
    fn test_all_is_every_step_in_order() {
        let all: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names(&["test-all"]), all);
    }

    #[test]
    fn steps_run_as_named_and_once() {
        assert_eq!(names(&["test", "fmt", "test"]), ["test", "fmt"]);
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_one() {
        for (wrong, right) in [("clipy", "clippy"), ("tset-all", "test-all"), ("tset", "test")] {
            let error = error(&[wrong]);
            assert_eq!(error.exit_code(), 2);
            let message = error.to_string();
            assert!(message.contains(&format!("no step or command `{wrong}`; did you mean `{right}`?")), "{message}");
        }
    }

    #[test]
    fn a_name_far_from_all_gets_the_help() {
        let message = error(&["zzzzzz"]).to_string();
        assert!(message.contains("`cargo xtask --help` lists them"), "{message}");
    }

    #[test]
    fn test_all_stands_alone() {
        assert_eq!(error(&["fmt", "test-all"]).exit_code(), 2);
        assert_eq!(error(&["test-all", "fmt"]).exit_code(), 2);
    }

    #[test]
    fn only_the_book_can_be_opened() {
        assert_eq!(names(&["fmt", "book", "--open"]), ["fmt", "book"]);
        let command = parse(["book", "--open"]).expect("these words are a command line");
        assert!(command.steps()[0].runs.ends_with(" --open"));
        for words in [&["fmt", "--open"][..], &["--open"]] {
            let error = error(words);
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains("`cargo xtask book --open`"), "{error}");
        }
    }

    #[test]
    fn only_some_steps_look_closer() {
        for words in [&["test-all", "--thorough"][..], &["browser", "--thorough"], &["--thorough", "fmt", "browser"]] {
            assert!(parse(words).expect("these words are a command line").is_thorough(), "{words:?}");
        }
        for words in [&["test-all"][..], &["browser"]] {
            assert!(!parse(words).expect("these words are a command line").is_thorough(), "{words:?}");
        }
        for words in [&["fmt", "--thorough"][..], &["--thorough"]] {
            let error = error(words);
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains("`--thorough` is for `test-all`"), "{error}");
        }
        assert!(THOROUGH_STEPS.iter().all(|name| STEPS.iter().any(|step| step.name == *name)));
    }

    #[test]
    fn record_passes_its_words_on() {
        for words in [&[][..], &["--check"], &["lesson-01"], &["--check", "lesson-01", "tokio", "smol"]] {
            let command = parse(std::iter::once(&"record").chain(words)).expect("these words are a command line");
            assert!(matches!(&command, Command::Record(passed_on) if passed_on == words), "{command:?}");
            assert!(command.steps().is_empty());
        }
        let message = error(&["fmt", "record"]).to_string();
        assert!(message.contains("give it first"), "{message}");
    }

    #[test]
    fn serve_passes_its_words_on() {
        for (words, expected) in [
            (&["serve"][..], &[][..]),
            (&["serve", "--open"], &["--open"]),
            (&["serve", "--port", "0", "--open"], &["--open", "--port=0"]),
            (&["serve", "--port=65535"], &["--port=65535"]),
        ] {
            let command = parse(words).expect("these words are a command line");
            assert!(matches!(&command, Command::Serve(passed_on) if passed_on == expected), "{command:?}");
            assert!(command.steps().is_empty());
        }
        let message = error(&["fmt", "serve"]).to_string();
        assert!(message.contains("give it first"), "{message}");
        assert!(error(&["srve"]).to_string().contains("did you mean `serve`?"));
    }

    #[test]
    fn a_port_is_a_number_that_a_port_can_have() {
        for port in ["", "abc", "-1", "65536", "80.5"] {
            let error = error(&["serve", &format!("--port={port}")]);
            assert_eq!(error.exit_code(), 2, "{port}");
            assert!(error.to_string().contains("--port <PORT>"), "{error}");
        }
        assert_eq!(error(&["serve", "--port"]).exit_code(), 2);
        assert_eq!(error(&["serve", "3000"]).exit_code(), 2);
    }

    #[test]
    fn help_has_every_step_with_its_line() {
        let help = error(&["--help"]).to_string();
        for step in STEPS {
            let row = help.lines().find(|line| line.trim_start().starts_with(&format!("{} ", step.name)));
            assert!(row.is_some_and(|row| row.ends_with(step.about)), "{}:\n{help}", step.name);
        }
    }
}
