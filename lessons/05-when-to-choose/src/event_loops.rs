//! The event loops that the programs in Python can run on: asyncio's own, and uvloop's
//! where that is installed.

use std::path::Path;

use lesson_kit::{python_command, unrecorded};

/// The name of the first, for what says that there is none.
const ASYNCIO: &str = "asyncio";

/// What a program in Python reads in `LOOP`. asyncio's own comes first, since the other
/// is no part of Python.
pub const NAMES: [&str; 2] = [ASYNCIO, "uvloop"];

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/loops.py");

/// Those that are there.
///
/// # Errors
///
/// In one sentence, if there is no Python that can say so.
pub fn found() -> Result<Vec<&'static str>, String> {
    let output = unrecorded(&mut python_command(Path::new(SCRIPT))?).output();
    let output = output.map_err(|error| format!("cannot run {SCRIPT}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} ended with {}", output.status));
    }
    let found = String::from_utf8_lossy(&output.stdout);
    Ok(NAMES.into_iter().filter(|name| found.lines().any(|line| line == *name)).collect())
}

/// The same for a variant that goes on without them, and then says why they are left out.
pub fn found_or_left_out() -> Vec<&'static str> {
    found().unwrap_or_else(|reason| {
        eprintln!("{ASYNCIO} is left out: {reason}");
        Vec::new()
    })
}
