//! Finds the Python that the lessons are compared with. (The file is not called `python`, because its own tests would
//! then count as tests that need one.)

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, Stdio},
};

/// Prints the implementation, the major and the minor version, on any Python 3.
const QUESTION: &str = "import platform, sys; print(platform.python_implementation(), *sys.version_info[:2])";

/// Where the lessons look for it too, and in the same order. One that is named in `LESSON_PYTHON` is the only one.
const CANDIDATES: [&str; 6] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/// The first that is suitable.
pub fn find() -> Option<OsString> {
    let candidates = match env::var_os("LESSON_PYTHON").filter(|program| !program.is_empty()) {
        Some(chosen) => vec![chosen],
        None => CANDIDATES.map(Into::into).to_vec(),
    };
    candidates.into_iter().find(|program| answers_well(program))
}

/// Only running it tells: Windows has a `python3` that opens a shop, and other systems have names that point nowhere.
fn answers_well(program: &OsStr) -> bool {
    let answer = Command::new(program).args(["-c", QUESTION]).stdin(Stdio::null()).stderr(Stdio::null()).output();
    answer.is_ok_and(|answer| answer.status.success() && is_suitable(&String::from_utf8_lossy(&answer.stdout)))
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
    fn a_program_that_is_not_there_is_not_suitable() {
        assert!(!answers_well(OsStr::new("no-such-program-anywhere")));
    }
}
