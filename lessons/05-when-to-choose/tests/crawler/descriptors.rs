//! A crawler that has no file descriptors left.

use std::{
    collections::BTreeSet,
    fs,
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread::sleep,
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::{
    crawler::{Crawler, Ended},
    few_descriptors,
    site::Site,
};

each_crawler! {
    with_one_descriptor_it_takes_longer_and_finds_the_same
    without_any_it_says_what_it_could_not_ask_for
    with_too_few_to_begin_it_says_so
    with_just_enough_to_begin_it_begins
}

const LINKS: [&str; 6] = ["/1", "/2", "//beta.example/3", "//beta.example/4", "//gamma.example/5", "//gamma.example/6"];

/// What the site knows of the crawler.
#[derive(Default)]
struct Known {
    process: Option<Pid>,
    /// How many of its first connections, those for robots.txt, it has closed.
    closed: usize,
}

/// A crawl that may have only `limit` descriptors from its first page on. That is told how many it has then.
fn crawl(variant: &str, limit: fn(u64) -> u64) -> Ended {
    let known = Arc::<(Mutex<Known>, Condvar)>::default();
    let site = Site::linking_to(&LINKS, {
        let known = Arc::clone(&known);
        move |visit| {
            let (known, changed) = &*known;
            if visit.page.ends_with("/robots.txt") {
                visit.status("404 Not Found", "")?;
                known.lock().expect("nobody panics").closed += 1;
                changed.notify_all();
                return Ok(true);
            }
            if visit.page == "alpha.example/" {
                let known = known.lock().expect("nobody panics");
                let known = changed.wait_while(known, |known| known.process.is_none() || known.closed < 4);
                restrict(known.expect("nobody panics").process.expect("it is known by now"), limit);
            } else {
                // Long enough for everybody else to ask.
                sleep(Duration::from_millis(300));
            }
            Ok(false)
        }
    });
    let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "20000")]);
    known.0.lock().expect("nobody panics").process = Some(crawler.id());
    known.1.notify_all();
    crawler.report()
}

/// The process has only the connection of the visit, and what it always has.
fn restrict(process: Pid, limit: fn(u64) -> u64) {
    let folder = format!("/proc/{}/fd", process.as_raw_nonzero());
    let open = fs::read_dir(folder).expect("it runs").map(|open| open.expect("it runs").file_name());
    let open: BTreeSet<u64> = open.map(|name| name.to_string_lossy().parse().expect("it is a number")).collect();
    let lowest_free = (0..=u64::MAX).find(|number| !open.contains(number)).expect("it has fewer than that");
    let limit = Rlimit { current: Some(limit(lowest_free)), ..getrlimit(Resource::Nofile) };
    prlimit(Some(process), Resource::Nofile, limit).expect("it is ours");
}

fn with_one_descriptor_it_takes_longer_and_finds_the_same(variant: &str) {
    let report = crawl(variant, |all| all);
    assert_eq!(report.count("pages"), 1 + LINKS.len(), "{}", report.output);
    assert_eq!(report.count("not asked for, since no file descriptor was left"), 0);
    let last = report.output.lines().last().expect("it has lines");
    assert!(last.contains(" of them had to be put off, since no file descriptor was left (`ulimit -n` is "), "{last}");
}

fn without_any_it_says_what_it_could_not_ask_for(variant: &str) {
    let report = crawl(variant, |_| 3);
    assert_eq!(report.count("pages"), 1, "{}", report.output);
    let missing = report.list("not asked for, since no file descriptor was left");
    assert_eq!((missing.len(), missing[0]), (LINKS.len(), "alpha.example/1, linked from alpha.example/"));
}

fn with_too_few_to_begin_it_says_so(variant: &str) {
    few_descriptors::are_too_few_for(variant);
}

fn with_just_enough_to_begin_it_begins(variant: &str) {
    let site = Site::linking_to(&LINKS, |_| Ok(false));
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 16 && exec \"$0\" $1", env!("CARGO_BIN_EXE_lesson-05"), variant]);
    shell.env("SITES", site.address.to_string());
    let ended = Crawler::run(Crawler::piped(&mut shell)).expect("there is a shell").ended();
    assert!(ended.status.success() && ended.errors.is_empty(), "{ended:?}");
    assert_eq!(ended.count("pages"), 1 + LINKS.len(), "{}", ended.output);
}
