//! Sites that do what sites do: the crawler survives, goes on with what it has, and its report says so.

use std::{
    io::{self, ErrorKind},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread::{self, sleep},
    time::Duration,
};

use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use crate::{
    crawler::Crawler,
    site::{Site, Visit},
};

each_crawler! {
    a_page_may_come_in_any_form
    what_a_site_does_decides_what_becomes_of_a_page
    what_never_comes_or_never_ends_times_out_and_is_closed
    redirects_are_followed_and_circles_are_told_from_the_rest
    whatever_bytes_a_site_sends_the_next_page_is_read
    nobody_there_is_an_error
    who_goes_away_before_the_first_request_is_reported
    who_goes_away_in_the_middle_is_reported
}

/// In bytes, as the chapter says.
const LARGEST: usize = 512 * 1024;

/// A site that sends without end gives up after so much.
const FAR_TOO_MUCH: usize = 256 * 1024 * 1024;

fn a_page_may_come_in_any_form(variant: &str) {
    let forms = [
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n4\r\n<p>c\r\n5\r\nhunks\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nuntil the end",
        "HTTP/1.0 200 OK\r\nContent-Type: TEXT/HTML\r\n\r\nold",
        "HTTP/1.1 200 \r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 203 Said By Others\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\nothers",
    ];
    let links = ["/0", "/1", "/2", "/3", "/4", "/slowly/0", "/slowly/1", "/slowly/2", "/slowly/3", "/slowly/4"];
    let site = Site::linking_to(&links, move |visit| {
        let Some(form) = visit.page.rsplit('/').next().and_then(|number| number.parse::<usize>().ok()) else {
            return Ok(false);
        };
        if visit.page.contains("slowly") {
            // They are no duplicates of the others.
            for byte in forms[form].bytes() {
                visit.sends([byte])?;
            }
        } else {
            visit.sends(forms[form])?;
        }
        visit.ends()?;
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!((report.count("pages"), report.count("duplicates")), (6, 5), "{}", report.output);
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";

/// What a site does when it is asked for a page.
type Deed = fn(&mut Visit) -> io::Result<()>;

/// The name of a page, what the site does, what the report counts it among, and how often it is asked for.
const DEEDS: &[(&str, Deed, &str, usize)] = &[
    // What breaks off is asked for again, and then given up.
    ("reset", Visit::resets, "broken off", 3),
    ("closed", Visit::ends, "broken off", 3),
    ("half-a-head", |visit| visit.sends_and_ends(HEAD), "broken off", 3),
    (
        "half-a-page",
        |visit| visit.sends_and_ends(format!("{HEAD}content-length: 100\r\n\r\n{NO_LINK}")),
        "broken off",
        3,
    ),
    ("half-a-chunk", |visit| visit.sends_and_ends(format!("{HEAD}{CHUNKED}ff\r\n{NO_LINK}")), "broken off", 3),
    (
        "reset-in-a-page",
        |visit| {
            visit.sends(format!("{HEAD}content-length: 100\r\n\r\n{NO_LINK}"))?;
            visit.resets()
        },
        "broken off",
        3,
    ),
    ("garbage", |visit| visit.sends_and_ends(b"\x00\xff\x13 this is no answer at all\r\n\r\n"), "broken off", 3),
    ("no-number", |visit| visit.sends_and_ends(format!("{HEAD}content-length: many\r\n\r\n")), "broken off", 3),
    // Until the crawler has had enough, which must be soon.
    ("headers", |visit| endless(visit, HEAD, &format!("x-one-more: {}\r\n", "x".repeat(90))), "broken off", 3),
    ("long-header", |visit| endless(visit, &format!("{HEAD}x: "), &"x".repeat(100)), "broken off", 3),
    // What works the second time is a page.
    ("reset-once", |visit| if visit.nth == 1 { visit.resets() } else { visit.is_fine() }, "pages", 2),
    ("429", Visit::fails_once, "pages", 2),
    ("502", Visit::fails_once, "pages", 2),
    ("503", Visit::fails_once, "pages", 2),
    ("504", Visit::fails_once, "pages", 2),
    ("500", Visit::fails_once, "dead links", 1),
    ("404", Visit::fails_once, "dead links", 1),
    ("410", Visit::fails_once, "dead links", 1),
    // A page may be so large and no larger. One that is too large is not worth another try.
    ("largest", |visit| visit.is_so_large(LARGEST, false), "pages", 1),
    ("largest-chunk", |visit| visit.is_so_large(LARGEST, true), "duplicates", 1),
    ("larger", |visit| visit.is_so_large(LARGEST + 1, false), "too large", 1),
    ("larger-chunk", |visit| visit.is_so_large(LARGEST + 1, true), "too large", 1),
    ("endless", |visit| endless(visit, &format!("{HEAD}\r\n"), &"x".repeat(8_192)), "too large", 1),
    (
        "said-to-be-endless",
        |visit| endless(visit, &format!("{HEAD}content-length: 1000000000000\r\n\r\n"), &"y".repeat(8_192)),
        "too large",
        1,
    ),
    ("fine", Visit::is_fine, "pages", 1),
];

const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n";

/// Nobody has read it whole.
const NO_LINK: &str = "<a href=/no-link>";

fn endless(visit: &mut Visit, head: &str, more: &str) -> io::Result<()> {
    visit.sends(head)?;
    for _ in 0..FAR_TOO_MUCH / more.len() {
        visit.sends(more)?;
    }
    panic!("somebody reads {} without end", visit.page);
}

impl Visit {
    fn sends_and_ends(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.sends(bytes)?;
        self.ends()
    }

    fn is_fine(&mut self) -> io::Result<()> {
        let text = format!("this is {}", self.page);
        self.page(&text)
    }

    /// Answers with the status that the page is called by, and the next time with a page.
    fn fails_once(&mut self) -> io::Result<()> {
        let status = self.page.trim_start_matches("alpha.example/").to_owned();
        if self.nth == 1 { self.status(&format!("{status} For Now"), "") } else { self.is_fine() }
    }

    fn is_so_large(&mut self, size: usize, is_chunked: bool) -> io::Result<()> {
        let page = "z".repeat(size);
        if is_chunked {
            self.sends_and_ends(format!("{HEAD}{CHUNKED}{size:x}\r\n{page}\r\n0\r\n\r\n"))
        } else {
            self.sends_and_ends(format!("{HEAD}content-length: {size}\r\n\r\n{page}"))
        }
    }
}

fn what_a_site_does_decides_what_becomes_of_a_page(variant: &str) {
    let links: Vec<_> = DEEDS.iter().map(|(name, ..)| format!("/{name}")).collect();
    let links: Vec<_> = links.iter().map(String::as_str).collect();
    let site = Site::linking_to(&links, |visit| {
        let deed = DEEDS.iter().find(|(name, ..)| visit.page.strip_prefix("alpha.example/") == Some(name));
        deed.map_or(Ok(false), |(_, deed, ..)| deed(visit).map(|()| true))
    });
    let report = Crawler::of(&site, variant, &[("TIMEOUT", "20000")]).report();
    for kind in ["broken off", "dead links", "too large", "duplicates", "pages"] {
        // The start is a page, too.
        let expected = DEEDS.iter().filter(|(_, _, of, _)| *of == kind).count() + usize::from(kind == "pages");
        assert_eq!(report.count(kind), expected, "{kind}: {}", report.output);
    }
    for (name, _, _, attempts) in DEEDS {
        assert_eq!(site.asked(&format!("alpha.example/{name}")), *attempts, "{name}");
    }
    assert_eq!(report.list("broken off")[0], "alpha.example/closed, linked from alpha.example/");
    assert_eq!(report.list("dead links")[0], "alpha.example/404: 404, linked from alpha.example/");
}

fn what_never_comes_or_never_ends_times_out_and_is_closed(variant: &str) {
    let links = ["/silent", "//beta.example/half", "//gamma.example/drips", "/fine"];
    // The pages whose last attempt is still there.
    let open = Arc::new(Mutex::new(Vec::new()));
    let site = Site::linking_to(&links, {
        let open = Arc::clone(&open);
        move |visit| {
            let page = visit.page.clone();
            if !["silent", "half", "drips"].iter().any(|name| page.ends_with(name)) {
                return Ok(false);
            }
            // What is given up is closed, and soon: the next attempt may be here before, but not the one after that.
            for _ in 0..1_000 {
                if !open.lock().expect("nobody panics").contains(&page) {
                    break;
                }
                sleep(Duration::from_millis(10));
            }
            let mut now = open.lock().expect("nobody panics");
            assert!(!now.contains(&page), "{page} is asked for again, and its connection is still open");
            now.push(page.clone());
            drop(now);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000000\r\n\r\n";
            let left = match page.rsplit('/').next() {
                Some("half") => visit.sends(format!("{head}<p>")),
                Some("drips") => visit.sends(head).and_then(|()| {
                    loop {
                        visit.sends("x")?;
                        sleep(Duration::from_millis(50));
                    }
                }),
                _ => Ok(()),
            };
            let left = left.and_then(|()| visit.is_left());
            open.lock().expect("nobody panics").retain(|open| *open != page);
            assert!(!left.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "{page} was never left");
            Ok(true)
        }
    });
    let report = Crawler::of(&site, variant, &[("TIMEOUT", "1000")]).report();
    assert_eq!((report.count("timed out"), report.count("pages")), (3, 2), "{}", report.output);
    for page in ["alpha.example/silent", "beta.example/half", "gamma.example/drips"] {
        assert_eq!(site.asked(page), 3, "{page}");
    }
    assert_eq!(report.list("timed out")[0], "alpha.example/silent, linked from alpha.example/");
}

fn redirects_are_followed_and_circles_are_told_from_the_rest(variant: &str) {
    let links = ["/self", "/circle", "/into-the-circle", "/there", "/out", "/mail", "/none", "/dead"];
    let site = Site::linking_to(&links, |visit| {
        match visit.page.trim_start_matches("alpha.example/") {
            "self" => visit.redirects("self#again")?,
            "circle" => visit.redirects("/circle/2")?,
            "circle/2" => visit.redirects("//alpha.example/circle")?,
            "into-the-circle" => visit.redirects("circle")?,
            "there" => visit.redirects("http://BETA.example:80/./there")?,
            "out" => visit.redirects("http://elsewhere.example/")?,
            "mail" => visit.redirects("mailto:me@alpha.example")?,
            "none" => visit.status("301 Moved Permanently", "")?,
            "dead" => visit.redirects("/missing")?,
            "missing" => visit.status("404 Not Found", "")?,
            _ => return Ok(false),
        }
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!(report.count("redirects"), 3, "{}", report.output);
    assert_eq!(
        report.list("redirects in a circle"),
        [
            "alpha.example/circle, linked from alpha.example/",
            "alpha.example/circle/2, linked from alpha.example/circle",
            "alpha.example/into-the-circle, linked from alpha.example/",
            "alpha.example/self, linked from alpha.example/",
        ]
    );
    assert_eq!(
        report.list("dead links"),
        [
            "alpha.example/mail redirects to nothing that can be asked for, linked from alpha.example/",
            "alpha.example/missing: 404, linked from alpha.example/dead",
            "alpha.example/none: 301, linked from alpha.example/",
        ]
    );
    assert_eq!((report.count("pages"), report.count("on other hosts")), (2, 1), "{}", report.output);
    for page in ["self", "circle", "circle/2", "missing"] {
        assert_eq!(site.asked(&format!("alpha.example/{page}")), 1, "{page}");
    }
}

/// Answers that begin as such, with bytes put in, taken away or changed, and bytes that were never an answer.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        Just("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 22\r\n\r\n<a href=/never><p>page"),
        Just("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n3\r\n<p>\r\n0\r\n\r\n"),
        Just("HTTP/1.1 301 Gone There\r\nlocation: /there\r\ncontent-length: 0\r\n\r\n"),
        Just("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
    ];
    let edits = vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6);
    let changed = (whole, edits).prop_map(|(whole, edits)| {
        let mut bytes = whole.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at + 1),
            }
        }
        bytes
    });
    prop_oneof![3 => changed, 1 => vec(any::<u8>(), 0..300)]
}

