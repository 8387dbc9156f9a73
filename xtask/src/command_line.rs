//! Reads the command line: which words there are, and what help says about them. To a wrong word clap answers with the
//! nearest that there is.

use crate::{
    step::Step,
    steps::{BOOK, STEPS, THOROUGH_STEPS},
};
use clap::{Arg, ArgAction, Command, builder::PossibleValuesParser, error::ErrorKind};
use std::ffi::OsString;

const TEST_ALL: &str = "test-all";
const OPEN: &str = "open";
const THOROUGH: &str = "thorough";
const OPENS_NOTHING: &str = "`--open` opens the book; write `cargo xtask serve --open` or `cargo xtask book --open`";

/// What one call of `cargo xtask` asks for.
#[derive(Debug)]
pub enum Request {
    /// These steps in this order, whether they look closer than usual, whether the book is opened, and whether they are
    /// all that there are.
    Steps { steps: Vec<&'static Step>, thorough: bool, open: bool, all: bool },
    /// A command of the book, and its words.
    Book(Vec<OsString>),
}

/// Reads the words after `cargo xtask`. The error is one to print, and knows its exit code: asking for help is one too.
pub fn parse<W: Into<OsString>>(words: impl IntoIterator<Item = W>) -> Result<Request, clap::Error> {
    let mut parser = parser();
    let matches = parser.try_get_matches_from_mut(words.into_iter().map(Into::into))?;
    let (name, matches) = matches.subcommand().expect("clap has asked for a command");
    if name == TEST_ALL {
        let thorough = matches.get_flag(THOROUGH);
        return Ok(Request::Steps { steps: STEPS.iter().collect(), thorough, open: false, all: true });
    }
    if let Ok(Some(words)) = matches.try_get_many::<OsString>("words") {
        return Ok(Request::Book([name.into()].into_iter().chain(words.cloned()).collect()));
    }
    if !STEPS.iter().any(|step| step.name == name) {
        return Ok(Request::Book(vec![name.into()]));
    }
    let more = matches.get_many::<String>("more").into_iter().flatten().map(String::as_str);
    let mut steps: Vec<&'static Step> = Vec::new();
    for name in [name].into_iter().chain(more) {
        let step = STEPS.iter().find(|step| step.name == name).expect("clap knows the steps");
        // A name given twice asks for nothing new.
        if !steps.iter().any(|chosen| chosen.name == step.name) {
            steps.push(step);
        }
    }
    let (thorough, open) = (matches.get_flag(THOROUGH), matches.get_flag(OPEN));
    if open && !steps.iter().any(|step| step.name == BOOK) {
        return Err(parser.error(ErrorKind::MissingRequiredArgument, OPENS_NOTHING));
    }
    if thorough && !steps.iter().any(|step| THOROUGH_STEPS.contains(&step.name)) {
        let names = THOROUGH_STEPS.join(", ");
        let why = format!("`--thorough` is for `{TEST_ALL}`, and for the steps that can look closer: {names}");
        return Err(parser.error(ErrorKind::MissingRequiredArgument, why));
    }
    Ok(Request::Steps { steps, thorough, open, all: false })
}

fn parser() -> Command {
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let thorough = flag(THOROUGH).help(format!("Looks closer, which takes longer: {}", THOROUGH_STEPS.join(", ")));
    let open = flag(OPEN).help("Opens the book in a browser");
    // Its words are read where they are understood.
    let handed_on = |name: &'static str| {
        let words = Arg::new("words").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
        Command::new(name).disable_help_flag(true).arg(words.value_parser(clap::value_parser!(OsString)))
    };
    let step = |step: &Step| {
        let names = PossibleValuesParser::new(STEPS.iter().map(|step| step.name));
        let more = Arg::new("more").value_name("STEP").num_args(0..).value_parser(names);
        Command::new(step.name)
            .about(step.about)
            .arg(more.help("More steps; they run in the order given"))
            .arg(thorough.clone().hide(!THOROUGH_STEPS.contains(&step.name)))
            .arg(open.clone().hide(step.name != BOOK))
    };
    let all = "Runs every step below, those that wait beside those that compute, and reports all failures at the end";
    Command::new("xtask")
        .bin_name("cargo xtask")
        .no_binary_name(true)
        .about("Checks this project: its code, its tests, its documentation, its book and its README.")
        .override_usage("cargo xtask <COMMAND>\n       cargo xtask <STEP>...\n       cargo xtask book --open")
        .after_help(HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(handed_on("record").about("Runs variants and keeps their recordings, which the book shows"))
        .subcommand(handed_on("serve").about("Shows the book in a browser, and builds it again when something changes"))
        .subcommand(Command::new(TEST_ALL).about(all).arg(thorough.clone()))
        .subcommands(STEPS.iter().map(step))
}

const HELP: &str = "\
Those after `test-all` are its steps. Each prints the command that it runs. A failure does not stop the
steps after it. The last line counts the steps, `N passed, N failed, N skipped`, and the exit code is 1
when one has failed. With `--thorough`, `test-all` and some of the steps look closer, and take longer.

Environment:
  LESSON_PYTHON  the CPython to use, 3.11 or newer; without it python3 and the like are tried
  LESSON_CHROMIUM
                 the browser to use; without it chromium, google-chrome and the like are tried
  CI             when set, and neither empty nor `false`, a step that would be skipped fails";

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the steps, whether they look closer, and whether the book is opened.
    fn steps(words: &[&str]) -> (Vec<&'static str>, bool, bool) {
        match parse(words).expect("these words are a command line") {
            Request::Steps { steps, thorough, open, .. } => {
                (steps.iter().map(|step| step.name).collect(), thorough, open)
            }
            Request::Book(words) => panic!("{words:?}"),
        }
    }

