//! What a crawler owes to the sites, seen from there.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use crate::{crawler::Crawler, site::Site};

each_crawler! {
    many_are_asked_for_at_once_but_few_of_one_host
    a_page_is_asked_for_once_whatever_it_is_called
    robots_txt_is_read_first_and_obeyed
    a_host_whose_robots_txt_cannot_be_had_is_left_alone
    a_robots_txt_in_any_form_is_obeyed
    a_server_that_says_when_to_come_again_is_obeyed
    a_crawler_says_who_it_is
    a_site_without_end_is_left
}

/// What is asked for at this moment.
#[derive(Default)]
struct Asked {
    now: HashMap<String, usize>,
    most: usize,
    most_of_a_host: usize,
}

fn many_are_asked_for_at_once_but_few_of_one_host(variant: &str) {
    let hosts = ["alpha", "beta", "gamma"];
    let links: Vec<_> = (0..45).map(|number| format!("//{}.example/{number}", hosts[number % 3])).collect();
    let links: Vec<_> = links.iter().map(String::as_str).collect();
    let asked = Arc::new((Mutex::new(Asked::default()), Condvar::new()));
    let site = Site::linking_to(&links, {
        let asked = Arc::clone(&asked);
        move |visit| {
            let Some((host, number)) =
                visit.page.clone().split_once('/').map(|(host, path)| (host.to_owned(), path.to_owned()))
            else {
                return Ok(false);
            };
            if number.parse::<usize>().is_err() {
                return Ok(false);
            }
            let (lock, changed) = &*asked;
            let mut guard = lock.lock().expect("nobody panics");
            *guard.now.entry(host.clone()).or_default() += 1;
            guard.most = guard.most.max(guard.now.values().sum());
            guard.most_of_a_host = guard.most_of_a_host.max(guard.now[&host]);
            changed.notify_all();
            // Nobody gets an answer before as many are here as there may be.
            let patience = Duration::from_secs(60);
            let waited = changed.wait_timeout_while(guard, patience, |asked| asked.most < 5);
            let (mut guard, waited) = waited.expect("nobody panics");
            assert!(!waited.timed_out(), "there are only {} at once", guard.most);
            *guard.now.get_mut(&host).expect("it was counted") -= 1;
            drop(guard);
            Ok(false)
        }
    });
    let report = Crawler::of(&site, variant, &[("TIMEOUT", "100000")]).report();
    let asked = asked.0.lock().expect("nobody panics");
    assert_eq!((asked.most, asked.most_of_a_host), (5, 2));
    assert!(report.output.trim_end().ends_with(" s, at most 5 at once, 2 of one host"), "{}", report.output);
    assert_eq!(report.count("pages"), 46, "{}", report.output);
}

fn a_page_is_asked_for_once_whatever_it_is_called(variant: &str) {
    let links = [
        "/x",
        "x#part",
        "./a/../x",
        "//ALPHA.Example:80/x",
        "HTTP://me:secret@alpha.example/x#top",
        "  /x\n",
        "/%78",
        "/x?",
        "//alpha.example:81/x",
        "https://alpha.example/x",
    ];
    let site = Site::linking_to(&links, |_| Ok(false));
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!(site.asked("alpha.example/x"), 1);
    // These are other names, also for the server. What comes back tells if it is the same page.
    assert_eq!((site.asked("alpha.example/%78"), site.asked("alpha.example/x?")), (1, 1));
    assert_eq!((report.count("pages"), report.count("on other hosts")), (4, 1), "{}", report.output);
}