fn whatever_bytes_a_site_sends_the_next_page_is_read(variant: &str) {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRunner::deterministic().new_rng());
    let mut answer = || answers().new_tree(&mut runner).expect("there are always some").current();
    let answers: Vec<_> = (0..60).map(|_| answer()).collect();
    let hosts = ["alpha", "beta", "gamma"];
    let links: Vec<_> = (0..60).map(|number| format!("//{}.example/bytes/{number}", hosts[number % 3])).collect();
    let links: Vec<_> = links.iter().map(String::as_str).chain(["/fine"]).collect();
    let site = Site::linking_to(&links, move |visit| {
        let Some((_, number)) = visit.page.split_once("/bytes/") else { return Ok(false) };
        let number: usize = number.parse().expect("it is a link of ours");
        visit.sends(&answers[number])?;
        visit.ends()?;
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!(site.asked("alpha.example/fine"), 1);
    let kinds = ["pages", "duplicates", "redirects", "no text", "dead links", "too large", "broken off", "timed out"];
    let seen: usize = kinds.into_iter().map(|kind| report.count(kind)).sum();
    assert!(seen >= 62, "{}", report.output);
    assert!(report.count("broken off") > 5 && report.count("pages") > 1, "{}", report.output);
}

fn nobody_there_is_an_error(variant: &str) {
    // A port that was free a moment ago, and that nobody is given so soon again.
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    drop(listener);
    let ended = Crawler::start(variant, &[("SITES", &address)]).ended();
    assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{ended:?}");
    let begin = format!("lesson-05: nobody can be asked at SITES={address}: ");
    let end = format!(
        "; start the sites first, in another terminal: `LISTEN={address} cargo run -p lesson-05 -- sites`; without SITES, \
         the lesson serves them itself\n"
    );
    assert!(ended.errors.starts_with(&begin) && ended.errors.ends_with(&end), "{}", ended.errors);
    assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
}

fn who_goes_away_before_the_first_request_is_reported(variant: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let gone = thread::spawn(move || drop(listener.accept()));
    let report = Crawler::start(variant, &[("SITES", &address)]).report();
    gone.join().expect("it does not panic");
    let hosts = ["alpha", "beta", "broken", "gamma"];
    let expected = hosts.map(|host| format!("{host}.example, whose robots.txt was broken off"));
    assert_eq!(report.list("hosts that are left alone"), expected);
    assert_eq!((report.count("pages"), report.count("kept out by robots.txt")), (0, 1), "{}", report.output);
}

fn who_goes_away_in_the_middle_is_reported(variant: &str) {
    let links = ["/1", "/2", "//beta.example/3"];
    let is_gone = Arc::new(AtomicBool::new(false));
    let site = Site::linking_to(&links, move |visit| {
        // Nobody is served any more once the start has been.
        if is_gone.load(SeqCst) {
            visit.resets()?;
            return Ok(true);
        }
        is_gone.store(visit.page == "alpha.example/", SeqCst);
        Ok(false)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!((report.count("pages"), report.count("broken off")), (1, links.len()), "{}", report.output);
}
