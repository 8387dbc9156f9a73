//! Hands a page to the browser that the reader likes best.

use anyhow::{Result, anyhow, ensure};
use std::{
    env,
    ffi::OsStr,
    process::{Command, Stdio},
};

/// Opens a file or an address with whatever opens such things on this system.
///
/// # Errors
///
/// If nothing opened it. The sentence asks the reader to.
pub fn open(page: impl AsRef<OsStr>) -> Result<()> {
    let page = page.as_ref();
    let program = match env::consts::OS {
        "windows" => "explorer",
        "macos" => "open",
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    // What a browser has to say would stand among our own lines.
    command.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A browser that was started here shall not end when somebody presses Ctrl-C here.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let page = page.display();
    let status = command.status();
    let status = status.map_err(|error| anyhow!("`{program}` could not be started ({error}); open {page} yourself"))?;
    // Windows' explorer ends with 1 also when it has opened the page.
    let is_open = status.success() || cfg!(windows);
    ensure!(is_open, "`{program}` could not open the book ({status}); open {page} yourself");
    Ok(())
}
