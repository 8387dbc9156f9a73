use super::*;
use crate::crawl::document::Document;

/// Whether `robots` allows us `path`.
fn allows(robots: impl AsRef<[u8]>, path: &str) -> bool {
    let robots = Robots::read(robots.as_ref()).expect("it is text");
    robots.allows(&Url::parse("http://a.example").and_then(|url| url.join(path)).expect("a URL"))
}

/// A robots.txt with these rules for us, whose lines end in `; `.
fn rules(rules: &str) -> String {
    format!("user-agent: {USER_AGENT}\n{}\n", rules.replace("; ", "\n"))
}

/// Rules, and what they allow and forbid. These are the cases by which Google tests its parser, in other words, as far as
/// they are not of Google's alone: `index.html` is no other name for `/` here, and a long line is not cut.
#[test]
fn a_rule_means_what_it_means_to_others() {
    #[rustfmt::skip]
    let cases: [(&str, &[&str], &[&str]); 29] = [
        // A line needs a key that is known, in any case; the colon may be missing.
        ("disallow: /", &[], &["/x"]),
        ("bar: /", &["/x"], &[]),
        ("disallow /", &[], &["/x"]),
        ("ALLOW: /x/; DISALLOW: /", &["/x/y"], &["/a"]),
        ("aLlOw: /x/; dIsAlLoW: /", &["/x/y"], &["/a"]),
        // A path has a case of its own.
        ("disallow: /X/", &["/x/y"], &["/X/y"]),
        // The longest rule decides, and between equals the kinder.
        ("disallow: /x/page.html; allow: /x/", &["/x/y"], &["/x/page.html"]),
        ("allow: /x/page.html; disallow: /x/", &["/x/page.html"], &["/x/"]),
        ("disallow: ; allow: ", &["/x"], &[]),
        ("disallow: /; allow: /", &["/x"], &[]),
        ("disallow: /x; allow: /x/", &["/x/"], &["/x"]),
        ("allow: /page; disallow: /*.html", &["/page"], &["/page.html"]),
        ("allow: /x/page.; disallow: /*.html", &["/x/page.html"], &["/x/y.html"]),
        ("allow: /p; disallow: /", &["/page"], &["/x"]),
        ("allow: /$; disallow: /", &["/"], &["/page"]),
        // What is no ASCII is written with `%`, and nothing else needs it.
        ("disallow: /; allow: /a?b=c&d=http://e.f?g&h", &["/a?b=c&d=http://e.f?g&h"], &["/a?b=d"]),
        ("disallow: /; allow: /a/ツ", &["/a/%E3%83%84", "/a/ツ"], &["/a/"]),
        ("disallow: /; allow: /a/%e3%83%84", &["/a/%E3%83%84", "/a/ツ"], &["/a/"]),
        // Google leaves this one open. RFC 9309, section 2.2.2, calls them the same.
        ("disallow: /; allow: /%62%61%7A", &["/baz", "/%62az"], &["/bax"]),
        // The three that have a meaning.
        ("disallow: /a/b/quz; allow: /a/*/qux", &["/a/quz", "/a//quz", "/a/x/quz"], &["/a/b/quz"]),
        ("disallow: /a/b$; allow: /a/b/c", &["/a/b/c", "/a/b/", "/a/b/d"], &["/a/b"]),
        ("# disallow: /; disallow: /a#b; allow: /", &["/b"], &["/a"]),
        // Google's table of paths.
        ("disallow: /; allow: /fish",
            &["/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fish.html?id=1"],
            &["/Fish.asp", "/catfish", "/?id=fish"]),
        ("disallow: /; allow: /fish*", &["/fish", "/fishheads/yummy.html"], &["/Fish", "/catfish", "/?id=fish"]),
        ("disallow: /; allow: /fish/", &["/fish/", "/fish/?id=1"], &["/fish", "/fish.html", "/Fish/"]),
        ("disallow: /; allow: /*.php",
            &["/index.php", "/a/index.php?b", "//a/any.php.html", "/index.php/", "/index?f=a.php/"],
            &["/php/", "/index?php", "/windows.PHP"]),
        ("disallow: /; allow: /*.php$",
            &["/index.php", "/a/index.php"],
            &["/index.php?b", "/index.php/", "/index.php5", "/aphpa", "/windows.PHP"]),
        ("disallow: /; allow: /fish*.php", &["/fish.php", "/fishheads/catfish.php?b"], &["/Fish.PHP"]),
        // `$` elsewhere is a letter like others.
        ("disallow: /a$b; disallow: /c$d$; disallow: /$e*f", &["/a", "/ab", "/a/$b", "/c$d$", "/c$de"],
            &["/a$b", "/a$bc", "/a%24b", "/c$d", "/$e/f"]),
    ];
    for (text, allowed, forbidden) in cases {
        for path in allowed {
            assert!(allows(rules(text), path), "{text} allows {path}");
        }
        for path in forbidden {
            assert!(!allows(rules(text), path), "{text} forbids {path}");
        }
    }
}

