//! A crawler, and sites, for which the system has no thread left.

use std::{
    io::{Error, ErrorKind},
    os::unix::process::CommandExt,
    process::Command,
};

use rustix::process::getuid;

use crate::crawler::Crawler;

/// Somebody other than root, for whom there is no limit to threads. No such user need exist.
const SOMEBODY: u32 = 61_234;

fn not_as_root(command: &mut Command) -> &mut Command {
    if getuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Whether nobody but root gets at the lesson here, or this root may not become somebody else.
fn is_for_root_alone(error: &Error) -> bool {
    getuid().is_root() && matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput)
}

#[test]
fn without_threads_it_takes_longer_and_finds_the_same() {
    let mut command = Crawler::command("crawler-threads", &[]);
    let mut crawler = match Crawler::run(not_as_root(&mut command)) {
        Ok(crawler) => crawler,
        Err(error) if is_for_root_alone(&error) => {
            eprintln!("skipped: no other user can run the lesson here: {error}");
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
