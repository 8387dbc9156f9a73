//! Shows the book in a browser while it is written. What does that is a package of its own, since it needs mdBook.

use crate::context::Context;
use std::process::{Command, ExitCode};

/// What serves. Cargo is not told to be quiet: its first build takes a minute or two, and shall be seen to go on.
const SERVE: [&str; 5] = ["run", "--package", "xtask-book", "--", "serve"];

/// Serves until somebody ends it.
pub fn run(words: &[String], context: &Context<'_>) -> ExitCode {
    let mut command = Command::new(&context.cargo);
    command.args(SERVE).args(words).current_dir(&context.root);
    become_or_start(command, context)
}

/// Becomes that process, as cargo then becomes the server. So there is one process all the time: Ctrl-C and `kill`
/// reach the server itself, its exit code is ours, and nobody is left behind.
#[cfg(unix)]
fn become_or_start(mut command: Command, context: &Context<'_>) -> ExitCode {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    context.say(&format!("cargo could not be started: {error}"));
    ExitCode::FAILURE
}

/// Starts that process and waits for it. No process can become another here.
#[cfg(not(unix))]
fn become_or_start(mut command: Command, context: &Context<'_>) -> ExitCode {
    match command.status() {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            code.map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            context.say(&format!("cargo could not be started: {error}"));
            ExitCode::FAILURE
        }
    }
}
