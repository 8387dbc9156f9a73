//! What a site doesn't want to be asked for: robots.txt, as RFC 9309 has it.

use url::Url;

use crate::crawl::answer::{Answer, USER_AGENT, target};

/// What robots.txt says to us.
#[derive(Debug, Default)]
pub struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    allows: bool,
    path: Vec<u8>,
}

impl Robots {
    /// What an answer to the request for robots.txt means. Where there is none, everything is allowed. `None` if it could
    /// not be had, and so nothing is allowed.
    pub fn from_answer(answer: &Answer) -> Option<Self> {
        match answer {
            Answer::Text(text) => Some(Self::parse(&String::from_utf8_lossy(text))),
            Answer::Refused(400..500) => Some(Self::default()),
            _ => None,
        }
    }

    /// The rules of all groups that name us; without one, those for everybody.
    fn parse(text: &str) -> Self {
        let (mut ours, mut everybodys) = (None::<Vec<Rule>>, Vec::new());
        let (mut is_ours, mut is_everybodys, mut names_agents) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
            let line = line.split_once('#').map_or(line, |(line, _)| line);
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    // Several names in a row begin one group.
                    if !std::mem::replace(&mut names_agents, true) {
                        (is_ours, is_everybodys) = (false, false);
                    }
                    is_ours |= product(value).eq_ignore_ascii_case(USER_AGENT);
                    is_everybodys |= value == "*";
                    if is_ours {
                        ours.get_or_insert_default();
                    }
                }
                "allow" | "disallow" => {
                    names_agents = false;
                    let rules = if is_ours { ours.as_mut() } else { None };
                    for rules in rules.into_iter().chain(is_everybodys.then_some(&mut everybodys)) {
                        // Nothing is what an empty rule is about.
                        if !value.is_empty() {
                            rules.push(Rule { allows: key == "allow", path: normal(value, true) });
                        }
                    }
                }
                // Whatever else there is stands for itself, and ends no group.
                _ => (),
            }
        }
        Self { rules: ours.unwrap_or(everybodys) }
    }

    /// Whether we may ask for `url`. The longest rule that fits decides, and between two of the same length the kinder.
    pub fn allows(&self, url: &Url) -> bool {
        let target = normal(target(url), false);
        let fitting = self.rules.iter().filter(|rule| fits(&rule.path, &target));
        let decides = fitting.max_by_key(|rule| (rule.path.len(), rule.allows));
        url.path() == "/robots.txt" || decides.is_none_or(|rule| rule.allows)
    }
}

/// The name in `Name/1.0`.
fn product(agent: &str) -> &str {
    let is_of_a_name = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
    agent.split(|c| !is_of_a_name(c)).next().unwrap_or_default()
}

/// A path in which everything is written in one way: what needs no `%` without it, the rest with it. In a `pattern`, `*`
/// and `$` have a meaning and stay; in a path, they stand for themselves, which a pattern writes with `%`.
fn normal(path: &str, is_pattern: bool) -> Vec<u8> {
    let mut rest = path.as_bytes();
    let mut normal = Vec::with_capacity(rest.len());
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|&digit| char::from(digit).to_digit(16));
        let encoded = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        rest = if encoded.is_some() { &after[2..] } else { after };
        let byte = encoded.unwrap_or(first);
        let stays = match encoded {
            Some(_) => byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            None => byte.is_ascii() && (is_pattern || !b"*$".contains(&byte)),
        };
        if stays {
            normal.push(byte);
        } else {
            normal.extend(format!("%{byte:02X}").bytes());
        }
    }
    normal
}

/// Whether `target` begins as `pattern` says. In it `*` stands for anything, and `$` at its end for the end.
fn fits(pattern: &[u8], target: &[u8]) -> bool {
    // Where to go on if what comes after the last star doesn't fit: take one more byte for the star.
    let (mut at, mut from, mut star) = (0, 0, None);
    loop {
        match pattern.get(at) {
            None => return true,
            Some(b'$') if at + 1 == pattern.len() && from == target.len() => return true,
            Some(b'*') => {
                at += 1;
                star = Some((at, from));
                continue;
            }
            Some(byte) if target.get(from) == Some(byte) => {
                at += 1;
                from += 1;
                continue;
            }
            Some(_) => (),
        }
        let Some((after, taken)) = star.filter(|&(_, taken)| taken < target.len()) else { return false };
        star = Some((after, taken + 1));
        (at, from) = (after, taken + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &str, path: &str) -> bool {
        Robots::parse(robots).allows(&Url::parse("http://a.example").and_then(|url| url.join(path)).expect("a URL"))
    }

    #[test]
    fn the_longest_rule_decides() {
        let robots = "User-agent: *\nDisallow: /private/\nAllow: /private/open\n Disallow : /*.zip$ # big\nDisallow:\n";
        for (path, allowed) in [
            ("/", true),
            ("/private", true),
            ("/private/x", false),
            ("/private/open/x", true),
            ("/a/b.zip", false),
            ("/a/b.zip?c", true),
        ] {
            assert_eq!(allows(robots, path), allowed, "{path}");
        }
        assert!(allows("User-agent: *\nDisallow: /x\nAllow: /x", "/x"));
        assert!(allows("User-agent: *\nDisallow: /", "/robots.txt"));
        assert!(!allows("User-agent: *\rDisallow: /x\r", "/x"));
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
        ] {
            assert!(!allows(&format!("User-agent: *\nDisallow: {rule}"), path), "{rule} {path}");
        }
        // A slash that is part of a name is another thing than one between two.
        assert!(allows("User-agent: *\nDisallow: /x%2Fy", "/x/y"));
    }

    #[test]
    fn a_group_of_our_own_counts_and_no_other() {
        let robots =
            "user-agent: someone\nuser-agent: LESSON-Crawler/2.0\ndisallow: /a\n\nuser-agent: *\ndisallow: /b\n";
        assert_eq!((allows(robots, "/a"), allows(robots, "/b")), (false, true));
        let robots = "user-agent: someone\ndisallow: /a\nuser-agent: *\ndisallow: /b\n";
        assert_eq!((allows(robots, "/a"), allows(robots, "/b")), (true, false));
        // Two groups of ours are one, and what is between two names ends nothing.
        let robots = "user-agent: lesson-crawler\nsitemap: x\nuser-agent: other\ndisallow: /a\n\n\
            user-agent: *\ndisallow: /\n\nuser-agent: lesson-crawler\ndisallow: /b\n";
        assert_eq!([allows(robots, "/a"), allows(robots, "/b"), allows(robots, "/c")], [false, false, true]);
        // A group without rules allows everything.
        assert!(allows("user-agent: *\ndisallow: /\n\nuser-agent: lesson-crawler\n", "/a"));
    }

    #[test]
    fn what_cannot_be_had_forbids_everything_and_what_is_not_there_nothing() {
        let url = Url::parse("http://a.example/").expect("a URL");
        assert!(Robots::from_answer(&Answer::Refused(404)).is_some_and(|robots| robots.allows(&url)));
        for answer in [Answer::Refused(503), Answer::TimedOut, Answer::BrokenOff, Answer::TooLarge, Answer::NoRoom] {
            assert!(Robots::from_answer(&answer).is_none());
        }
    }

    #[test]
    fn stars_are_matched_in_time() {
        let pattern = "/".to_owned() + &"*a".repeat(50) + "b$";
        assert!(!fits(pattern.as_bytes(), "/a".repeat(5_000).as_bytes()));
        assert!(fits(b"/*a*b$", b"/xxaxxbxxb"));
    }
}
