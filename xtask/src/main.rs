//! The project's own commands, started as `cargo xtask`.
//!
//! This file names the commands and sends each to its file. To add a step to `test-all`, add a row to
//! [`steps::STEPS`]; to add a command, add it to [`Command`], to [`command_line`], and write its file.

mod bounded;
mod command_line;
mod context;
mod family;
mod gathered;
mod nearest;
mod serve;
mod steps;
mod test_all;

use context::Context;
use std::{env, io, process::ExitCode};
use steps::Step;

/// What one call of `cargo xtask` asks for.
#[derive(Debug)]
enum Command {
    /// Every step, in the order of the table.
    TestAll { thorough: bool },
    /// These steps, in the order in which they were named.
    Steps { named: Vec<&'static Step>, thorough: bool },
    /// Recordings, with the words that say which ones.
    Record(Vec<String>),
    /// The book in a browser, with the words that say how.
    Serve(Vec<String>),
}

impl Command {
    /// The steps that this command runs.
    fn steps(&self) -> Vec<&'static Step> {
        match self {
            Command::TestAll { .. } => steps::STEPS.iter().collect(),
            Command::Steps { named, .. } => named.clone(),
            Command::Record(_) | Command::Serve(_) => Vec::new(),
        }
    }

    /// Whether they look closer than usual.
    fn is_thorough(&self) -> bool {
        matches!(self, Command::TestAll { thorough: true } | Command::Steps { thorough: true, .. })
    }
}

fn main() -> ExitCode {
    let command = match command_line::parse(env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            // Nobody is left to tell when this cannot be written.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let mut out = io::stdout();
    let mut context = Context::from_env(&mut out);
    context.thorough = command.is_thorough();
    match &command {
        Command::TestAll { .. } | Command::Steps { .. } => test_all::run(&command.steps(), &context),
        Command::Record(words) => steps::recordings::run(words, &context),
        Command::Serve(words) => serve::run(words, &context),
    }
}