/// Groups, and what they allow and forbid us, who are called `our` there. From the same source.
#[test]
fn a_group_is_for_those_whom_it_names() {
    #[rustfmt::skip]
    let cases: [(&str, &[&str], &[&str]); 12] = [
        ("", &["/"], &[]),
        // Before any group there are no rules, and an empty line ends none.
        ("allow: /a/\n\nuser-agent: OUR\ndisallow: /\nallow: /x/\nuser-agent: other\ndisallow: /\nallow: /y/\n\n\n\
            allow: /w/\nuser-agent: third\n\nuser-agent: OUR\nallow: /z/\ndisallow: /\n",
            &["/x/b", "/z/d"], &["/y/c", "/w/a", "/a/"]),
        ("user-agent: other\ndisallow: /\nallow: /y/\n\n\nallow: /w/\nuser-agent: third\n\nuser-agent: fourth\n\
            disallow: /z\n", &["/y", "/z"], &[]),
        ("user-agent: other\n\nuser-agent: OUR\nallow: /z/\ndisallow: /\n", &["/z/"], &["/y"]),
        // A name ends where it has to, and has no case.
        ("User-Agent: OUR BAR\nDisallow: /", &[], &["/x"]),
        ("User-Agent: our/2.1\nDisallow: /", &[], &["/x"]),
        ("User-Agent: our2\nDisallow: /a\nUser-Agent: ourselves\nDisallow: /b", &["/b"], &["/a"]),
        ("User-Agent: *\nDisallow: /\nUser-Agent: OUR bar\nAllow: /x/\nDisallow: /", &["/x/y"], &["/y"]),
        // Those for everybody are for those who have none of their own.
        ("user-agent: *\nallow: /\nuser-agent: OUR\ndisallow: /", &[], &["/x"]),
        ("user-agent: * # all\nallow: /a\ndisallow: /\nuser-agent: other\ndisallow: /a", &["/a"], &["/b"]),
        ("user-agent: other\nallow: /\nuser-agent: third\ndisallow: /", &["/x"], &[]),
        ("User-agent: *\nDisallow: /x/\nUser-agent: OUR\nDisallow: /y/", &["/x/page"], &["/y/page"]),
    ];
    for (text, allowed, forbidden) in cases {
        let text = text.replace("OUR", &USER_AGENT.to_uppercase()).replace("our", USER_AGENT);
        for path in allowed {
            assert!(allows(&text, path), "{text} allows {path}");
        }
        for path in forbidden {
            assert!(!allows(&text, path), "{text} forbids {path}");
        }
    }
}

#[test]
fn lines_end_in_any_way() {
    for end in ["\n", "\r\n", "\r", "\n\r\n"] {
        let robots = ["User-Agent: *", "Allow: /some/path", "", "", "Disallow: /"].join(end);
        assert!(allows(&robots, "/some/path") && !allows(&robots, "/else"), "{end:?}");
    }
}

#[test]
fn the_first_line_counts_after_a_mark_or_a_part_of_it() {
    for mark in [b"".as_slice(), b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"] {
        assert!(!allows([mark, b"User-Agent: *\nDisallow: /\n"].concat(), "/x"), "{mark:?}");
    }
}

