//! What came back, and whether to try again.

use std::{
    error::Error,
    io, str,
    time::{Duration, SystemTime},
};

use hyper::http::{
    HeaderName, HeaderValue, Version,
    header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER, TRANSFER_ENCODING},
    response::Parts,
};
use percent_encoding::{AsciiSet, percent_encode};
use url::{Position, Url};

use crate::crawl::document::{Document, charset};

/// The largest page that is read, in bytes.
pub const LARGEST: usize = 512 * 1024;

/// The largest head of an answer, in bytes.
pub const LARGEST_HEAD: usize = 64 * 1024;

/// What the buffer of a client may grow to, in bytes. A client with a limit for the buffer alone would take a head that is
/// larger, or not, as the network cuts it into pieces.
pub const LARGEST_BUFFER: usize = 2 * LARGEST_HEAD;

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

/// Those with which it may say when.
const MAY_SAY_WHEN: [u16; 2] = [429, 503];

/// The longest that a server may ask us to wait. Who asks for more is not asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What an attempt has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A page, or robots.txt.
    Text(Document),
    /// Something else, which was not read.
    NotText,
    /// Another place to ask at, in ASCII.
    Redirect(String),
    /// A status that says no.
    Refused(u16),
    /// A status that says no for now, and for how long.
    Busy(u16, Duration),
    /// More than [`LARGEST`], of which this is the beginning.
    TooLarge(Document),
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
    pub fn from_head(url: &Url, head: &Parts) -> Option<Self> {
        let header = |name: HeaderName| head.headers.get(name).map(HeaderValue::as_bytes);
        // HTTP/1.0 has no chunks, so nobody can tell where such an answer ends (RFC 9112, section 6.1).
        if head.version == Version::HTTP_10 && header(TRANSFER_ENCODING).is_some() {
            return Some(Self::BrokenOff);
        }
        let is_text = header(CONTENT_TYPE)
            .and_then(|kind| kind.trim_ascii_start().get(..b"text/".len()))
            .is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/"));
        // We have asked for neither gzip nor the like.
        let is_plain = header(CONTENT_ENCODING).is_none_or(|coding| coding.eq_ignore_ascii_case(b"identity"))
            && header(TRANSFER_ENCODING).is_none_or(|coding| coding.eq_ignore_ascii_case(b"chunked"));
        match (head.status.as_u16(), header(LOCATION)) {
            // Whatever robots.txt is said to be, its rules count.
            (200..=299, _) if is_plain && (is_text || url.path() == "/robots.txt") => None,
            (200..=299, _) => Some(Self::NotText),
            // What is no ASCII goes back to the server as it came, byte for byte.
            (301 | 302 | 303 | 307 | 308, Some(location)) => {
                Some(Self::Redirect(percent_encode(location, &AsciiSet::EMPTY).to_string()))
            }
            (status, _) => {
                let after = header(RETRY_AFTER).filter(|_| MAY_SAY_WHEN.contains(&status)).and_then(wait);
                Some(after.map_or(Self::Refused(status), |after| Self::Busy(status, after)))
            }
        }
    }

    /// What it means that this body has come after this head, or so much of it as is more than [`LARGEST`].
    pub fn from_body(head: &Parts, mut bytes: Vec<u8>) -> Self {
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_too_large = bytes.len() > LARGEST;
        bytes.truncate(LARGEST);
        let document = Document { bytes, charset: kind.and_then(charset) };
        if is_too_large { Self::TooLarge(document) } else { Self::Text(document) }
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

/// How long a `Retry-After` asks to wait: it has seconds, or a date. `None` if it makes no sense.
fn wait(retry_after: &[u8]) -> Option<Duration> {
    let text = str::from_utf8(retry_after).ok()?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
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
    /// The pause is drawn anew each time, so that those who failed together don't come back together. It comes on top of
    /// what the server asks for.
    pub fn pause_after(&mut self, answer: &Answer) -> Option<Duration> {
        let wait = if let Answer::Busy(_, wait) = answer { *wait } else { Duration::ZERO };
        let (count, most) = match answer {
            Answer::NoRoom => (&mut self.without_room, ATTEMPTS_WITHOUT_ROOM),
            Answer::BrokenOff | Answer::TimedOut => (&mut self.failed, ATTEMPTS),
            Answer::Busy(..) if wait <= LONGEST_WAIT => (&mut self.failed, ATTEMPTS),
            Answer::Refused(status) if MAY_PASS.contains(status) => (&mut self.failed, ATTEMPTS),
            _ => return None,
        };
        *count += 1;
        let longest = PAUSE * 2_u32.pow((*count - 1).min(LAST_DOUBLING));
        (*count < most).then(|| wait + longest.mul_f64(fastrand::f64()))
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

    fn head(status: u16, headers: &[(&str, &[u8])]) -> Parts {
        let mut response = hyper::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(()).expect("it is one").into_parts().0
    }

    fn answer(status: u16, headers: &[(&str, &[u8])]) -> Option<Answer> {
        Answer::from_head(&url("http://a.example/"), &head(status, headers))
    }

    #[test]
    fn a_head_says_whether_to_read_on() {
        let html: (&str, &[u8]) = ("content-type", b"text/html");
        for (status, headers, expected) in [
            (200, vec![("content-type", b"text/html; charset=utf-8".as_slice())], None),
            (200, vec![("content-type", b"Text/HTML")], None),
            (203, vec![("content-type", b"text/plain")], None),
            (200, vec![("content-type", b"image/png")], Some(Answer::NotText)),
            (200, vec![("content-type", b"t\xe9")], Some(Answer::NotText)),
            (200, vec![], Some(Answer::NotText)),
            (204, vec![], Some(Answer::NotText)),
            (200, vec![html, ("content-encoding", b"identity")], None),
            (200, vec![html, ("content-encoding", b"gzip")], Some(Answer::NotText)),
            (200, vec![html, ("transfer-encoding", b"Chunked")], None),
            (200, vec![html, ("transfer-encoding", b"gzip, chunked")], Some(Answer::NotText)),
            (301, vec![("location", b"/there")], Some(Answer::Redirect("/there".into()))),
            (302, vec![], Some(Answer::Refused(302))),
            (404, vec![html, ("location", b"/there")], Some(Answer::Refused(404))),
        ] {
            assert_eq!(answer(status, &headers), expected, "{status} {headers:?}");
        }
        let robots = url("http://a.example/robots.txt");
        assert_eq!(Answer::from_head(&robots, &head(200, &[])), None);
        let compressed = head(200, &[("content-encoding", b"br")]);
        assert_eq!(Answer::from_head(&robots, &compressed), Some(Answer::NotText));
    }

    #[test]
    fn a_location_goes_back_as_it_came() {
        for (location, expected) in [
            ("/caf\u{e9}".as_bytes(), "/caf%C3%A9"),
            (b"/caf\xe9?q=\xfc", "/caf%E9?q=%FC"),
            (b"//a.example/100%?a=%62", "//a.example/100%?a=%62"),
        ] {
            assert_eq!(answer(302, &[("location", location)]), Some(Answer::Redirect(expected.into())));
        }
    }

    #[test]
    fn chunks_in_http_1_0_are_no_answer() {
        let mut head = head(200, &[("content-type", b"text/html"), ("transfer-encoding", b"chunked")]);
        head.version = Version::HTTP_10;
        assert_eq!(Answer::from_head(&url("http://a.example/"), &head), Some(Answer::BrokenOff));
    }

    #[test]
    fn a_server_may_say_when_to_come_again() {
        let seconds = Duration::from_secs;
        for (status, after, expected) in [
            (503, "7", Answer::Busy(503, seconds(7))),
            (429, "0", Answer::Busy(429, seconds(0))),
            (429, "99999999999999999999", Answer::Busy(429, seconds(u64::MAX))),
            (503, "Sun, 06 Nov 1994 08:49:37 GMT", Answer::Busy(503, seconds(0))),
            (503, "soon", Answer::Refused(503)),
            (503, "-1", Answer::Refused(503)),
            (503, "", Answer::Refused(503)),
            (502, "7", Answer::Refused(502)),
            (404, "7", Answer::Refused(404)),
        ] {
            assert_eq!(answer(status, &[("retry-after", after.as_bytes())]), Some(expected), "{status} {after}");
        }
        let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + seconds(3_600));
        let Some(Answer::Busy(503, wait)) = answer(503, &[("retry-after", in_an_hour.as_bytes())]) else {
            panic!("it is a date");
        };
        assert!(wait > seconds(3_000) && wait <= seconds(3_600), "{wait:?}");
    }

    #[test]
    fn a_server_is_not_asked_again_before_it_says_so() {
        let mut attempts = Attempts::default();
        let pauses: Vec<_> = (0..9).map_while(|_| attempts.pause_after(&Answer::Busy(503, LONGEST_WAIT))).collect();
        assert!(pauses.len() == 2 && pauses.iter().all(|pause| *pause >= LONGEST_WAIT), "{pauses:?}");
        let too_long = Answer::Busy(429, LONGEST_WAIT + Duration::from_secs(1));
        assert_eq!(Attempts::default().pause_after(&too_long), None);
    }

    #[test]
    fn the_beginning_of_a_large_body_is_kept() {
        let head = head(200, &[("content-type", b"text/html; charset=koi8-r")]);
        for (size, is_too_large) in [(LARGEST, false), (LARGEST + 1, true)] {
            let document = match (Answer::from_body(&head, vec![b'x'; size]), is_too_large) {
                (Answer::Text(document), false) | (Answer::TooLarge(document), true) => document,
                (other, _) => panic!("{size} bytes are {other:?}"),
            };
            assert_eq!((document.bytes.len(), document.charset), (LARGEST, Some(encoding_rs::KOI8_R)));
        }
    }

    #[test]
    fn a_missing_page_is_asked_for_once_and_a_broken_one_three_times() {
        let asked_for = |answer| {
            let mut attempts = Attempts::default();
            1 + (0..1_000).take_while(|_| attempts.pause_after(&answer).is_some()).count()
        };
        assert_eq!([Answer::Refused(404), Answer::NotText].map(asked_for), [1, 1]);
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
