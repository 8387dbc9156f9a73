//! A crawler, and sites, for which the system has no thread left.

use std::{
    env, fs,
    io::{Error, ErrorKind},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    process::Command,
};

use rustix::process::getuid;

use crate::crawler::Crawler;

/// Somebody other than root, for whom there is no limit to threads. No such user need exist.
const SOMEBODY: u32 = 61_234;

fn not_as_root(command: &mut Command) -> &mut Command {
    if getuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Whether this root may not become somebody else, as in some containers. Where nothing may be skipped, that is a failure.
fn is_all_there_is(error: &Error) -> bool {
    let may_skip = env::var_os("CI").is_none();
    may_skip && getuid().is_root() && matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput)
}

#[test]
fn without_threads_it_takes_longer_and_finds_the_same() {
    // The workspace may be for its owner alone.
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let lesson = folder.path().join("lesson-05");
    fs::copy(env!("CARGO_BIN_EXE_lesson-05"), &lesson).expect("there is room for it");

    let mut command = Command::new(lesson);
    let mut crawler = match Crawler::run(not_as_root(Crawler::piped(command.arg("crawler-threads")))) {
        Ok(crawler) => crawler,
        Err(error) if is_all_there_is(&error) => {
            eprintln!("skipped: root can't be anybody else here: {error}");
            return;
        }
        Err(error) => panic!("the lesson cannot be started: {error}"),
    };
    // With this line it has the thread of the sites and the one that waits for signals, and it is to get no more.
    assert!(crawler.line().starts_with("crawling the sites of seed 1: "));
    // Only who has its user may do this, or a root that is more than some containers have.
    let id = crawler.id().to_string();
    let limited = not_as_root(Command::new("prlimit").args(["--nproc=0", "--pid", &id])).status();
    assert!(limited.expect("util-linux is there").success());

    let with_threads = Crawler::start("crawler-threads", &[]);
    let report = crawler.report();
    let mut lines = report.without_times();
    let last = lines.pop().expect("it has lines");
    assert!(last.starts_with("there was not always room for 5 threads (Resource temporarily unavailable"), "{last}");
    assert!(last.ends_with(" or by raising a limit, such as ulimit -u = 0"), "{last}");
    assert_eq!(lines, with_threads.report().without_times()[1..]);
}
