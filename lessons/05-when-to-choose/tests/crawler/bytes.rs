//! What a site may send, byte for byte, and the report that all four crawlers give of it.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use crate::{
    crawler::{Crawler, Ended},
    same_report::VARIANTS,
    site::Site,
};

/// The report of the four crawlers, which has to be the same, down to the number of requests.
pub fn report_of_all(site: &Site, settings: &[(&str, &str)]) -> Ended {
    let crawlers = VARIANTS.map(|variant| Crawler::of(site, variant, settings));
    let mut reports = crawlers.map(Crawler::report).into_iter();
    let first = reports.next().expect("there are four");
    for (report, variant) in reports.zip(&VARIANTS[1..]) {
        let different: Vec<_> =
            first.output.lines().zip(report.output.lines()).filter(|(one, other)| one != other).collect();
        assert_eq!(first.without_times()[1..], report.without_times()[1..], "{variant}: {different:?}");
        assert_eq!(requests(&first), requests(&report), "{variant}: {}", report.output);
    }
    first
}

fn requests(ended: &Ended) -> Option<&str> {
    ended.output.lines().find_map(|line| line.split_once(" requests in ")).map(|(requests, _)| requests)
}

/// What is to become of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Page,
    NoText,
    Dead,
    TooLarge,
    BrokenOff,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::NoText => "no text",
            Self::Dead => "dead links",
            Self::TooLarge => "too large",
            Self::BrokenOff => "broken off",
        }
    }
}

const HTML: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n";

/// An answer whose head has so many bytes, the empty line included.
fn with_a_head_of(size: usize) -> String {
    let end = "\r\ncontent-length: 4\r\n\r\n";
    let begin = format!("{HTML}x-long: ");
    let filler = "x".repeat(size - begin.len() - end.len());
    format!("{begin}{filler}{end}page")
}

/// So many headers, of so many bytes in all, the empty line included.
fn with_headers(count: usize, size: usize) -> String {
    let begin = format!("{HTML}content-length: 4\r\n");
    let each = (size - begin.len() - 2) / count;
    let mut answer = begin;
    for number in 0..count {
        let name = format!("x-{number}: ");
        let filler = "x".repeat(each - name.len() - 2);
        write!(answer, "{name}{filler}\r\n").expect("a String takes all");
    }
    answer + "\r\npage"
}

