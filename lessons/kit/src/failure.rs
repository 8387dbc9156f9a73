//! Why a request could not be met, and how the program ends then.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{interrupt, output};

/// Travels up to `main`, so that every folder and file on the way is cleared up before the program ends.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One sentence for the person, with the way out.
    Said(String),
    /// Standard output can't be written.
    Output(io::Error),
    /// A signal asked the program to end.
    Interrupted(i32),
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::Said(sentence)
    }
}

impl Failure {
    /// Reports the failure under the name `program`, and gives the exit code if the program is still there.
    pub(crate) fn end(self, program: &str) -> ExitCode {
        match self {
            Self::Said(sentence) => {
                let _ = writeln!(io::stderr(), "{program}: {sentence}");
            }
            Self::Output(error) => output::end(program, &error),
            Self::Interrupted(signal) => interrupt::obey(signal),
        }
        ExitCode::FAILURE
    }
}
