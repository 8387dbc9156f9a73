//! What came back, and whether to try again.

use std::{error::Error, io, time::Duration};

use url::{Position, Url};

/// The largest page that is read, in bytes. RFC 9309 asks to read at least 500 KiB of robots.txt.
pub const LARGEST: usize = 512 * 1024;

/// The largest head of an answer, in bytes.
pub const LARGEST_HEAD: usize = 64 * 1024;

/// The most headers in it. ureq has this limit built in, so the others keep it too.
pub const MOST_HEADERS: usize = 128;

/// How often a page is asked for.
const ATTEMPTS: u32 = 3;

/// How often it is tried if it is ourselves who can't ask.
const ATTEMPTS_WITHOUT_ROOM: u32 = 20;

/// What a crawler calls itself, also where it looks for its name in robots.txt, which has room for letters, `-` and `_`.
pub const USER_AGENT: &str = "lesson-crawler";

/// The longest pause before the second attempt. It doubles for each attempt after that, [up to a limit](LAST_DOUBLING).
const PAUSE: Duration = Duration::from_millis(50);

/// How often that pause doubles.
const LAST_DOUBLING: u32 = 3;

/// Statuses of a server that may have an answer later.
const MAY_PASS: [u16; 4] = [429, 502, 503, 504];

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
    /// A connection that was broken off or refused, or that spoke no HTTP.
    BrokenOff,
    /// Nothing, or not all of it, in time.
    TimedOut,
    /// It could not be asked for: this process has no file descriptor left.
    NoRoom,
    /// The crawl was stopped before the answer was there.
    Stopped,
}

impl Answer {
    /// What the head of the answer for `url` says on its own; `None` if its body is worth reading.
    pub fn from_head(url: &Url, status: u16, location: Option<&str>, content_type: Option<&str>) -> Option<Self> {
        let is_text = content_type
            .and_then(|kind| kind.trim_start().get(.."text/".len()))
            .is_some_and(|kind| kind.eq_ignore_ascii_case("text/"));
        match (status, location) {
            // Whatever robots.txt is said to be, its rules count.
            (200..=299, _) if is_text || url.path() == "/robots.txt" => None,
            (200..=299, _) => Some(Self::NotText),
            (301 | 302 | 303 | 307 | 308, Some(location)) => Some(Self::Redirect(location.to_owned())),
            _ => Some(Self::Refused(status)),
        }
    }

    /// What it means that asking has failed with `error`, or with what that was caused by.
    pub fn from_error(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.downcast_ref().is_some_and(is_without_descriptors) {
                return Self::NoRoom;
            }
            cause = error.source();
        }
        Self::BrokenOff
    }
}

/// How often a page has been asked for, or could not be.
#[derive(Debug, Default)]
pub struct Attempts {
    failed: u32,
    without_room: u32,
}

impl Attempts {
    /// How long to wait before the next attempt, after one has brought this; `None` if there is to be no other.
    ///
    /// The pause is drawn anew each time, so that those who failed together don't come back together.
    pub fn pause_after(&mut self, answer: &Answer) -> Option<Duration> {
        let (count, most) = match answer {
            Answer::NoRoom => (&mut self.without_room, ATTEMPTS_WITHOUT_ROOM),
            Answer::BrokenOff | Answer::TimedOut => (&mut self.failed, ATTEMPTS),
            Answer::Refused(status) if MAY_PASS.contains(status) => (&mut self.failed, ATTEMPTS),
            _ => return None,
        };
        *count += 1;
        let longest = PAUSE * 2_u32.pow((*count - 1).min(LAST_DOUBLING));
        (*count < most).then(|| longest.mul_f64(fastrand::f64()))
    }
}

#[cfg(unix)]
fn is_without_descriptors(error: &io::Error) -> bool {
    use rustix::io::Errno;

    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// Other systems have no such limit, or one that nobody reaches.
#[cfg(not(unix))]
fn is_without_descriptors(_: &io::Error) -> bool {
    false
}

/// The host of a page, as its server is asked for it: with the port, if that is not the usual one.
pub fn host(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

/// What its server is asked for.
pub fn target(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("it is one")
    }

    #[test]
    fn a_head_says_whether_to_read_on() {
        for (status, location, kind, expected) in [
            (200, None, Some("text/html; charset=utf-8"), None),
            (200, None, Some("Text/HTML"), None),
            (203, None, Some("text/plain"), None),
            (200, None, Some("image/png"), Some(Answer::NotText)),
            (200, None, Some("té"), Some(Answer::NotText)),
            (200, None, None, Some(Answer::NotText)),
            (204, None, None, Some(Answer::NotText)),
            (301, Some("/there"), None, Some(Answer::Redirect("/there".into()))),
            (302, None, None, Some(Answer::Refused(302))),
            (404, Some("/there"), Some("text/html"), Some(Answer::Refused(404))),
        ] {
            assert_eq!(Answer::from_head(&url("http://a.example/"), status, location, kind), expected);
        }
        assert_eq!(Answer::from_head(&url("http://a.example/robots.txt"), 200, None, None), None);
    }

    #[test]
    fn a_missing_page_is_asked_for_once_and_a_broken_one_three_times() {
        let asked_for = |answer| {
            let mut attempts = Attempts::default();
            1 + (0..1_000).take_while(|_| attempts.pause_after(&answer).is_some()).count()
        };
        assert_eq!([Answer::Refused(404), Answer::TooLarge].map(asked_for), [1, 1]);
        assert_eq!([Answer::Refused(503), Answer::BrokenOff, Answer::TimedOut].map(asked_for), [3, 3, 3]);
        assert_eq!(asked_for(Answer::NoRoom), 20);
    }

    #[test]
    fn want_of_room_costs_none_of_the_attempts() {
        let mut attempts = Attempts::default();
        let brought =
            [Answer::NoRoom, Answer::NoRoom, Answer::NoRoom, Answer::TimedOut, Answer::NoRoom, Answer::BrokenOff];
        assert!(brought.iter().all(|answer| attempts.pause_after(answer).is_some()));
        assert_eq!(attempts.pause_after(&Answer::BrokenOff), None);
    }

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for _ in 0..100 {
            let mut attempts = Attempts::default();
            let pauses: Vec<_> = (1..20).filter_map(|_| attempts.pause_after(&Answer::NoRoom)).collect();
            assert!(pauses[0] <= PAUSE && pauses[1] <= 2 * PAUSE && pauses.iter().all(|&pause| pause <= 8 * PAUSE));
        }
    }

    #[cfg(unix)]
    #[test]
    fn want_of_descriptors_is_found_below_what_wraps_it() {
        let cause = io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        assert_eq!(Answer::from_error(&cause), Answer::NoRoom);
        assert_eq!(Answer::from_error(&io::Error::from(io::ErrorKind::ConnectionReset)), Answer::BrokenOff);
    }

    #[test]
    fn a_page_is_asked_for_by_host_port_and_query() {
        let page = url("http://A.example:80/x/../y?z=%41#part");
        assert_eq!((host(&page), target(&page)), ("a.example", "/y?z=%41"));
        assert_eq!(host(&url("http://a.example:8080/")), "a.example:8080");
        assert_eq!(target(&url("http://a.example?q")), "/?q");
    }
}
