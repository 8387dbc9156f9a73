//! Opens the book, as it was last built, in a real Chromium, and checks what a reader meets there. `cargo xtask browser`
//! starts the first of these commands.
//!
//! [`site`] says which pages there are, [`server`] serves them, and [`browser`] shows them. What must hold is in
//! [`checks`], and [`at_once`] shares the pages out among several browsers.

mod at_once;
mod browser;
mod check;
mod checks;
mod chromium;
mod screenshots;
mod server;
mod site;
#[cfg(test)]
mod spoilt;
mod task;
mod view;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Result, bail};
use browser::Browser;
use checks::CHECKS;
use clap::{Arg, ArgAction, Command, value_parser};
use server::Server;
use site::{PRINT, Site};
use task::Task;
use view::View;

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
            eprintln!("{report:#}");
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

fn check(thorough: bool, repeated: bool) -> Result<()> {
    let site = Site::here()?;
    let mut tasks = Task::all(CHECKS, &site, &site.pages, repeated);
    // What takes longest comes first, so that no browser is left alone with it at the end.
    tasks.sort_by_key(|task| task.page.path != PRINT && task.name() != "arrows");
    let findings = at_once::run(&site, &tasks, |browser, server, task| {
        // A reader that went away, as `head` does, is no reason to stop half-way.
        let _ = writeln!(io::stdout(), "  {}", task.name());
        task.run(&View::new(browser, server, &site, thorough, repeated))
    })?;
    let report = task::report(&findings);
    if report.is_empty() { Ok(()) } else { bail!(report) }
}

/// Starts a browser, shows it the book, and ends it whatever happens.
fn with_view(work: impl FnOnce(&View<'_>) -> Result<()>) -> Result<()> {
    let site = Site::here()?;
    let (browser, server) = (Browser::start()?, Server::start(&site.built)?);
    work(&View::new(&browser, &server, &site, false, false))
}
