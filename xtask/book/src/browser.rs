//! Hands a page to the browser that the reader likes best.

use anyhow::{Result, bail};
use std::{ffi::OsStr, process::Stdio};

/// Opens a file or an address with whatever opens such things on this system.
///
/// # Errors
///
/// If nothing opened it. The sentence asks the reader to.
pub fn open(page: impl AsRef<OsStr>) -> Result<()> {
    let page = page.as_ref();
    for mut command in open::commands(page) {
        // A browser that was started here shall not end when somebody presses Ctrl-C here.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // What a browser has to say would stand among our own lines.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().is_ok_and(|status| status.success()) {
            return Ok(());
        }
    }
    bail!("nothing on this system could open the book; open {} yourself", page.display())
}
