//! What a crawler owes to the sites, seen from there.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use crate::{crawler::Crawler, site::Site};

each_crawler! {
    many_are_asked_for_at_once_but_few_of_one_host
    a_page_is_asked_for_once_whatever_it_is_called
    robots_txt_is_read_first_and_obeyed
    a_host_whose_robots_txt_cannot_be_had_is_left_alone
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