#[test]
fn it_does_not_matter_how_a_path_is_written() {
    for (rule, path) in [
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/caf%c3%a9", "/caf\u{e9}"),
        ("/a%62c", "/abc"),
        ("/abc", "/%61bc"),
        ("/x%2Fy", "/x%2fy"),
        ("/%2A", "/*"),
        ("/cost%24", "/cost$"),
        ("/100%", "/100%"),
        ("/a b", "/a%20b"),
    ] {
        assert!(!allows(format!("User-agent: *\nDisallow: {rule}"), path), "{rule} {path}");
    }
    // A slash that is part of a name is another thing than one between two.
    assert!(allows("User-agent: *\nDisallow: /x%2Fy", "/x/y"));
    // The bytes are those that the server knows, whatever letters they are.
    assert!(!allows(b"User-agent: *\nDisallow: /caf\xe9", "/caf%E9"));
}

#[test]
fn utf_16_is_read_where_it_says_so() {
    let text = "\u{feff}User-agent: *\nDisallow: /caf\u{e9}\n";
    let little: Vec<_> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<_> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&little, &big] {
        assert!(!allows(bytes, "/caf%C3%A9") && allows(bytes, "/x"));
        assert!(Robots::read(&bytes[2..]).is_none());
    }
}

#[test]
fn what_is_no_text_forbids_everything() {
    // An empty file, compressed.
    assert!(Robots::read(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0").is_none());
    assert!(Robots::read(b"User-agent: *\nDisallow: /x\n\0").is_none());
    // An empty file, and a page that says in HTML that there is none.
    assert!(allows(b"", "/x") && allows("<!doctype html>\n<title>Not found</title>\t\u{c}", "/x"));
}

#[test]
fn of_a_large_one_the_beginning_counts() {
    let begin = "User-agent: *\nDisallow: /begin\n";
    let padding = "#".repeat(LARGEST - begin.len() - "\nAllow: /".len());
    // The last line is whole, or has one byte too many.
    let robots = format!("{begin}{padding}\nAllow: /beginning");
    assert!(!allows(&robots, "/begin") && !allows(&robots, "/beginning"));
    let robots = format!("{begin}{}\nDisallow: /x\nDisallow: /y\n", &padding[5..]);
    assert!(!allows(&robots, "/x") && allows(&robots, "/y"), "the last that fits");
    let robots = format!("{begin}{padding}\nAllow: /");
    assert!(allows(&robots, "/x") && !allows(robots, "/begin"), "all of it fits");

    let document = Document { bytes: format!("{begin}{padding}").into_bytes(), charset: None };
    let url = Url::parse("http://a.example/begin").expect("a URL");
    assert!(Robots::from_answer(&Answer::TooLarge(document)).is_some_and(|robots| !robots.allows(&url)));
}

#[test]
fn what_cannot_be_had_forbids_everything_and_what_is_not_there_nothing() {
    let url = Url::parse("http://a.example/").expect("a URL");
    for status in [400, 401, 403, 404, 410] {
        assert!(Robots::from_answer(&Answer::Refused(status)).is_some_and(|robots| robots.allows(&url)));
    }
    let busy = |status| Answer::Busy(status, std::time::Duration::ZERO);
    for answer in [
        Answer::Refused(429),
        Answer::Refused(500),
        Answer::Refused(503),
        busy(429),
        busy(503),
        Answer::TimedOut,
        Answer::BrokenOff,
        Answer::NotText,
        Answer::NoRoom,
    ] {
        assert!(Robots::from_answer(&answer).is_none(), "{answer:?}");
    }
}

#[test]
fn it_may_be_asked_for_itself() {
    assert!(allows("User-agent: *\nDisallow: /", "/robots.txt"));
}

#[test]
fn stars_are_matched_in_time() {
    let pattern = "/".to_owned() + &"*a".repeat(50) + "b$";
    assert!(!fits(pattern.as_bytes(), "/a".repeat(5_000).as_bytes()));
    assert!(fits(b"/*a*b$", b"/xxaxxbxxb"));
}
