//! Finds programs that are optional: Python, which the lessons are compared with, and a browser. Each is looked for under
//! several names, unless a variable names the only one.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, Stdio},
};

/// Prints the implementation, the major and the minor version, on any Python 3.
const QUESTION: &str = "import platform, sys; print(platform.python_implementation(), *sys.version_info[:2])";

/// Where the lessons look for it too, and in the same order.
const PYTHON: [&str; 6] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/// The first Python that is suitable.
pub fn python() -> Option<OsString> {
    candidates("LESSON_PYTHON", &PYTHON, &["-c", QUESTION]).find(|(_, answer)| is_suitable(answer)).map(|found| found.0)
}

/// The program that the variable names, or else those of these names that start, each with its answer to these words.
/// Only running it tells: Windows has a `python3` that opens a shop, and some systems have a `chromium` that only says
/// how to install one.
pub fn candidates(variable: &str, names: &[&str], words: &[&str]) -> impl Iterator<Item = (OsString, String)> {
    let chosen = env::var_os(variable).filter(|program| !program.is_empty());
    let programs = chosen.map_or_else(|| names.iter().map(Into::into).collect(), |program| vec![program]);
    programs.into_iter().filter_map(|program: OsString| answer(&program, words).map(|answer| (program, answer)))
}

fn answer(program: &OsStr, words: &[&str]) -> Option<String> {
    let answer = Command::new(program).args(words).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn is_suitable(answer: &str) -> bool {
    match answer.split_whitespace().collect::<Vec<_>>()[..] {
        // The figures that the lessons compare are CPython's, and asyncio.Runner and TaskGroup came with 3.11.
        ["CPython", major, minor] => match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => (major, minor) >= (3_u32, 11_u32),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suitable_is_c_and_new_enough() {
        for (answer, expected) in [
            ("CPython 3 11\n", true),
            ("CPython 3 14\r\n", true),
            ("CPython 4 0\n", true),
            ("CPython 3 9\n", false),
            ("CPython 2 7\n", false),
            ("PyPy 3 11\n", false),
            ("CPython three eleven\n", false),
            ("", false),
        ] {
            assert_eq!(is_suitable(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_not_found() {
        assert_eq!(candidates("LESSON_NO_SUCH_VARIABLE", &["no-such-program-anywhere"], &[]).next(), None);
    }
}
