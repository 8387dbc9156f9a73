//! What came back, and whether to try again.

use std::time::Duration;

use url::Url;

/// The largest page that is read, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// How often a page is asked for.
pub const ATTEMPTS: u32 = 3;

/// What a crawler calls itself, also where it looks for its name in robots.txt.
pub const USER_AGENT: &str = "lesson-05";

/// The longest pause before the second attempt. Before the third it is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// What an attempt has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A page, or robots.txt.
    Text(Vec<u8>),
    /// Something else, which was not read.
    NotText,
    /// Another place to ask at, as it stood in the answer.
    Redirect(String),
    /// A status that says no.
    Refused(u16),
    /// More than [`LARGEST`].
    TooLarge,
    /// A connection that was broken off, or that spoke no HTTP.
    BrokenOff,
    /// Nothing, or not all of it, in time.
    TimedOut,
    /// It was not asked for, since the crawl was stopped.
    NotAsked,
}

impl Answer {
    /// What the head of an answer says on its own; `None` if its body is worth reading.
    pub fn from_head(status: u16, location: Option<&str>, content_type: Option<&str>) -> Option<Self> {
        let is_text = content_type.is_some_and(|kind| kind.trim_start().starts_with("text/"));
        match (status, location) {
            (200, _) if is_text => None,
            (200, _) => Some(Self::NotText),
            (301 | 302 | 303 | 307 | 308, Some(location)) => Some(Self::Redirect(location.to_owned())),
            _ => Some(Self::Refused(status)),
        }
    }

    /// Whether another attempt may bring something better.
    pub fn is_worth_a_retry(&self) -> bool {
        matches!(self, Self::BrokenOff | Self::TimedOut | Self::Refused(429 | 503))
    }
}

/// How long to wait after attempt number `attempt` has failed. It is drawn anew each time, so that those who failed
/// together don't come back together.
pub fn backoff(attempt: u32) -> Duration {
    PAUSE.mul_f64(fastrand::f64()) * 2_u32.saturating_pow(attempt - 1)
}

/// The host of a page, as its server is asked for it.
pub fn host(url: &Url) -> &str {
    url.host_str().expect("only http URLs are crawled, and these have a host")
}

/// What its server is asked for.
pub fn target(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_whether_to_read_on() {
        for (status, location, kind, expected) in [
            (200, None, Some("text/html; charset=utf-8"), None),
            (200, None, Some("image/png"), Some(Answer::NotText)),
            (200, None, None, Some(Answer::NotText)),
            (301, Some("/there"), None, Some(Answer::Redirect("/there".into()))),
            (302, None, None, Some(Answer::Refused(302))),
            (404, Some("/there"), Some("text/html"), Some(Answer::Refused(404))),
        ] {
            assert_eq!(Answer::from_head(status, location, kind), expected);
        }
    }

    #[test]
    fn a_missing_page_is_asked_for_once() {
        assert!(!Answer::Refused(404).is_worth_a_retry());
        assert!(Answer::Refused(503).is_worth_a_retry());
        assert!((0..1_000).all(|_| backoff(2) <= 2 * PAUSE));
    }
}
