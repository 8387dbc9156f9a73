//! A crawler, and sites, for which the system has no thread left.

use crate::{
    crawler::Crawler,
    somebody_else::{LessonForAll, limit_threads},
};

#[test]
fn without_threads_it_takes_longer_and_finds_the_same() {
    let lesson = LessonForAll::new();
    let start = |command: &mut std::process::Command| Crawler::run(Crawler::piped(command));
    let Some(mut crawler) = lesson.start("crawler-threads", start) else { return };
    // With this line it has the thread of the sites and the one that waits for signals, and it is to get no more.
    assert!(crawler.line().starts_with("crawling the sites of seed 1: "));
    limit_threads(crawler.id(), "0");

    let with_threads = Crawler::start("crawler-threads", &[]);
    let report = crawler.report();
    let mut lines = report.without_times();
    let last = lines.pop().expect("it has lines");
    assert!(last.starts_with("there was not always room for 5 threads (Resource temporarily unavailable"), "{last}");
    assert!(last.ends_with(" or by raising a limit, such as ulimit -u = 0"), "{last}");
    assert_eq!(lines, with_threads.report().without_times()[1..]);
}
