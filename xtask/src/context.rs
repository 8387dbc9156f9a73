//! What a step needs to know about the world, and its way to speak.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The world as a step sees it.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Context<'a> {
    /// The workspace root, where every command runs.
    pub root: PathBuf,
    /// The cargo that started us, so that everything runs on one toolchain.
    pub cargo: OsString,
    /// Whether this is CI, where nothing may be skipped.
    pub ci: bool,
    /// Whether steps that can look closer shall do so, however long it takes.
    pub thorough: bool,
    /// Whether a browser shows the book once it is built, which is for a reader and never for `test-all`.
    pub open: bool,
    /// Whether steps run beside each other, so that what they run must not write to the terminal itself.
    pub beside: bool,
    /// `None` once nobody reads any more.
    out: Mutex<Option<&'a mut (dyn Write + Send)>>,
}

impl<'a> Context<'a> {
    /// The world of this process, with progress written to `out`.
    ///
    /// We write to stdout and flush each line. Cargo writes to stderr, the tests to stdout, so with both in one file
    /// every line still stands where it belongs.
    pub fn from_env(out: &'a mut (dyn Write + Send)) -> Self {
        // Known when we were built, and cargo builds us again when the workspace moves.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the workspace");
        Context {
            root: root.to_path_buf(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            ci: means_ci(env::var_os("CI").as_deref()),
            thorough: false,
            open: false,
            beside: false,
            out: Mutex::new(Some(out)),
        }
    }

    /// Writes one line of progress, at once. When nobody reads it, it is lost, and so are all after it.
    pub fn say(&self, line: &str) {
        let mut out = self.out();
        let Some(writer) = out.as_mut() else { return };
        if let Err(error) = writeln!(writer, "{line}").and_then(|()| writer.flush()) {
            *out = None;
            // A reader that went away, as `head` does, knows that it did. Anything else is news.
            if error.kind() != io::ErrorKind::BrokenPipe {
                let _ = writeln!(io::stderr(), "error: progress cannot be written ({error}), so the steps stop here");
            }
        }
    }

    /// Whether somebody still reads what we say.
    pub fn is_heard(&self) -> bool {
        self.out().is_some()
    }

    fn out(&self) -> MutexGuard<'_, Option<&'a mut (dyn Write + Send)>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this value of the variable `CI` means CI.
fn means_ci(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_is_set_and_neither_empty_nor_false() {
        for (value, expected) in [(None, false), (Some(""), false), (Some("false"), false), (Some("true"), true)] {
            assert_eq!(means_ci(value.map(OsStr::new)), expected, "{value:?}");
        }
    }
}
