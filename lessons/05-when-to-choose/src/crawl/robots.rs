//! What a site doesn't want to be asked for: robots.txt, as RFC 9309 has it.
//!
//! Two crates do the same. Neither takes `$` and `%` as the RFC does, which the tests below ask for.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use url::Url;

use crate::crawl::answer::{Answer, USER_AGENT, target};

/// So many bytes of robots.txt are read, and no rule after them. RFC 9309 wants this at least.
const LARGEST: usize = 500 * 1024;

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
    /// not be had, or not be read, and so nothing is allowed.
    pub fn from_answer(answer: &Answer) -> Option<Self> {
        match answer {
            Answer::Text(document) | Answer::TooLarge(document) => Self::read(&document.bytes),
            // That we have asked too often says nothing of what we may ask for.
            Answer::Refused(429) => None,
            Answer::Refused(400..500) => Some(Self::default()),
            _ => None,
        }
    }

    /// The rules in these bytes; `None` if they are no text. They are to be UTF-8, but a rule in any other charset that has
    /// ASCII in it means the same bytes in a URL.
    fn read(bytes: &[u8]) -> Option<Self> {
        let beginning = bytes.get(..LARGEST).unwrap_or(bytes);
        let mut text = match Encoding::for_bom(beginning) {
            Some((utf_16, _)) if [UTF_16LE, UTF_16BE].contains(&utf_16) => {
                Cow::Owned(utf_16.decode(beginning).0.into_owned().into_bytes())
            }
            _ => Cow::Borrowed(beginning),
        };
        if bytes.len() > LARGEST {
            // The line that is cut in two may have meant something else.
            let whole = text.iter().rposition(|byte| is_line_end(*byte)).unwrap_or(0);
            text = text[..whole].to_vec().into();
        }
        (!text.iter().copied().any(is_binary)).then(|| Self::parse(&text))
    }

    /// The rules of all groups that name us; without one, those for everybody.
    fn parse(mut text: &[u8]) -> Self {
        // The mark that some editors put in front of UTF-8, also if something has lost a part of it.
        for byte in b"\xef\xbb\xbf" {
            text = text.strip_prefix(&[*byte]).unwrap_or(text);
        }
        let (mut ours, mut everybodys) = (None::<Vec<Rule>>, Vec::new());
        let (mut is_ours, mut is_everybodys, mut names_agents) = (false, false, false);
        for line in text.split(|byte| is_line_end(*byte)) {
            let (key, value) = key_and_value(line);
            match key.to_ascii_lowercase().as_slice() {
                b"user-agent" => {
                    // Several names in a row begin one group.
                    if !std::mem::replace(&mut names_agents, true) {
                        (is_ours, is_everybodys) = (false, false);
                    }
                    is_ours |= product(value).eq_ignore_ascii_case(USER_AGENT.as_bytes());
                    is_everybodys |= value.split(u8::is_ascii_whitespace).next() == Some(b"*");
                    if is_ours {
                        ours.get_or_insert_default();
                    }
                }
                key @ (b"allow" | b"disallow") => {
                    names_agents = false;
                    let rules = if is_ours { ours.as_mut() } else { None };
                    for rules in rules.into_iter().chain(is_everybodys.then_some(&mut everybodys)) {
                        // Nothing is what an empty rule is about.
                        if !value.is_empty() {
                            rules.push(Rule { allows: key == b"allow", path: normal(value, true) });
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
        let target = normal(target(url).as_bytes(), false);
        let fitting = self.rules.iter().filter(|rule| fits(&rule.path, &target));
        let decides = fitting.max_by_key(|rule| (rule.path.len(), rule.allows));
        url.path() == "/robots.txt" || decides.is_none_or(|rule| rule.allows)
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Whether no text has this byte, as browsers see it: it is of something compressed, or of UTF-16 that doesn't say so.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31)
}

/// The two parts of a line, without its comment. The colon between them is often forgotten.
fn key_and_value(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let end = line.iter().position(|byte| *byte == b':' || byte.is_ascii_whitespace()).unwrap_or(line.len());
    let (key, value) = line.split_at(end);
    let value = value.trim_ascii_start();
    (key, value.strip_prefix(b":").unwrap_or(value).trim_ascii_start())
}

/// The name in `Name/1.0`.
fn product(agent: &[u8]) -> &[u8] {
    agent.split(|byte| !(byte.is_ascii_alphabetic() || b"-_".contains(byte))).next().unwrap_or_default()
}

/// A path in which everything is written in one way: what needs no `%` without it, the rest with it. In a pattern, `*` has
/// a meaning and stays, and so does `$` at its end; else they stand for themselves, which a pattern writes with `%`.
fn normal(path: &[u8], is_pattern: bool) -> Vec<u8> {
    let mut rest = path;
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
            None if byte == b'*' => is_pattern,
            None if byte == b'$' => is_pattern && rest.is_empty(),
            None => byte.is_ascii_graphic(),
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
mod tests;
