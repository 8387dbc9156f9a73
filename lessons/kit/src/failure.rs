//! Why a request could not be met, and how the program ends then.

use std::{error::Error, io, process::ExitCode};

use crate::{output, signal, terminal};

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
                output::report(program, sentence);
            }
            Self::Output(error) => output::end(program, &error),
            Self::Interrupted(signal) => {
                // What passes a variant's output on may still do so.
                terminal::close();
                signal::obey(signal);
            }
        }
        ExitCode::FAILURE
    }
}

/// What `error` says, and what its causes say beyond that: `error: cause: cause`. Some errors put their cause into their
/// own words, and some leave it to whoever prints them.
pub(crate) fn in_one_sentence(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |said, cause| {
        let cause = cause.to_string();
        if said.contains(&cause) { said } else { format!("{said}: {cause}") }
    })
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Link(&'static str, Option<Box<Link>>);

    impl fmt::Display for Link {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Link {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_ref().map(|cause| cause.as_ref() as _)
        }
    }

    #[test]
    fn says_every_cause_once() {
        for (words, sentence) in [
            (["connection lost", "tcp connect error", "refused"], "connection lost: tcp connect error: refused"),
            (["cannot start: no such file", "no such file", "code 2"], "cannot start: no such file: code 2"),
            (["cannot start: no such file", "", "no such file"], "cannot start: no such file"),
        ] {
            let link = words.into_iter().rev().fold(None, |cause, said| Some(Box::new(Link(said, cause))));
            assert_eq!(in_one_sentence(&*link.expect("there are words")), sentence);
        }
    }
}
