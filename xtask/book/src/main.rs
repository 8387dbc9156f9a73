//! The commands that need mdBook. `cargo xtask book` starts the first of them.

use clap::{Arg, ArgAction, ArgMatches, Command};
use std::{
    env,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};
use xtask_book::{build, links, preprocessor, problem, project::Project, record};

fn main() -> ExitCode {
    let matches = parser().get_matches();
    let done = match matches.subcommand() {
        Some(("build", words)) => build(words.get_flag("open")),
        Some(("preprocess", words)) => return preprocess(words),
        Some(("links", _)) => follow_links(),
        Some(("record", words)) => return record(words),
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
        .about("Builds the book and checks it.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("build")
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
}

fn build(open: bool) -> Result<(), String> {
    let project = Project::here();
    build::strictly(&project)?;
    let first = project.built().join("index.html");
    println!("{}", first.display());
    if open { open_in_browser(&first) } else { Ok(()) }
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

/// Hands the file to whatever opens such files on this system.
fn open_in_browser(file: &Path) -> Result<(), String> {
    let program = match env::consts::OS {
        "windows" => "explorer",
        "macos" => "open",
        _ => "xdg-open",
    };
    let status = std::process::Command::new(program).arg(file).status();
    match status {
        // Windows' explorer ends with 1 also when it has opened the file.
        Ok(status) if status.success() || cfg!(windows) => Ok(()),
        Ok(status) => Err(format!("`{program}` could not open the book ({status}); open {} yourself", file.display())),
        Err(error) => Err(format!("`{program}` could not be started ({error}); open {} yourself", file.display())),
    }
}
