//! What each crawler promises, checked on the program that a learner runs.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
    sync::OnceLock,
};

use rustix::process::{Pid, Signal, kill_process};

/// Long enough that nothing but the silent page takes it, on any machine.
const TIMEOUT: &str = "1500";

fn crawler(variant: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    command.arg(variant).env("TIMEOUT", TIMEOUT).envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

/// The report, and the line after it that says what it took.
fn crawl(variant: &str, settings: &[(&str, &str)]) -> (String, String) {
    let output = crawler(variant, settings).output().expect("the lesson can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{variant}: {}: {errors}", output.status);
    let output = String::from_utf8(output.stdout).expect("it is text");
    let (report, took) = output.trim_end().rsplit_once('\n').expect("it has lines");
    (report.to_owned(), took.to_owned())
}

/// The report that all of them give.
fn expected() -> &'static str {
    static REPORT: OnceLock<String> = OnceLock::new();
    REPORT.get_or_init(|| crawl("crawler-threads", &[("SEED", "7")]).0)
}

fn gives_the_same_report_and_keeps_the_bounds(variant: &str) {
    let (report, took) = crawl(variant, &[("SEED", "7")]);
    assert_eq!(report, expected());
    assert!(took.ends_with(" s, at most 5 at once, 2 of one host"), "{took}");
}

#[test]
fn threads_keep_the_bounds() {
    gives_the_same_report_and_keeps_the_bounds("crawler-threads");
}

#[test]
fn tokio_gives_the_same_report() {
    gives_the_same_report_and_keeps_the_bounds("crawler-tokio");
}

#[test]
fn async_std_gives_the_same_report() {
    gives_the_same_report_and_keeps_the_bounds("crawler-async-std");
}

#[test]
fn smol_gives_the_same_report() {
    gives_the_same_report_and_keeps_the_bounds("crawler-smol");
}

/// How many the report counts of a kind.
fn count(report: &str, kind: &str) -> u32 {
    let line = report.lines().find_map(|line| line.trim_start().strip_suffix(kind)).map(str::trim_end);
    line.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{kind} in {report}"))
}

#[test]
fn every_kind_of_trouble_is_met_and_reported() {
    let report = expected();
    for kind in ["pages", "duplicates", "redirects", "no text", "dead links", "too large", "broken off"] {
        assert!(count(report, kind) > 0, "no {kind} in {report}");
    }
    assert_eq!(count(report, "timed out"), 1, "{report}");
    assert!(count(report, "kept out by robots.txt") > 3, "{report}");
    assert!(count(report, "on other hosts") == 1 && count(report, "too deep") > 0, "{report}");
    assert_eq!(count(report, "not asked, since it was stopped"), 0);
    // Nobody has followed what is no link, or asked where it must not.
    for never in ["commented-out", "in-a-script", "alpha.example/private/secret", "beta.example/big.zip"] {
        assert!(!report.contains(never), "{report}");
    }
    assert!(!report.contains("http://broken.example/page"), "{report}");
}

#[test]
fn the_budget_is_kept_and_what_is_left_is_counted() {
    for variant in ["crawler-threads", "crawler-tokio", "crawler-async-std", "crawler-smol"] {
        let (report, _) = crawl(variant, &[("PAGES", "9"), ("TIMEOUT", "200")]);
        let asked =
            ["pages", "duplicates", "redirects", "no text", "dead links", "too large", "broken off", "timed out"];
        assert_eq!(asked.map(|kind| count(&report, kind)).iter().sum::<u32>(), 9, "{variant}: {report}");
        assert!(count(&report, "over the budget") > 0, "{variant}: {report}");
    }
}

#[test]
fn a_crawl_that_is_stopped_says_what_it_has_not_asked_for() {
    for variant in ["crawler-threads", "crawler-tokio", "crawler-async-std", "crawler-smol"] {
        let mut child = crawler(variant, &[]).stdout(Stdio::piped()).spawn().expect("the lesson can be started");
        let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it is text");
        assert!(line.starts_with("crawling from "), "{line}");
        kill_process(Pid::from_child(&child), Signal::INT).expect("it is ours");
        let mut report = String::new();
        output.read_to_string(&mut report).expect("it is text");
        let status = child.wait().expect("it is ours");
        assert_eq!(status.signal(), Some(2), "{variant}: {report}");
        // Where robots.txt could not be asked for, nothing may be asked for.
        let left = count(&report, "not asked, since it was stopped") + count(&report, "kept out by robots.txt");
        assert!(left > 0, "{variant}: {report}");
    }
}

#[test]
fn a_setting_that_is_wrong_is_one_sentence() {
    let output = crawler("crawler-tokio", &[("PAGES", "none")]).output().expect("the lesson can be started");
    assert_eq!(output.status.code(), Some(1));
    let expected = "lesson-05: PAGES=none is no number from 1 to 100000; without it, it is 500\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}
