//! Hands a command on to the package that needs mdBook, with the words that this package reads itself.

use crate::{context::Context, steps::programs};
use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

/// Cargo is not told to be quiet: its first build takes a minute or two, and shall be seen to go on.
const BOOK: [&str; 4] = ["run", "--package", "xtask-book", "--"];

/// Runs this command of the book. On Unix we become that process, as cargo then becomes the program: Ctrl-C and `kill`
/// reach the program itself, its exit code is ours, and no process is left behind.
pub fn to_book(words: &[OsString], context: &Context<'_>) -> ExitCode {
    let mut command = Command::new(&context.cargo);
    command.args(BOOK).args(words).current_dir(&context.root);
    if words[0] == "record" {
        match programs::python() {
            Some(program) => command.env("LESSON_PYTHON", program),
            None => command.arg("--without-python"),
        };
    }
    #[cfg(unix)]
    let ended: std::io::Result<std::process::ExitStatus> = Err(std::os::unix::process::CommandExt::exec(&mut command));
    // No process can become another here.
    #[cfg(not(unix))]
    let ended = command.status();
    match ended {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => {
            context.say(&format!("cargo could not be started: {error}"));
            ExitCode::FAILURE
        }
    }
}
