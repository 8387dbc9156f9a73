//! Settings that stand on the command line, as `--set NAME=VALUE`.
//!
//! A variant reads its settings from the environment, and so does each process that it starts, Python's too. So the
//! program starts itself once more, with these in its environment. That works in every shell, also where none can be
//! written before a command.

use std::{
    env,
    process::{Command, ExitCode},
};

#[cfg(not(unix))]
use crate::lifeline::end_with_parent;
use crate::{Variant, failure::Failure};

/// Names and values.
pub(crate) type Settings = Vec<(String, String)>;

/// Puts the program with `settings` in its environment in the place of this process, which had better have done nothing
/// yet. Returns `None` if they are there already.
pub(crate) fn put_in_force(settings: &Settings) -> Result<Option<ExitCode>, Failure> {
    // An empty value is as good as none, so no system that keeps none of those has us do this for ever.
    let is_in_force = |(name, value): &(String, String)| env::var_os(name).unwrap_or_default() == *value.as_str();
    if settings.iter().all(is_in_force) {
        return Ok(None);
    }
    let cannot = |error| Failure::Said(format!("cannot start again with what --set says: {error}"));
    let mut command = Command::new(env::current_exe().map_err(cannot)?);
    command.args(env::args_os().skip(1)).envs(settings.iter().map(|(name, value)| (name, value)));
    become_command(command).map(Some).map_err(cannot)
}

/// That what the environment gives these `variants` is what they can be set to.
pub(crate) fn check(variants: &[&Variant]) -> Result<(), String> {
    for setting in variants.iter().flat_map(|variant| &variant.settings) {
        setting.check(&env::var_os(&setting.name).unwrap_or_default().to_string_lossy())?;
    }
    Ok(())
}

/// Whether `error` is about the value of one of the settings `names`. Then it begins with that, as `NAME=VALUE`.
pub(crate) fn are_to_blame(names: &[&str], error: &str) -> bool {
    names.iter().any(|name| {
        let value = env::var_os(name).filter(|value| !value.is_empty());
        value.is_some_and(|value| error.starts_with(&format!("{name}={} ", value.to_string_lossy())))
    })
}

/// The same process goes on: its number, its terminal and its signals stay.
#[cfg(unix)]
fn become_command(mut command: Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;

    Err(command.exec())
}

/// Waits for the command, and ends with its exit code.
#[cfg(not(unix))]
fn become_command(mut command: Command) -> std::io::Result<ExitCode> {
    // Ctrl-C is for the program that we wait for: it reaches both.
    #[cfg(windows)]
    ctrlc::set_handler(|| ()).expect("nobody has set a handler yet");
    let status = end_with_parent(&mut command).status()?;
    std::process::exit(status.code().unwrap_or(1));
}
