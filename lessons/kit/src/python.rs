//! Finds a Python that can run the Python variants, and runs them with it.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
    sync::OnceLock,
};

#[cfg(not(unix))]
use crate::lifeline::end_with_parent;
use crate::{failure::Failure, setting::Setting, shortage};

/// Names the interpreter to use. Without it, the first that is good enough is taken.
pub const CHOICE: Setting<String> =
    Setting::text(NAME, "the CPython to run Python with, 3.11 or newer; without it the first that is found");

const NAME: &str = "LESSON_PYTHON";

/// The first with `asyncio.TaskGroup` and `asyncio.timeout`, which the scripts are written with.
const OLDEST: (u32, u32) = (3, 11);

const CANDIDATES: [&str; 6] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

/// Runs a script, and ends it the way the kit ends a variant in Rust.
const STAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/stage.py");

/// Tells a script where the lesson's own program is, for one that needs another variant beside it.
const PROGRAM: &str = "LESSON_PROGRAM";

/// An interpreter that is new enough.
#[derive(Debug)]
pub(crate) struct Python {
    program: OsString,
    pub(crate) version: String,
}

/// The interpreter that the Python variants run with, or one sentence that says why there is none.
pub(crate) fn find() -> Result<&'static Python, String> {
    static FOUND: OnceLock<Result<Python, String>> = OnceLock::new();
    FOUND.get_or_init(search).as_ref().map_err(Clone::clone)
}

fn search() -> Result<Python, String> {
    let (major, minor) = OLDEST;
    if let Some(program) = std::env::var_os(NAME).filter(|program| !program.is_empty()) {
        let name = program.to_string_lossy().into_owned();
        let problem = format!("{NAME}={name} is no CPython {major}.{minor} or newer");
        return probe(program)?.ok_or(format!("{problem}; unset it, or name one that is"));
    }
    for program in CANDIDATES {
        if let Some(python) = probe(program.into())? {
            return Ok(python);
        }
    }
    Err(format!(
        "no CPython {major}.{minor} or newer was found; install one, or name it in the environment variable {NAME}"
    ))
}

/// Asks `program` what it is. `None` if it is not there, no CPython, or too old. An error if the system has no room to ask:
/// then there may well be one.
fn probe(program: OsString) -> Result<Option<Python>, String> {
    let question = "import platform as p, sys; print(p.python_implementation(), p.python_version(), sys.executable)";
    match Command::new(&program).args(["-c", question]).output() {
        Ok(answer) => Ok(python(program, answer.stdout)),
        Err(error) if shortage::is_one(&error) => Err(format!("cannot start {}: {error}", program.to_string_lossy())),
        Err(_not_there) => Ok(None),
    }
}

/// What has given this answer.
fn python(program: OsString, answer: Vec<u8>) -> Option<Python> {
    let answer = String::from_utf8(answer).ok()?;
    let (version, executable) = answer.trim().strip_prefix("CPython ")?.split_once(' ')?;
    // What was found can be a script that chooses an interpreter and starts it, as version managers do. Its time and
    // memory are none of the variant's.
    let program = if executable.is_empty() { program } else { executable.into() };
    let mut numbers = version.split('.').map_while(|number| number.parse().ok());
    let release = (numbers.next()?, numbers.next()?);
    (release >= OLDEST).then(|| Python { program, version: version.to_owned() })
}

/// The command that runs a script of a lesson, given by its path, in the way in which a Python variant is run. What is
/// added to it are the script's arguments.
///
/// For a variant in Rust that sets Python beside it.
///
/// # Errors
///
/// In one sentence, if there is no suitable Python, or no such script.
pub fn command(script: &Path) -> Result<Command, String> {
    let python = find()?;
    if !script.is_file() {
        return Err(format!("{} is missing; run this from a checkout that has it", script.display()));
    }
    let mut command = Command::new(&python.program);
    command.arg(STAGE).arg(script);
    if let Ok(program) = std::env::current_exe() {
        command.env(PROGRAM, program);
    }
    Ok(command)
}

/// Puts the script in the place of this process: its output, its signals and its exit code are its own.
#[cfg(unix)]
pub(crate) fn become_script(script: &Path) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt;

    use crate::signal;

    let mut command = command(script)?;
    let error = signal::with_ctrl_c_waiting(|| command.exec());
    Err(Failure::Said(format!("cannot run {}: {error}", script.display())))
}

/// Runs the script and ends with its exit code.
#[cfg(not(unix))]
pub(crate) fn become_script(script: &Path) -> Result<ExitCode, Failure> {
    let status = end_with_parent(&mut command(script)?)
        .status()
        .map_err(|error| format!("cannot run {}: {error}", script.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
