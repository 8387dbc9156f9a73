//! What happens when the program panics: on a half-drawn line, since its output fails, or for want of threads or files.
//!
//! Variants print with plain `println!`, which panics when it can't write. For the person at the other end of
//! `| head -1` that panic is noise, so the kit ends the program the way they expect instead.

use std::{
    any::Any,
    io::{self, Write},
    panic, process,
};

use crate::{shortage, terminal};

/// How `println!` begins the message of its panic. A test prints into `/dev/full`, and fails if this ever changes.
const CANNOT_PRINT: &str = "failed printing to stdout: ";

/// Wraps the panic hook that is there. `program` is the name that errors are reported under.
pub(crate) fn install(program: &'static str) {
    let of_panics = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if let Some(error) = failed_print(panic.payload()) {
            end(program, &error);
        }
        if let Some(sentence) = message(panic.payload()).and_then(shortage::in_one_sentence) {
            // At once, since a runtime that is half built may wait for ever for the other half.
            terminal::close();
            report(program, sentence);
            process::exit(1);
        }
        // The report gets a clean line, and no frame in its middle; a status line that goes on draws itself anew below.
        terminal::interrupted_by(|| of_panics(panic));
    }));
}

/// Ends the program after standard output has failed with `error`: quietly if nobody reads any more, with a sentence
/// and exit code 1 otherwise.
pub(crate) fn end(program: &str, error: &io::Error) -> ! {
    terminal::close();
    if error.kind() == io::ErrorKind::BrokenPipe {
        end_like_sigpipe();
    }
    let way_out = "Send the output somewhere that can take it.";
    report(program, format!("cannot write to standard output: {error}. {way_out}"));
    process::exit(1);
}

/// Says on standard error, under the name `program`, what has gone wrong, and the way out if it is a shortage.
pub(crate) fn report(program: &str, sentence: String) {
    // In one piece, since another process may write there, or end this one in the middle.
    let line = format!("{program}: {}\n", shortage::with_way_out(sentence));
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Rust programs ignore SIGPIPE; a shell expects a program whose reader has left to end by it.
fn end_like_sigpipe() {
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
    #[cfg(not(unix))]
    process::exit(0);
}

/// What a panic says. It is a `&str` if the program's source has it as it is.
fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref().copied())
}

/// The error behind a panic of `println!`, or `None` for any other panic.
fn failed_print(payload: &(dyn Any + Send)) -> Option<io::Error> {
    let error = message(payload)?.strip_prefix(CANNOT_PRINT)?;
    Some(shortage::os_error(error).map_or_else(|| io::Error::other(error.to_owned()), io::Error::from_raw_os_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_error_that_println_met() {
        let payload = format!("{CANNOT_PRINT}{}", io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(failed_print(&payload).is_some());
        let no_space = if cfg!(windows) { 112 } else { 28 };
        let payload = format!("{CANNOT_PRINT}{}", io::Error::from_raw_os_error(no_space));
        assert_eq!(failed_print(&payload).and_then(|error| error.raw_os_error()), Some(no_space));
    }

    #[test]
    fn leaves_other_panics_alone() {
        assert!(failed_print(&"index out of bounds".to_owned()).is_none());
        assert!(failed_print(&"a static message").is_none());
    }
}
