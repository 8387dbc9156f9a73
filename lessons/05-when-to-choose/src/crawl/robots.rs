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
    path: String,
}

impl Robots {
    /// What an answer to the request for robots.txt means. Where there is none, everything is allowed; where it can't be
    /// had, nothing.
    pub fn from_answer(answer: &Answer) -> Self {
        match answer {
            Answer::Text(text) => Self::parse(&String::from_utf8_lossy(text)),
            Answer::Refused(400..500) | Answer::Redirect(_) | Answer::NotText => Self::default(),
            _ => Self { rules: vec![Rule { allows: false, path: "/".to_owned() }] },
        }
    }

    /// The rules of all groups that name us; without one, those for everybody.
    fn parse(text: &str) -> Self {
        let (mut ours, mut everybodys) = (None::<Vec<Rule>>, Vec::new());
        let (mut is_ours, mut is_everybodys, mut names_agents) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split_once('#').map_or(line, |(line, _)| line);
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            if key == "user-agent" {
                // Several names in a row begin one group.
                if !std::mem::replace(&mut names_agents, true) {
                    (is_ours, is_everybodys) = (false, false);
                }
                is_ours |= value.eq_ignore_ascii_case(USER_AGENT);
                is_everybodys |= value == "*";
                if is_ours {
                    ours.get_or_insert_default();
                }
                continue;
            }
            names_agents = false;
            let allows = key == "allow";
            if !(allows || key == "disallow") || value.is_empty() {
                continue;
            }
            if is_ours {
                ours.get_or_insert_default().push(Rule { allows, path: value.to_owned() });
            }
            if is_everybodys {
                everybodys.push(Rule { allows, path: value.to_owned() });
            }
        }
        Self { rules: ours.unwrap_or(everybodys) }
    }

    /// Whether we may ask for `url`. The longest rule that fits decides, and between two of the same length the kinder.
    pub fn allows(&self, url: &Url) -> bool {
        let target = target(url);
        let fitting = self.rules.iter().filter(|rule| fits(rule.path.as_bytes(), target.as_bytes()));
        fitting.max_by_key(|rule| (rule.path.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
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
    }

    #[test]
    fn a_group_of_our_own_counts_and_no_other() {
        let robots = "user-agent: someone\nuser-agent: LESSON-05\ndisallow: /a\n\nuser-agent: *\ndisallow: /b\n";
        assert_eq!((allows(robots, "/a"), allows(robots, "/b")), (false, true));
        let robots = "user-agent: someone\ndisallow: /a\nuser-agent: *\ndisallow: /b\n";
        assert_eq!((allows(robots, "/a"), allows(robots, "/b")), (true, false));
    }

    #[test]
    fn what_cannot_be_had_forbids_everything_and_what_is_not_there_nothing() {
        let url = Url::parse("http://a.example/").expect("a URL");
        let allowed = |answer| Robots::from_answer(&answer).allows(&url);
        assert!(allowed(Answer::Refused(404)));
        for answer in [Answer::Refused(503), Answer::TimedOut, Answer::BrokenOff, Answer::TooLarge, Answer::NotAsked] {
            assert!(!allowed(answer));
        }
    }

    #[test]
    fn stars_are_matched_in_time() {
        let pattern = "/".to_owned() + &"*a".repeat(50) + "b$";
        assert!(!fits(pattern.as_bytes(), "/a".repeat(5_000).as_bytes()));
        assert!(fits(b"/*a*b$", b"/xxaxxbxxb"));
    }
}