#[test]
fn an_answer_means_the_same_to_all_four() {
    use Fate::{BrokenOff, Dead, NoText, Page, TooLarge};

    let largest = 512 * 1024;
    let answers: Vec<(&str, String, Fate)> = vec![
        // The head: 64 KiB, however they are cut.
        ("head-of-60-kib", with_a_head_of(60 * 1024), Page),
        ("head-of-64-kib", with_a_head_of(64 * 1024), Page),
        ("head-of-64-kib-and-a-byte", with_a_head_of(64 * 1024 + 1), BrokenOff),
        ("head-of-66-kib", with_a_head_of(66 * 1024), BrokenOff),
        ("head-of-80-kib", with_a_head_of(80 * 1024), BrokenOff),
        ("head-of-100-kib", with_a_head_of(100 * 1024), BrokenOff),
        ("head-of-127-kib", with_a_head_of(127 * 1024), BrokenOff),
        ("head-of-300-kib", with_a_head_of(300 * 1024), BrokenOff),
        ("100-headers-of-60-kib", with_headers(100, 60 * 1024), Page),
        ("100-headers-of-70-kib", with_headers(100, 70 * 1024), BrokenOff),
        ("126-headers", with_headers(126, 8 * 1024), Page),
        ("127-headers", with_headers(127, 8 * 1024), BrokenOff),
        // Chunks.
        ("chunks", format!("{CHUNKED}4\r\npage\r\n0\r\n\r\n"), Page),
        ("chunks-and-trailers", format!("{CHUNKED}4\r\npage\r\n0\r\nx: y\r\n\r\n"), Page),
        ("chunks-in-capitals", CHUNKED.replace("chunked", "CHUNKED") + "A\r\n0123456789\r\n0\r\n\r\n", Page),
        ("chunks-that-say-more", format!("{CHUNKED}4;a=b\r\npage\r\n0\r\n\r\n"), Page),
        ("no-last-crlf", format!("{CHUNKED}4\r\npage\r\n0\r\n"), BrokenOff),
        ("no-last-lf", format!("{CHUNKED}4\r\npage\r\n0\r\n\r"), BrokenOff),
        ("no-last-crlf-after-trailers", format!("{CHUNKED}4\r\npage\r\n0\r\nx: y\r\n"), BrokenOff),
        ("no-last-chunk", format!("{CHUNKED}4\r\npage\r\n"), BrokenOff),
        ("half-a-chunk", format!("{CHUNKED}5\r\npage"), BrokenOff),
        ("no-chunk", CHUNKED.to_owned(), BrokenOff),
        ("chunks-without-a-size", format!("{CHUNKED}\r\npage\r\n0\r\n\r\n"), BrokenOff),
        ("chunks-in-1.0", CHUNKED.replace("1.1", "1.0") + "4\r\npage\r\n0\r\n\r\n", BrokenOff),
        (
            "chunks-in-1.0-and-a-length",
            HTML.replace("1.1", "1.0") + "transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\npage",
            BrokenOff,
        ),
        (
            "chunks-and-a-length",
            format!("{HTML}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n5\r\nchunk\r\n0\r\n\r\n"),
            Page,
        ),
        // Lengths.
        ("a-length", format!("{HTML}content-length: 4\r\n\r\npage"), Page),
        ("a-length-of-none", format!("{HTML}content-length: 0\r\n\r\n"), Page),
        ("more-than-its-length", format!("{HTML}content-length: 4\r\n\r\npage and more"), Page),
        ("less-than-its-length", format!("{HTML}content-length: 9\r\n\r\npage"), BrokenOff),
        ("no-length", format!("{HTML}\r\npage"), Page),
        ("no-length-in-1.0", HTML.replace("1.1", "1.0") + "\r\npage", Page),
        ("two-lengths", format!("{HTML}content-length: 4\r\ncontent-length: 5\r\n\r\npage"), BrokenOff),
        ("a-length-that-is-none", format!("{HTML}content-length: -4\r\n\r\npage"), BrokenOff),
        ("largest", format!("{HTML}content-length: {largest}\r\n\r\n{}", "x".repeat(largest)), Page),
        ("larger", format!("{HTML}\r\n{}", "x".repeat(largest + 1)), TooLarge),
        // Codings that nobody asked for.
        ("gzip", format!("{HTML}content-encoding: gzip\r\n\r\n\u{1f}..."), NoText),
        ("identity", format!("{HTML}content-encoding: identity\r\n\r\nidentity"), Page),
        ("gzip-in-chunks", CHUNKED.replace("chunked", "gzip, chunked") + "4\r\npage\r\n0\r\n\r\n", NoText),
        ("gzip-to-the-end", format!("{HTML}transfer-encoding: gzip\r\n\r\npage"), NoText),
        // Statuses without a body, and one that comes before another.
        ("204", "HTTP/1.1 204 No Content\r\n\r\n".into(), NoText),
        ("304", "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n".into(), Dead),
        ("100-and-200", format!("HTTP/1.1 100 Continue\r\n\r\n{HTML}\r\nafter 100"), Page),
        ("103-and-200", format!("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n{HTML}\r\nafter 103"), Page),
        ("599", "HTTP/1.1 599 Whatever\r\ncontent-length: 0\r\n\r\n".into(), Dead),
        ("no-reason", "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n".into(), Dead),
        // What is no HTTP.
        ("bare-lf", HTML.replace('\r', "") + "\nbare", Page),
        ("2.0", HTML.replace("1.1", "2.0") + "\r\npage", BrokenOff),
        ("nothing", String::new(), BrokenOff),
        ("a-space-before-a-colon", format!("{HTML}x : y\r\n\r\npage"), BrokenOff),
        ("a-folded-header", format!("{HTML}x: y\r\n z\r\n\r\npage"), BrokenOff),
        ("bytes-in-a-header", format!("{HTML}x: \u{e9}\r\n\r\nlatin"), Page),
    ];
    let links: Vec<_> = answers.iter().map(|(name, ..)| format!("/{name}")).collect();
    let links: Vec<_> = links.iter().map(String::as_str).collect();
    let bytes: BTreeMap<_, _> = answers.iter().map(|(name, bytes, _)| ((*name).to_owned(), bytes.clone())).collect();
    let bytes = Arc::new(bytes);
    let site = Site::linking_to(&links, move |visit| {
        let name = visit.page.trim_start_matches("alpha.example/");
        let Some(bytes) = bytes.get(name) else { return Ok(false) };
        visit.sends(bytes)?;
        visit.ends()?;
        Ok(true)
    });
    let report = report_of_all(&site, &[("TIMEOUT", "20000")]);
    let mut fates = BTreeMap::new();
    for (_, _, fate) in &answers {
        *fates.entry(*fate).or_insert(0) += 1;
    }
    for (name, _, fate) in &answers {
        if matches!(fate, BrokenOff | Dead | TooLarge) {
            let line = format!("alpha.example/{name}");
            let is_listed = |listed: &&str| listed.split([',', ':']).next() == Some(&line);
            assert!(report.list(fate.name()).iter().any(is_listed), "{name}: {}", report.output);
        }
    }
    // Many of the pages are the same, and the start is one.
    assert_eq!(report.count("pages") + report.count("duplicates"), fates[&Page] + 1, "{}", report.output);
    for fate in [NoText, Dead, TooLarge, BrokenOff] {
        assert_eq!(report.count(fate.name()), fates[&fate], "{fate:?}: {}", report.output);
    }
    // A page without a length ends where its connection is closed, and not where it is reset.
    let site = Site::linking_to(&["/reset"], |visit| {
        if visit.page != "alpha.example/reset" {
            return Ok(false);
        }
        visit.sends(format!("{HTML}\r\n<p>half a page"))?;
        visit.resets()?;
        Ok(true)
    });
    assert_eq!(report_of_all(&site, &[]).list("broken off"), ["alpha.example/reset, linked from alpha.example/"]);
}

