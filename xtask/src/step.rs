//! What a step is, and how it runs cargo.

use crate::{
    bounded::{self, Ending},
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use std::{
    ffi::OsStr,
    io,
    process::{Command, ExitStatus, Stdio},
    time::Duration,
};

/// One thing that must hold, and how to find out whether it does.
#[derive(Debug)]
pub struct Step {
    /// What it is called on the command line.
    pub name: &'static str,
    /// One line for the help: what holds when it passes.
    pub about: &'static str,
    /// What it runs, printed before it starts.
    pub runs: &'static str,
    /// Runs it. The error says why it does not hold.
    pub run: fn(&Context<'_>) -> Result<Outcome>,
}

/// How a step ended that has not failed.
#[derive(Debug)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// This machine lacks something that is optional, and what to install.
    Skipped(String),
}

/// Far longer than any step takes, a build of everything included.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// Runs one line that starts with `cargo`, its output straight to the terminal.
///
/// On Windows a running program cannot be replaced, and ours is running: there a line over the whole workspace fails if
/// it has to link xtask differently from how `cargo xtask` did.
pub fn cargo(context: &Context<'_>, line: &str, variables: &[(&str, &OsStr)]) -> Result<Outcome> {
    let mut command = cargo_command(context, line);
    // A test that asked for input would wait for ever in CI, so it shall not wait here either.
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    let status = if context.beside { told(context, &mut command) } else { command.status() };
    let status = status.with_context(|| format!("`{line}` could not be started"))?;
    if status.success() { Ok(Outcome::Passed) } else { bail!("`{line}` {}", ending(status)) }
}

/// Runs it, and tells what it wrote, in one piece, when it has ended.
fn told(context: &Context<'_>, command: &mut Command) -> io::Result<ExitStatus> {
    let finished = bounded::run(command, LIMIT)?;
    context.say(finished.output.trim_end());
    match finished.ending {
        Ending::Exited(status) => Ok(status),
        Ending::TooLong => Err(io::Error::other(format!("it took longer than {LIMIT:?} and was ended"))),
        Ending::LeftBehind => Err(io::Error::other("it left a process behind, which was ended")),
    }
}

/// The process that a line starting with `cargo` stands for. Words are split at white space; there is no shell.
pub fn cargo_command(context: &Context<'_>, line: &str) -> Command {
    let mut command = Command::new(&context.cargo);
    command.args(line.split_whitespace().skip(1)).current_dir(&context.root);
    command
}

/// How a process ended, to follow its name in a sentence.
pub fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => format!("was ended from outside ({status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a step's line ends when `program` stands in for cargo, which would fill the tests' output with its own.
    fn failure(program: &str) -> Option<String> {
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        context.cargo = program.into();
        cargo(&context, "cargo some words", &[]).err().map(|why| format!("{why:#}"))
    }

    #[cfg(unix)]
    #[test]
    fn the_exit_code_decides() {
        assert_eq!(failure("true"), None);
        assert_eq!(failure("false").as_deref(), Some("`cargo some words` ended with exit code 1"));
    }

    #[test]
    fn a_missing_cargo_is_a_failure() {
        let why = failure("no-such-program-anywhere").expect("it fails");
        assert!(why.starts_with("`cargo some words` could not be started: "), "{why}");
    }
}
