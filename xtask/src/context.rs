//! What a step needs to know about the world, and its way to speak.

use crate::gathered::Gathered;
use std::{
    cell::RefCell,
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The world as a step sees it.
pub struct Context<'a> {
    /// The workspace root, where every command runs.
    pub root: PathBuf,
    /// The cargo that started us, so that everything runs on one toolchain.
    pub cargo: OsString,
    /// Whether this is CI, where nothing may be skipped.
    pub ci: bool,
    /// Whether steps that can look closer shall do so, however long it takes.
    pub thorough: bool,
    /// `None` once nobody reads any more.
    out: RefCell<Option<&'a mut (dyn Write + Send)>>,
    /// Where its processes write, if the step runs beside another one: the terminal is the other's.
    pub aside: Option<Gathered>,
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
            out: RefCell::new(Some(out)),
            aside: None,
        }
    }

    /// The same world for a step that runs beside others: all that it says, and its processes write, goes to `said`.
    pub fn aside<'b>(&self, said: &'b mut Gathered) -> Context<'b> {
        Context {
            root: self.root.clone(),
            cargo: self.cargo.clone(),
            ci: self.ci,
            thorough: self.thorough,
            aside: Some(said.clone()),
            out: RefCell::new(Some(said)),
        }
    }

    /// Writes one line of progress, at once. When nobody reads it, it is lost, and so are all after it.
    pub fn say(&self, line: &str) {
        let mut out = self.out.borrow_mut();
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
        self.out.borrow().is_some()
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

    #[test]
    fn root_holds_the_workspace() {
        let mut out = Vec::new();
        assert!(Context::from_env(&mut out).root.join("xtask/Cargo.toml").is_file());
    }

    #[test]
    fn a_closed_pipe_is_noticed_and_survived() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut out = Closed;
        let context = Context::from_env(&mut out);
        assert!(context.is_heard());
        context.say("one");
        assert!(!context.is_heard());
        context.say("two");
    }
}