fn robots_txt_is_read_first_and_obeyed(variant: &str) {
    let links = ["/open", "/shut", "/shut/but/open", "/%73hut/x", "//beta.example/shut", "//gamma.example/shut"];
    let site = Site::linking_to(&links, |visit| {
        match visit.page.as_str() {
            "alpha.example/robots.txt" => visit.page(
                "User-agent: *\nDisallow: /\n\nUser-agent: Lesson-Crawler/1.0\nSitemap: /map\nDisallow: /shut\nAllow: /shut/but\n",
            )?,
            "beta.example/robots.txt" => visit.redirects("/moved")?,
            "beta.example/moved" => visit.redirects("http://gamma.example/for-all")?,
            // Whatever it is said to be.
            "gamma.example/robots.txt" => visit.sends(
                "HTTP/1.1 200 OK\r\ncontent-type: application/x\r\ncontent-length: 28\r\n\r\nUser-agent: *\rDisallow: /shut",
            )?,
            "gamma.example/for-all" => visit.page("User-agent: *\nDisallow: /shut\n")?,
            _ => return Ok(false),
        }
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    for page in ["alpha.example/shut", "alpha.example/%73hut/x", "beta.example/shut", "gamma.example/shut"] {
        assert_eq!(site.asked(page), 0, "{page}");
    }
    assert_eq!((report.count("pages"), report.count("kept out by robots.txt")), (3, 4), "{}", report.output);
    assert_eq!(site.asked("gamma.example/for-all"), 1);
}

fn a_host_whose_robots_txt_cannot_be_had_is_left_alone(variant: &str) {
    let links = ["//beta.example/", "//gamma.example/", "//broken.example/", "/fine"];
    let site = Site::linking_to(&links, |visit| {
        match visit.page.as_str() {
            "beta.example/robots.txt" => visit.status("500 Oh No", "")?,
            "gamma.example/robots.txt" => visit.resets()?,
            "broken.example/robots.txt" => visit.redirects("/robots.txt")?,
            _ => return Ok(false),
        }
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[]).report();
    assert_eq!(
        report.list("hosts that are left alone"),
        [
            "beta.example, whose robots.txt was answered with 500",
            "broken.example, whose robots.txt is redirected too often, or elsewhere",
            "gamma.example, whose robots.txt was broken off",
        ]
    );
    for host in ["beta", "gamma", "broken"] {
        assert_eq!(site.asked(&format!("{host}.example/")), 0, "{host}");
    }
    assert_eq!((report.count("pages"), report.count("kept out by robots.txt")), (2, 3), "{}", report.output);
    assert_eq!(site.asked("broken.example/robots.txt"), 6);
}

/// Each host has its own: one that is asked too often, ones that are no text or that are UTF-16, and one that is too large.
fn a_robots_txt_in_any_form_is_obeyed(variant: &str) {
    let links = ["/x", "//beta.example/x", "//gamma.example/x", "//broken.example/x", "//broken.example/y"];
    let site = Site::linking_to(&links, |visit| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
        match visit.page.as_str() {
            "alpha.example/robots.txt" => {
                let text = "\u{feff}User-agent: *\nDisallow: /x\n".encode_utf16().flat_map(u16::to_le_bytes);
                visit.sends(format!("{head}\r\n").into_bytes().into_iter().chain(text).collect::<Vec<_>>())?;
            }
            "beta.example/robots.txt" => visit.sends("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n")?,
            "gamma.example/robots.txt" => {
                visit.sends([head.as_bytes(), b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08"].concat())?;
            }
            "broken.example/robots.txt" => {
                let begin = "User-agent: *\nDisallow: /x\n";
                let body = format!("{begin}{}\nDisallow: /y\n", "#".repeat(512 * 1024));
                visit.sends(format!("{head}content-length: 1000000000\r\n\r\n{body}"))?;
            }
            _ => return Ok(false),
        }
        visit.ends()?;
        Ok(true)
    });
    let report = Crawler::of(&site, variant, &[("TIMEOUT", "20000")]).report();
    assert_eq!(
        report.list("hosts that are left alone"),
        ["beta.example, whose robots.txt was answered with 429", "gamma.example, whose robots.txt is no text",]
    );
    for host in ["alpha", "beta", "gamma", "broken"] {
        assert_eq!(site.asked(&format!("{host}.example/x")), 0, "{host}");
    }
    assert_eq!((site.asked("beta.example/robots.txt"), site.asked("broken.example/y")), (3, 1));
    assert_eq!((report.count("pages"), report.count("kept out by robots.txt")), (2, 4), "{}", report.output);
}

fn a_server_that_says_when_to_come_again_is_obeyed(variant: &str) {
    let links = ["/429", "/503", "/date", "/in-an-hour", "/nonsense", "//beta.example/x"];
    let visits = Arc::new(Mutex::new(Vec::new()));
    let site = Site::linking_to(&links, {
        let visits = Arc::clone(&visits);
        move |visit| {
            visits.lock().expect("nobody panics").push((visit.page.clone(), Instant::now()));
            let busy = |status: &str, after: &str| (format!("{status} For Now"), format!("retry-after: {after}\r\n"));
            let (status, after) = match (visit.nth, visit.page.trim_start_matches("alpha.example/")) {
                (1, "429") => busy("429", "1"),
                (1, "503" | "beta.example/robots.txt") => busy("503", "1"),
                (1, "date") => busy("503", "Sun, 06 Nov 1994 08:49:37 GMT"),
                (1, "in-an-hour") => busy("503", "3600"),
                (1, "nonsense") => busy("429", "soon"),
                _ => return Ok(false),
            };
            visit.status(&status, &after)?;
            Ok(true)
        }
    });
    let report = Crawler::of(&site, variant, &[("TIMEOUT", "20000")]).report();
    let visits = visits.lock().expect("nobody panics");
    let between = |page: &str| {
        let times: Vec<_> = visits.iter().filter(|(visited, _)| visited == page).map(|(_, time)| *time).collect();
        (times.len(), times.last().zip(times.first()).map(|(last, first)| *last - *first))
    };
    for page in ["alpha.example/429", "alpha.example/503", "beta.example/robots.txt"] {
        let (count, time) = between(page);
        assert!(count == 2 && time >= Some(Duration::from_secs(1)), "{page}: {count} times, {time:?}");
    }
    assert_eq!(["date", "nonsense"].map(|page| between(&format!("alpha.example/{page}")).0), [2, 2]);
    // It is asked for once, since nobody waits an hour.
    assert_eq!(report.list("dead links"), ["alpha.example/in-an-hour: 503, linked from alpha.example/"]);
    assert_eq!(between("alpha.example/in-an-hour").0, 1);
    assert_eq!(report.count("pages"), 6, "{}", report.output);
}

fn a_crawler_says_who_it_is(variant: &str) {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let site = Site::linking_to(&[], {
        let heads = Arc::clone(&heads);
        move |visit| {
            heads.lock().expect("nobody panics").push(visit.head.to_ascii_lowercase());
            Ok(false)
        }
    });
    Crawler::of(&site, variant, &[]).report();
    let heads = heads.lock().expect("nobody panics");
    assert_eq!(heads.len(), 5, "four robots.txt and a page");
    assert!(heads.iter().all(|head| head.contains("\r\nuser-agent: lesson-crawler\r\n")), "{heads:?}");
    assert!(heads.iter().all(|head| head.contains("\r\naccept-encoding: identity\r\n")), "{heads:?}");
}

fn a_site_without_end_is_left(variant: &str) {
    // Each page links to more of them, and more than can be followed.
    let site = Site::start(|visit| {
        if visit.page.ends_with("/robots.txt") {
            return visit.status("404 Not Found", "");
        }
        let name = visit.page.clone();
        let links = (0..2_000).map(|number| format!("<a href='http://{name}/{number}'>")).collect::<Vec<_>>().concat();
        visit.page(&links)
    });
    let report = Crawler::of(&site, variant, &[("PAGES", "12"), ("TIMEOUT", "20000")]).report();
    // One at the start, and of its thousand links eleven, each of which has a thousand.
    let counts = ["pages", "over the budget"].map(|kind| report.count(kind));
    assert_eq!(counts, [12, 1_000 - 11 + 11 * 1_000], "{}", report.output.lines().next().unwrap_or_default());
}
