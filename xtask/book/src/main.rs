//! The commands that need mdBook. `cargo xtask` hands them on with all their words.

use anyhow::{Error, Result, bail};
use clap::{Parser, Subcommand};
use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use xtask_book::{browser, build, links, preprocessor, problem, project::Project, record, serve};

/// Builds the book and checks it.
#[derive(Parser)]
#[command(name = "xtask-book", bin_name = "cargo xtask", subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true)]
enum Command {
    /// Builds the book, and reports all that breaks its rules
    Book {
        /// Opens it in a browser
        #[arg(long)]
        open: bool,
    },
    /// Turns shortcodes into what they stand for; mdBook starts this
    Preprocess {
        #[command(subcommand)]
        question: Option<Question>,
    },
    /// Follows every link of the book as it was last built
    Links,
    /// Runs variants and keeps their recordings
    Record {
        /// Keeps nothing, and says what is no longer as recorded
        #[arg(long)]
        check: bool,
        /// Leaves the Python variants out
        #[arg(long)]
        without_python: bool,
        /// The lesson's package; all lessons if none is named
        lesson: Option<String>,
        /// Variants of the lesson, by name; all of them if none is named
        #[arg(value_name = "VARIANT")]
        variants: Vec<String>,
    },
    /// Shows the book in a browser, and builds it again when something changes
    #[command(after_help = SERVE_HELP)]
    Serve {
        /// Opens it in a browser
        #[arg(long)]
        open: bool,
        /// The port on 127.0.0.1; 0 is any free one
        #[arg(long, default_value_t = serve::PORT)]
        port: u16,
        // For tests, which have small books.
        #[arg(long, hide = true)]
        project: Option<PathBuf>,
    },
}

/// What a writer, and one who is careful, wants to know before they start it.
const SERVE_HELP: &str = "\
A page comes back by itself, at the same place, when its text, a listing or a recording is saved. What is
wrong with the book is shown in its place. A change in xtask/ needs a new start.

Only this machine is served, and only a browser that asks for 127.0.0.1 or localhost. Pages are read, and
nothing is run. Ctrl-C ends it with exit code 130, as a shell sees it. A port in use gives exit code 1.";

/// Set for the commands of README.md while the step `readme` runs them.
const INSIDE_README: &str = "XTASK_INSIDE_README";

#[derive(Subcommand)]
enum Question {
    /// Says with its exit code whether pages are meant for a renderer
    Supports { renderer: String },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(report) => {
            eprintln!("{report:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked for, and gives whether all went well, where more has been said.
fn run(command: Command) -> Result<bool> {
    let project = Project::here();
    match command {
        Command::Book { open } => {
            build::strictly(&project)?;
            let first = project.built().join("index.html");
            println!("{}", first.display());
            if open {
                browser::open(first)?;
            }
        }
        Command::Preprocess { question: Some(Question::Supports { renderer }) } => {
            return Ok(preprocessor::supports(&renderer));
        }
        Command::Preprocess { question: None } => {
            // mdBook starts us in the book's folder.
            let book = env::current_dir()?;
            let project = Project::at(book.parent().unwrap_or(&book));
            preprocessor::run_as_command(&project, io::stdin().lock(), io::stdout().lock())?;
        }
        Command::Links => {
            if !project.built().join("index.html").is_file() {
                bail!("the book is not built; build it with `cargo xtask book`");
            }
            problem::none(links::check(&project))?;
        }
        Command::Record { check, without_python, lesson, variants } => {
            let request = record::Request { lesson, variants, check, without_python };
            // A reader that went away, as `head` does, is no reason to stop half-way.
            let mut say = |line: &str| drop(writeln!(io::stdout(), "{line}"));
            return record::run(&project, &request, &mut say).map_err(|why| Error::msg(format!("error: {why:#}")));
        }
        Command::Serve { open, port, project: root } => {
            if env::var_os(INSIDE_README).is_some() {
                println!("understood, not run: it serves until Ctrl-C");
                return Ok(true);
            }
            let project = root.map_or(project, |root| Project::at(&root));
            let ending = serve::run(&project, port, open).map_err(|why| Error::msg(format!("error: {why:#}")))?;
            ending.end_now();
        }
    }
    Ok(true)
}
