//! The sites of the lesson, and the report that all four give of them.

use std::{
    io::{Read, Write},
    net::TcpStream,
    os::unix::process::ExitStatusExt,
    process::{Command, Stdio},
    thread,
};

use rustix::process::{Signal, kill_process};

use crate::crawler::{Crawler, Ended};

pub const VARIANTS: [&str; 4] = ["crawler-threads", "crawler-tokio", "crawler-async-std", "crawler-smol"];

/// Long enough that nothing but the silent page takes it, on any machine.
const TIMEOUT: (&str, &str) = ("TIMEOUT", "3000");

/// What all four say, each of them at the same time, and together with those of the other settings.
fn reports(settings: &[&[(&str, &str)]]) -> Vec<Vec<Ended>> {
    let start = |settings: &[(&str, &str)]| {
        let settings = [settings, &[TIMEOUT]].concat();
        VARIANTS.map(|variant| Crawler::start(variant, &settings))
    };
    let crawlers: Vec<_> = settings.iter().map(|settings| start(settings)).collect();
    crawlers.into_iter().map(|crawlers| crawlers.into_iter().map(Crawler::report).collect()).collect()
}

#[test]
fn the_report_is_the_same_on_every_runtime_whatever_the_seed() {
    let settings: [&[_]; 4] =
        [&[("SEED", "1")], &[("SEED", "7")], &[("SEED", "18446744073709551615")], &[("PAGES", "50")]];
    let reports = reports(&settings);
    for (reports, settings) in reports.iter().zip(settings) {
        let expected = reports[0].without_times();
        for (report, variant) in reports.iter().zip(VARIANTS) {
            assert_eq!(report.without_times(), expected, "{variant} with {settings:?}");
            // Also the number of requests, and how many of them there were at once.
            assert!(report.output.contains(" requests in ") && report.output.ends_with(", 2 of one host\n"));
        }
    }
    // Different seeds are different sites.
    assert_ne!(reports[0][0].list("dead links"), reports[1][0].list("dead links"));
    for reports in &reports[..3] {
        every_kind_of_trouble_is_in(&reports[0]);
    }
    let cut = &reports[3][0];
    let asked = ["pages", "duplicates", "redirects", "redirects in a circle", "no text", "dead links", "too large"];
    let asked: usize = asked.into_iter().chain(["broken off", "timed out"]).map(|kind| cut.count(kind)).sum();
    assert_eq!(asked, 50, "{}", cut.output);
    assert!(cut.count("over the budget") > 0 && cut.list("over the budget").len() == cut.count("over the budget"));
}

fn every_kind_of_trouble_is_in(report: &Ended) {
    for kind in ["pages", "duplicates", "redirects", "no text", "dead links", "too large", "broken off", "too deep"] {
        assert!(report.count(kind) > 0, "no {kind} in {}", report.output);
    }
    assert_eq!(report.list("timed out"), ["alpha.example/silent, linked from alpha.example/"]);
    assert!(report.count("redirects in a circle") >= 3, "{}", report.output);
    assert!(report.count("kept out by robots.txt") > 3 && report.count("on other hosts") == 1, "{}", report.output);
    assert_eq!(report.list("hosts that are left alone"), ["broken.example, whose robots.txt was answered with 503"]);
    for none in ["over the budget", "left undone, since the crawl was stopped"] {
        assert_eq!(report.count(none), 0, "{}", report.output);
    }
    // Nobody has followed what is no link, or asked where it must not.
    for never in ["commented-out", "in-a-script", "alpha.example/private/secret", "beta.example/big.zip"] {
        assert!(!report.output.contains(never), "{}", report.output);
    }
}

/// Whoever serves them, they are the same sites. Any program can read them.
#[test]
fn the_sites_can_be_served_to_others() {
    let mut sites = Crawler::start("sites", &[("SEED", "7"), ("LISTEN", "127.0.0.1:0")]);
    let line = sites.line();
    let address = line.split_once(" are at ").and_then(|(_, rest)| rest.split(';').next()).expect("it says where");
    let address = address.to_owned();
    let ask = |method: &str, host: &str, target: &str| {
        let mut stream = TcpStream::connect(&address).expect("it listens");
        let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it is open");
        String::from_utf8_lossy(&answer).into_owned()
    };
    // The case of a host makes no difference.
    for host in ["beta.example", "BETA.Example", "beta.example:4080"] {
        let answer = ask("GET", host, "/");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("<title>beta.example 0</title>"), "{answer}");
        assert!(answer.starts_with(&ask("HEAD", host, "/")), "{answer}");
    }

    let served = Crawler::start("crawler-smol", &[("SITES", &address), TIMEOUT, ("PAGES", "30")]);
    let own = Crawler::start("crawler-smol", &[("SEED", "7"), TIMEOUT, ("PAGES", "30")]);
    // It tells each request, and has to get rid of that.
    let process = sites.id();
    let telling = thread::spawn(move || sites.ended());
    let (served, own) = (served.report(), own.report());
    // The first line says whose sites they are.
    assert_eq!(served.without_times()[1..], own.without_times()[1..]);
    // HEAD has no body, whatever page it is of.
    for number in 1..60 {
        let answer = ask("HEAD", "beta.example", &format!("/page/{number}"));
        let is_garbage = !answer.starts_with("HTTP/1.1 ");
        let ends_with_its_head = answer.find("\r\n\r\n") == Some(answer.len() - 4);
        assert!(is_garbage || ends_with_its_head, "{answer}");
    }
    // Not Ctrl-C, which who starts a test in the background may have it ignore.
    kill_process(process, Signal::TERM).expect("it is ours, and nobody has waited for it yet");
    let told = telling.join().expect("it is text");
    assert_eq!(told.status.signal(), Some(15), "{told:?}");
    assert!(told.output.contains("\nalpha.example /silent\n"), "each request is told: {}", told.output);
}

#[test]
fn a_setting_that_is_wrong_is_one_sentence() {
    for (name, value, expected) in [
        ("PAGES", "none", "PAGES=none is no whole number from 1 to 100000; without it, it is 500"),
        ("PAGES", "0", "PAGES=0 is no whole number from 1 to 100000; without it, it is 500"),
        ("TIMEOUT", "1s", "TIMEOUT=1s is no whole number from 1 to 600000; without it, it is 1500"),
        ("SEED", "-1", "SEED=-1 is no whole number from 0 to 18446744073709551615; without it, it is 1"),
        ("SITES", "here", "SITES=here is no IP address with a port; write one such as SITES=127.0.0.1:4080"),
    ] {
        for variant in VARIANTS {
            let ended = Crawler::start(variant, &[(name, value)]).ended();
            assert_eq!(ended.status.code(), Some(2), "{variant}");
            assert_eq!((ended.output.as_str(), ended.errors), ("", format!("lesson-05: {expected}\n")), "{variant}");
        }
    }
}

#[test]
fn an_address_that_is_taken_is_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let ended = Crawler::start("sites", &[("LISTEN", &address)]).ended();
    assert_eq!(ended.status.code(), Some(1));
    let expected = format!("lesson-05: cannot serve the sites at {address}: ");
    assert!(ended.errors.starts_with(&expected) && ended.errors.lines().count() == 1, "{}", ended.errors);
}

/// `| head -1`: who has read enough is no reason to complain.
#[test]
fn it_ends_quietly_when_nobody_reads() {
    for variant in VARIANTS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
        command.arg(variant).env("PAGES", "3").env(TIMEOUT.0, TIMEOUT.1);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it is ours");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
        assert!(!output.status.success(), "{variant}");
    }
}