#[test]
fn a_location_in_any_bytes_is_followed() {
    let links = ["/utf-8", "/latin-1", "/host", "/both"];
    let site = Site::linking_to(&links, |visit| {
        let location: &[u8] = match visit.page.trim_start_matches("alpha.example/") {
            "utf-8" => "/caf\u{e9}".as_bytes(),
            "latin-1" => b"/caf\xe9?caf\xe9",
            "host" => "//b\u{e9}ta.example/".as_bytes(),
            "both" => b"/caf%c3%a9/100%\xff",
            _ => return Ok(false),
        };
        visit.sends([b"HTTP/1.1 302 Found\r\nlocation: ", location, b"\r\ncontent-length: 0\r\n\r\n"].concat())?;
        visit.ends()?;
        Ok(true)
    });
    let report = report_of_all(&site, &[]);
    for page in ["caf%C3%A9", "caf%E9?caf%E9", "caf%c3%a9/100%%FF"] {
        assert_eq!(site.asked(&format!("alpha.example/{page}")), VARIANTS.len(), "{page}: {}", report.output);
    }
    let counts = ["pages", "redirects", "on other hosts", "dead links"].map(|kind| report.count(kind));
    assert_eq!(counts, [4, 4, 1, 0], "{}", report.output);
}

/// Where a browser finds a link, in the charset in which it sends it.
#[test]
fn links_are_found_where_browsers_find_them() {
    let pages: [(&str, &str, &[u8]); 7] = [
        ("svg", "text/html", b"<svg><title/></svg><a href=/of-svg>"),
        ("math", "text/html", b"<math><style></math><a href=/of-math>"),
        ("noscript", "text/html", b"<noscript><a href=/of-noscript></noscript>"),
        ("latin", "text/html; charset=iso-8859-1", b"<a href=/caf\xe9?a=\xe9>"),
        ("greek", "text/html", b"<meta charset=iso-8859-7><a href=/\xe1?a=\xe1>"),
        ("utf-16", "text/html", b"\xff\xfe<\0a\0 \0h\0r\0e\0f\0=\0/\x001\x006\0>\0"),
        ("plain", "text/html", "<a href=/caf\u{e9}/?a=\u{e9}>".as_bytes()),
    ];
    let links = pages.map(|(name, ..)| format!("/{name}"));
    let links: Vec<_> = links.iter().map(String::as_str).collect();
    let site = Site::linking_to(&links, move |visit| {
        let name = visit.page.trim_start_matches("alpha.example/");
        let Some((_, kind, body)) = pages.iter().find(|page| page.0 == name) else { return Ok(false) };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        visit.sends([head.as_bytes(), body].concat())?;
        visit.ends()?;
        Ok(true)
    });
    let report = report_of_all(&site, &[]);
    for page in ["of-svg", "of-math", "of-noscript", "caf%C3%A9?a=%E9", "%CE%B1?a=%E1", "16", "caf%C3%A9/?a=%C3%A9"] {
        assert_eq!(site.asked(&format!("alpha.example/{page}")), VARIANTS.len(), "{page}: {}", report.output);
    }
    assert_eq!(report.count("pages"), 1 + 2 * links.len(), "{}", report.output);
}