    #[test]
    fn parser_is_sound() {
        parser().debug_assert();
    }

    #[test]
    fn steps_run_as_named_and_once() {
        let all: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(steps(&["test-all"]), (all.clone(), false, false));
        assert_eq!(steps(&["test-all", "--thorough"]), (all, true, false));
        assert_eq!(steps(&["test", "fmt", "test"]), (vec!["test", "fmt"], false, false));
        assert_eq!(steps(&["fmt", "browser", "--thorough"]), (vec!["fmt", "browser"], true, false));
        assert_eq!(steps(&["fmt", "book", "--open"]), (vec!["fmt", "book"], false, true));
        assert!(THOROUGH_STEPS.iter().all(|name| STEPS.iter().any(|step| step.name == *name)));
    }

    #[test]
    fn a_wrong_word_is_answered_with_the_way_out() {
        for (words, answer) in [
            (&["clipy"][..], "unrecognized subcommand 'clipy'\n\n  tip: a similar subcommand exists: 'clippy'"),
            (&["tset-all"], "some similar subcommands exist: 'test', 'test-all'"),
            (&["srve"], "a similar subcommand exists: 'serve'"),
            (&["fnt"], "a similar subcommand exists: 'fmt'"),
            (&["fmt", "clipy"], "tip: a similar value exists: 'clippy'"),
            (&["fmt", "serve"], "[possible values: fmt, clippy, "),
            (&["fmt", "test-all"], "[possible values: fmt, clippy, "),
            (&["zzzzzz"], "Usage: cargo xtask <COMMAND>"),
            (&["test-all", "fmt"], "unexpected argument 'fmt'"),
            (&["fmt", "--open"], "`cargo xtask book --open`"),
            (&["--open"], "cargo xtask book --open"),
            (&["fmt", "--thorough"], "`--thorough` is for `test-all`, and for the steps that can look closer: loom"),
        ] {
            let error = parse(words).expect_err("these words are no command line");
            assert_eq!(error.exit_code(), 2, "{words:?}");
            assert!(error.to_string().contains(answer), "{words:?}: {error}");
        }
    }

    #[test]
    fn commands_of_the_book_get_all_their_words() {
        for words in [
            &["record"][..],
            &["record", "--check", "lesson-01", "tokio"],
            &["serve", "--port", "0", "--open"],
            &["serve", "--help"],
        ] {
            let request = parse(words).expect("these words are a command line");
            assert!(matches!(&request, Request::Book(all) if all == words), "{request:?}");
        }
    }
}
