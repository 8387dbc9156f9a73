//! The commands that need mdBook. `cargo xtask` hands them on with all their words.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use xtask_book::{browser, build, links, preprocessor, problem, project::Project, record, serve};

fn main() -> ExitCode {
    let matches = parser().get_matches();
    let done = match matches.subcommand() {
        Some(("book", words)) => build(words.get_flag("open")),
        Some(("preprocess", words)) => return preprocess(words),
        Some(("links", _)) => follow_links(),
        Some(("record", words)) => return record(words),
        Some(("serve", words)) => serve(words),
        _ => unreachable!("the parser knows no other command"),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("{report}");
            ExitCode::FAILURE
        }
    }
}

fn parser() -> Command {
    Command::new("xtask-book")
        .bin_name("cargo xtask")
        .about("Builds the book and checks it.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("book")
                .about("Builds the book, and reports all that breaks its rules")
                .arg(Arg::new("open").long("open").action(ArgAction::SetTrue).help("Opens it in a browser")),
        )
        .subcommand(
            Command::new("preprocess")
                .about("Turns shortcodes into what they stand for; mdBook starts this")
                .subcommand(
                    Command::new("supports")
                        .about("Says with its exit code whether pages are meant for a renderer")
                        .arg(Arg::new("renderer").required(true)),
                ),
        )
        .subcommand(Command::new("links").about("Follows every link of the book as it was last built"))
        .subcommand(
            Command::new("record")
                .about("Runs variants and keeps their recordings")
                .arg(
                    Arg::new("check")
                        .long("check")
                        .action(ArgAction::SetTrue)
                        .help("Keeps nothing, and says what is no longer as recorded"),
                )
                .arg(
                    Arg::new("without-python")
                        .long("without-python")
                        .action(ArgAction::SetTrue)
                        .help("Leaves the Python variants out"),
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
            Command::new("serve")
                .about("Shows the book in a browser, and builds it again when something changes")
                .after_help(SERVE_HELP)
                .arg(Arg::new("open").long("open").action(ArgAction::SetTrue).help("Opens it in a browser"))
                .arg(
                    Arg::new("port")
                        .long("port")
                        .value_name("PORT")
                        .value_parser(value_parser!(u16))
                        .help(format!("The port on 127.0.0.1, {} if none is named; 0 is any free one", serve::PORT)),
                )
                // For tests, which have small books.
                .arg(Arg::new("project").long("project").value_parser(value_parser!(PathBuf)).hide(true)),
        )
}

/// What a writer, and one who is careful, wants to know before they start it.
const SERVE_HELP: &str = "\
A page comes back by itself, at the same place, when its text, a listing or a recording is saved. What is
wrong with the book is shown in its place. A change in xtask/ needs a new start.

Only this machine is served, and only a browser that asks for 127.0.0.1 or localhost. Pages are read, and
nothing is run. Ctrl-C ends it with exit code 130, as a shell sees it. A port in use gives exit code 1.";

/// Set for the commands of README.md while the step `readme` runs them.
const INSIDE_README: &str = "XTASK_INSIDE_README";

fn build(open: bool) -> Result<(), String> {
    let project = Project::here();
    build::strictly(&project)?;
    let first = project.built().join("index.html");
    println!("{}", first.display());
    if open { browser::open(first) } else { Ok(()) }
}

fn preprocess(words: &ArgMatches) -> ExitCode {
    if let Some(("supports", words)) = words.subcommand() {
        let renderer = words.get_one::<String>("renderer").expect("clap has asked for it");
        return if preprocessor::supports(renderer) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    // mdBook starts us in the book's folder.
    let book = env::current_dir().unwrap_or_default();
    let project = Project::at(book.parent().unwrap_or(&book));
    match preprocessor::run_as_command(&project, io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("{report:#}");
            ExitCode::FAILURE
        }
    }
}

fn follow_links() -> Result<(), String> {
    let project = Project::here();
    if !project.built().join("index.html").is_file() {
        return Err("the book is not built; build it with `cargo xtask book`".to_owned());
    }
    let problems = links::check(&project);
    if problems.is_empty() { Ok(()) } else { Err(problem::report(problems)) }
}

fn record(words: &ArgMatches) -> ExitCode {
    let request = record::Request {
        lesson: words.get_one("lesson").cloned(),
        variants: words.get_many("variant").into_iter().flatten().cloned().collect(),
        check: words.get_flag("check"),
        without_python: words.get_flag("without-python"),
    };
    // A reader that went away, as `head` does, is no reason to stop half-way.
    let mut say = |line: &str| drop(writeln!(io::stdout(), "{line}"));
    match record::run(&Project::here(), &request, &mut say) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn serve(words: &ArgMatches) -> Result<(), String> {
    let project = words.get_one::<PathBuf>("project").map_or_else(Project::here, |root| Project::at(root));
    let port = words.get_one("port").copied().unwrap_or(serve::PORT);
    if env::var_os(INSIDE_README).is_some() {
        println!("understood, not run: it serves until Ctrl-C");
        return Ok(());
    }
    let ending = serve::run(&project, port, words.get_flag("open")).map_err(|why| format!("error: {why}"))?;
    ending.end_now()
}
