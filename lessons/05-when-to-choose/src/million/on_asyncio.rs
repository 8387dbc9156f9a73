//! A task for each spinner, on CPython's asyncio: a script that reports as the other kinds
//! do.

use std::{io, path::Path, process::Command};

use lesson_kit::{end_with_parent, python_command, unrecorded};

use super::plan::Plan;

/// The most spinners. Here a million need more time to be made than on all the others
/// together, and then none of them turns on time.
const MOST: u64 = 100_000;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/million.py");

/// As many spinners as a row has, where so many are wanted.
pub fn usable(wanted: u64) -> u64 {
    wanted.min(MOST)
}

/// The process for a row. It ends with this one, and when its lines are no longer read.
///
/// # Errors
///
/// If there is no Python that can run the script.
pub fn command(row: &str, plan: Plan) -> io::Result<Command> {
    let mut command = python_command(Path::new(SCRIPT)).map_err(io::Error::other)?;
    end_with_parent(unrecorded(&mut command)).args([row, &plan.spinners.to_string()]);
    command.args([plan.period, plan.time].map(|time| time.as_secs_f64().to_string()));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_fewer_spinners_only_where_many_are_wanted() {
        assert_eq!([300, 100_000, 1_000_000].map(usable), [300, 100_000, 100_000]);
    }
}
