//! Ctrl-C in the middle of a crawl.

use std::{
    os::unix::process::ExitStatusExt,
    sync::mpsc,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{crawler::Crawler, site::Site};

each_crawler! {
    the_report_says_what_is_missing
    nothing_more_is_asked_for
    a_pause_is_no_reason_to_go_on
    who_is_stopped_before_it_may_ask_has_left_everything_undone
    again_ends_it_at_once
}

/// No crawler on this machine takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

const STOPPING: &str = "stopping; Ctrl-C again stops at once, without a report\n";

/// A site that is silent at one page, and tells when it is asked for that.
fn silent_at(page: &'static str, links: &[&str]) -> (Site, mpsc::Receiver<()>) {
    let (tell, told) = mpsc::channel();
    let site = Site::linking_to(links, move |visit| {
        if visit.page != page {
            return Ok(false);
        }
        let _ = tell.send(());
        visit.is_left()?;
        Ok(true)
    });
    (site, told)
}

fn the_report_says_what_is_missing(variant: &str) {
    let (site, told) = silent_at("alpha.example/silent", &["/silent", "//beta.example/silent/not"]);
    let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "2000")]);
    told.recv_timeout(PATIENCE).expect("it is asked for");
    crawler.signal(Signal::INT);
    let ended = crawler.ended();
    assert_eq!((ended.status.signal(), ended.errors.as_str()), (Some(2), STOPPING), "{}", ended.output);
    let undone = ended.list("left undone, since the crawl was stopped");
    assert!(undone.contains(&"alpha.example/silent, linked from alpha.example/"), "{}", ended.output);
    assert_eq!(ended.count("left undone, since the crawl was stopped"), undone.len(), "{}", ended.output);
    // The start was there, and perhaps the page of the other host.
    assert_eq!(ended.count("pages") + undone.len(), 3, "{}", ended.output);
    assert_eq!(site.asked("alpha.example/silent"), 1, "it is not asked for again");
}

/// Not even connected to, when those that are dropped give their permits to those that wait.
fn nothing_more_is_asked_for(variant: &str) {
    let (ask, asked) = mpsc::channel();
    let hosts = ["alpha", "beta", "gamma", "broken"];
    let links: Vec<_> = (0..100).map(|number| format!("//{}.example/silent/{number}", hosts[number % 4])).collect();
    let links: Vec<_> = links.iter().map(String::as_str).collect();
    let site = Site::linking_to(&links, move |visit| {
        if !visit.page.contains("/silent/") {
            return Ok(false);
        }
        let _ = ask.send(());
        visit.is_left()?;
        Ok(true)
    });
    let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "10000")]);
    for _ in 0..5 {
        asked.recv_timeout(PATIENCE).expect("as many are asked for at once");
    }
    crawler.signal(Signal::INT);
    let ended = crawler.ended();
    assert_eq!(ended.count("left undone, since the crawl was stopped"), links.len(), "{}", ended.output);
    // One to see if anybody is there, four for robots.txt, one for the start, and those that were waited for.
    assert_eq!(site.connections(), 1 + 4 + 1 + 5, "{}", ended.output);
}

fn a_pause_is_no_reason_to_go_on(variant: &str) {
    let (ask, asked) = mpsc::channel();
    let site = Site::linking_to(&["/busy"], move |visit| {
        if visit.page != "alpha.example/busy" {
            return Ok(false);
        }
        visit.status("503 For Now", "retry-after: 10\r\n")?;
        let _ = ask.send(());
        Ok(true)
    });
    let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "600000")]);
    // The crawler has closed the connection by now, so it is in its pause or just before.
    asked.recv_timeout(PATIENCE).expect("it is asked for");
    let before = Instant::now();
    crawler.signal(Signal::INT);
    let ended = crawler.ended();
    assert!(before.elapsed() < Duration::from_secs(8), "{:?}", before.elapsed());
    let undone = ended.list("left undone, since the crawl was stopped");
    assert_eq!(undone, ["alpha.example/busy, linked from alpha.example/"], "{}", ended.output);
}

fn who_is_stopped_before_it_may_ask_has_left_everything_undone(variant: &str) {
    let (site, told) = silent_at("alpha.example/robots.txt", &["/1"]);
    let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "2000")]);
    told.recv_timeout(PATIENCE).expect("it is asked for");
    crawler.signal(Signal::TERM);
    let ended = crawler.ended();
    assert_eq!(ended.status.signal(), Some(15), "{}", ended.output);
    assert_eq!(ended.list("left undone, since the crawl was stopped"), ["alpha.example/"]);
    assert_eq!(ended.count("kept out by robots.txt"), 0, "{}", ended.output);
    assert_eq!(site.asked("alpha.example/"), 0);
}

/// Also where the first Ctrl-C has nothing to end but what a crawler can't end.
fn again_ends_it_at_once(variant: &str) {
    let (site, told) = silent_at("alpha.example/silent", &["/silent"]);
    let mut crawler = Crawler::of(&site, variant, &[("TIMEOUT", "600000")]);
    told.recv_timeout(PATIENCE).expect("it is asked for");
    crawler.signal(Signal::INT);
    assert_eq!(crawler.complains(), STOPPING);
    crawler.signal(Signal::INT);
    let ended = crawler.ended();
    assert_eq!(ended.status.signal(), Some(2), "{}", ended.output);
    if variant == "crawler-threads" {
        assert!(!ended.output.contains("bytes in the pages"), "{}", ended.output);
    }
}

/// The others drop what they wait for. A thread waits until its call has returned, which here takes ten minutes; see
/// [`again_ends_it_at_once`].
#[test]
fn tasks_are_stopped_where_they_wait() {
    for variant in ["crawler-tokio", "crawler-async-std", "crawler-smol"] {
        let (site, told) = silent_at("alpha.example/silent", &["/silent"]);
        let crawler = Crawler::of(&site, variant, &[("TIMEOUT", "600000")]);
        told.recv_timeout(PATIENCE).expect("it is asked for");
        crawler.signal(Signal::INT);
        let ended = crawler.ended();
        assert_eq!(ended.status.signal(), Some(2), "{variant}: {}", ended.output);
        let undone = ended.list("left undone, since the crawl was stopped");
        assert_eq!(undone, ["alpha.example/silent, linked from alpha.example/"], "{variant}");
    }
}
