//! What needs a browser. `cargo xtask browser` starts the first of these commands.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Arg, ArgAction, Command, value_parser};
use xtask_browser::{
    at_once,
    browser::Browser,
    checks::{CHECKS, Task},
    finding,
    programs::Programs,
    screenshots,
    server::Server,
    site::{PRINT, Site},
    view::View,
};

fn main() -> ExitCode {
    let matches = parser().get_matches();
    let done = match matches.subcommand() {
        Some(("check", words)) => check(words.get_flag("thorough"), words.get_flag("repeated")),
        Some(("screenshots", words)) => {
            let folder = words.get_one::<PathBuf>("folder").expect("clap has asked for it");
            with_view(|view| screenshots::take(view, folder))
        }
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
    let checks: Vec<_> = CHECKS.iter().map(|check| format!("  {:11} {}", check.name, check.about)).collect();
    Command::new("xtask-browser")
        .about("Opens the book, as it was last built, in a real Chromium.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("check")
                .about("Checks what a reader meets on every page")
                .after_help(format!("Checks:\n{}", checks.join("\n")))
                .arg(
                    Arg::new("thorough")
                        .long("thorough")
                        .action(ArgAction::SetTrue)
                        .help("Looks at every page in more widths"),
                )
                .arg(
                    Arg::new("repeated")
                        .long("repeated")
                        .action(ArgAction::SetTrue)
                        .help("Looks also at what one page repeats of others"),
                ),
        )
        .subcommand(
            Command::new("screenshots")
                .about("Takes a picture of every page, wide and narrow, by day and by night")
                .arg(Arg::new("folder").value_name("DIR").required(true).value_parser(value_parser!(PathBuf))),
        )
}

fn check(thorough: bool, repeated: bool) -> Result<(), String> {
    let site = Site::here()?;
    let all: Vec<_> = CHECKS.iter().collect();
    let mut tasks = Task::all(&all, &site.pages, site.first(), repeated);
    // What takes longest comes first, so that no browser is left alone with it at the end.
    tasks.sort_by_key(|task| task.page.path != PRINT && task.name() != "arrows");
    let findings = at_once::run(
        &Programs::from_env(),
        &site,
        &tasks,
        |browser, server, task| task.run(&View::new(browser, server, &site, thorough, repeated)),
        // A reader that went away, as `head` does, is no reason to stop half-way.
        &mut |task| drop(writeln!(io::stdout(), "  {}", task.name())),
    )?;
    let findings = findings.concat();
    if findings.is_empty() { Ok(()) } else { Err(finding::report(&findings)) }
}

/// Starts a browser, shows it the book, and ends it whatever happens.
fn with_view(work: impl FnOnce(&View<'_>) -> Result<(), String>) -> Result<(), String> {
    let site = Site::here()?;
    let browser = Browser::start(&Programs::from_env())?;
    let server = Server::start(browser.runtime(), &site.built)?;
    work(&View::new(&browser, &server, &site, false, false))
}
