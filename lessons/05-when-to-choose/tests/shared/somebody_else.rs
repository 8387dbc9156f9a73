//! A user other than root, for whom there is a limit to threads.

use std::{
    env, fs,
    io::{self, ErrorKind},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
};

use rustix::process::{Pid, getuid};
use tempfile::TempDir;

/// No such user need exist.
const SOMEBODY: u32 = 61_234;

/// The lesson where everybody can run it, since the workspace may be for its owner alone.
pub struct LessonForAll(TempDir);

impl LessonForAll {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        fs::copy(env!("CARGO_BIN_EXE_lesson-05"), folder.path().join("lesson-05")).expect("there is room for it");
        Self(folder)
    }

    /// Starts a variant as somebody who is not root, by way of `start`. `None` if this root may not become anybody else, as in
    /// some containers; where nothing may be skipped, that is a failure.
    pub fn start<T>(&self, variant: &str, start: impl FnOnce(&mut Command) -> io::Result<T>) -> Option<T> {
        let mut command = Command::new(self.0.path().join("lesson-05"));
        match start(not_as_root(command.arg(variant))) {
            Ok(started) => Some(started),
            Err(error) if is_all_there_is(&error) => {
                eprintln!("skipped: root can't be anybody else here: {error}");
                None
            }
            Err(error) => panic!("the lesson cannot be started: {error}"),
        }
    }
}

fn is_all_there_is(error: &io::Error) -> bool {
    let may_skip = env::var_os("CI").is_none();
    may_skip && getuid().is_root() && matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput)
}

fn not_as_root(command: &mut Command) -> &mut Command {
    if getuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Limits the threads of a process's user, as far as that process is concerned. It can be undone.
pub fn limit_threads(process: Pid, most: &str) {
    // Only who has its user may do this, or a root that is more than some containers have.
    let (limit, process) = (format!("--nproc={most}:"), process.as_raw_nonzero().to_string());
    let limited = not_as_root(Command::new("prlimit").args([&limit, "--pid", &process])).status();
    assert!(limited.expect("util-linux is there").success());
}
