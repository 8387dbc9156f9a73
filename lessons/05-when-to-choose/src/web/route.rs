//! What the service answers.

use std::time::Duration;

use bytes::Bytes;
use hyper::{
    Response, Version,
    header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue},
};

use super::{content::Content, tally::InHand};

/// The longest that a client can have itself made to wait, in milliseconds.
const LONGEST_SLEEP: u32 = 10_000;

/// Up to where primes are counted on request. It takes a core a good part of a second, in a release build.
const MOST_PRIMES: u32 = 10_000_000;

/// How long a mixed request waits, as it would for another service.
pub const BACKEND: Duration = Duration::from_millis(20);

/// The most lines that are streamed on request.
const MOST_LINES: u32 = 100_000_000;

const HOME: &str = "<!doctype html><title>lesson 5</title><h1>One service, many servers</h1>\
<ul><li><a href=/health>health</a><li><a href=/sleep/50>wait for 50 ms</a>\
<li><a href=/primes/1000000>count the primes below a million</a><li><a href=/mixed/1000000>wait, and then count them</a><li><a href=/stream/1000>a thousand lines</a></ul>";

/// A request, as far as it decides what is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A page with links to the others.
    Home,
    /// That the service is there.
    Health,
    /// An answer that is worth waiting for.
    Sleep(Duration),
    /// How many primes there are below this number.
    Primes(u32),
    /// The same after a wait.
    Mixed(u32),
    /// The same as the one before, for a task that counts by itself.
    Naive(u32),
    /// So many lines, made while they are sent.
    Stream(u32),
    /// The body of the request.
    Echo,
    /// There is such a path, but not with this method.
    WrongMethod(&'static str),
    /// The path has a number that is none, or too large, or none at all.
    WrongNumber { most: u32 },
    /// There is no such path.
    Unknown,
}

impl Route {
    /// Reads the method and the path of a request. A query is ignored.
    pub fn of(method: &str, target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let rest = path.strip_prefix('/').unwrap_or_default();
        let (name, number) = rest.split_once('/').unwrap_or((rest, ""));
        let number = number.parse::<u32>().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()));
        let up_to = |most| number.filter(|&number| number <= most).ok_or(Self::WrongNumber { most });
        let route = match (path, name) {
            ("/", _) => Self::Home,
            ("/health", _) => Self::Health,
            ("/echo", _) => Self::Echo,
            (_, "sleep") => up_to(LONGEST_SLEEP)
                .map_or_else(|wrong| wrong, |milliseconds| Self::Sleep(Duration::from_millis(milliseconds.into()))),
            (_, "primes") => up_to(MOST_PRIMES).map_or_else(|wrong| wrong, Self::Primes),
            (_, "mixed") => up_to(MOST_PRIMES).map_or_else(|wrong| wrong, Self::Mixed),
            (_, "naive") => up_to(MOST_PRIMES).map_or_else(|wrong| wrong, Self::Naive),
            (_, "stream") => up_to(MOST_LINES).map_or_else(|wrong| wrong, Self::Stream),
            _ => return Self::Unknown,
        };
        match (route, method) {
            (Self::Echo, "POST" | "PUT") => route,
            (Self::Echo, _) => Self::WrongMethod("POST, PUT"),
            (_, "GET" | "HEAD") => route,
            _ => Self::WrongMethod("GET, HEAD"),
        }
    }

    /// Whether there is nothing to do for this request but to say so.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::WrongMethod(_) | Self::WrongNumber { .. } | Self::Unknown)
    }

    /// The answer, for every route that neither waits nor computes. `body` is that of the request.
    ///
    /// # Panics
    ///
    /// If this route waits or computes: how to do that differs between the servers.
    pub fn answer(self, body: Bytes) -> Reply {
        match self {
            Self::Home => Reply { content_type: "text/html", ..Reply::text(200, HOME) },
            Self::Health => Reply::text(200, "ok\n"),
            Self::Stream(lines) => Reply { content: Content::lines(lines), ..Reply::text(200, "") },
            Self::Echo => Reply { content_type: "application/octet-stream", ..Reply::text(200, body) },
            Self::WrongMethod(allowed) => Reply { allow: Some(allowed), ..Reply::text(405, "wrong method\n") },
            Self::WrongNumber { most } => Reply::text(400, format!("this takes a whole number from 0 to {most}\n")),
            Self::Unknown => Reply::text(404, "no such path; / has a list of them\n"),
            Self::Sleep(_) | Self::Primes(_) | Self::Mixed(_) | Self::Naive(_) => {
                unreachable!("the servers wait and compute for themselves")
            }
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status code of HTTP.
    pub status: u16,
    pub content_type: &'static str,
    /// For a wrong method: the right ones.
    pub allow: Option<&'static str>,
    /// The connection ends with this answer.
    pub closes: bool,
    pub content: Content,
}

impl Reply {
    fn text(status: u16, text: impl Into<Bytes>) -> Self {
        Self { status, content_type: "text/plain", allow: None, closes: false, content: Content::text(text.into()) }
    }

    /// After a nap.
    pub fn waited(time: Duration) -> Self {
        Self::text(200, format!("waited {} ms\n", time.as_millis()))
    }

    /// After the counting.
    pub fn primes(below: u32, count: usize) -> Self {
        Self::text(200, format!("{count} primes below {below}\n"))
    }

    /// The body of the request is longer than [`LONGEST_BODY`](super::settings::LONGEST_BODY). The rest of it is not read,
    /// so the connection can't go on.
    pub fn too_long() -> Self {
        Self { closes: true, ..Self::text(413, "that body is too long\n") }
    }

    /// The request names no host, or several, or what can't be one.
    pub fn wrong_host() -> Self {
        Self { closes: true, ..Self::text(400, "a request names one host\n") }
    }

    /// The request says how its body is coded, and that makes no sense.
    pub fn wrong_coding() -> Self {
        Self { closes: true, ..Self::text(400, "a body has one coding, and that is chunked\n") }
    }

    /// The body of the request has a coding that nobody here can undo.
    pub fn unknown_coding() -> Self {
        Self { closes: true, ..Self::text(501, "no coding but chunked is known here\n") }
    }

    /// The body of the request can't be read to its end.
    pub fn broken_body() -> Self {
        Self { closes: true, ..Self::text(400, "that body has no end\n") }
    }

    /// The client has taken too long to send its body.
    pub fn too_slow() -> Self {
        Self { closes: true, ..Self::text(408, "that took too long\n") }
    }

    /// The same for hyper, for a request of this version. `in_hand` counts it as answered once hyper has taken all of
    /// it; a HEAD request has it sent without its content.
    pub fn into_response(mut self, in_hand: InHand, is_head: bool, version: Version) -> Response<Content> {
        // HTTP/1.0 has no chunks. Without a length the content ends where the connection does.
        self.closes |= version == Version::HTTP_10 && self.content.length().is_none();
        self.content.counts_for(in_hand, is_head);
        let mut response = Response::new(self.content);
        *response.status_mut() = self.status.try_into().expect("these are status codes");
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(allow) = self.allow {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.closes {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            // To an answer of 1.1 hyper adds the `keep-alive` that a client of 1.0 has asked for.
            *response.version_mut() = version;
        }
        response
    }
}

/// Counts primes by crossing out multiples. It keeps a core busy, and its thread with it.
pub fn primes_below(end: u32) -> usize {
    let end = end as usize;
    let mut crossed_out = vec![false; end];
    let mut count = 0;
    for number in 2..end {
        if !crossed_out[number] {
            count += 1;
            (number * number..end).step_by(number).for_each(|multiple| crossed_out[multiple] = true);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_path() {
        assert_eq!(Route::of("GET", "/"), Route::Home);
        assert_eq!(Route::of("GET", "/health?verbose"), Route::Health);
        assert_eq!(Route::of("HEAD", "/sleep/50"), Route::Sleep(Duration::from_millis(50)));
        assert_eq!(Route::of("GET", "/primes/100"), Route::Primes(100));
        assert_eq!(Route::of("GET", "/mixed/100"), Route::Mixed(100));
        assert_eq!(Route::of("GET", "/naive/100"), Route::Naive(100));
        assert_eq!(Route::of("PUT", "/echo"), Route::Echo);
        assert_eq!(Route::of("DELETE", "/health"), Route::WrongMethod("GET, HEAD"));
        for path in ["/sleep", "/sleep/", "/sleep/-1", "/sleep/+1", "/sleep/10001", "/primes/4294967296", "/stream/x"] {
            assert!(matches!(Route::of("GET", path), Route::WrongNumber { .. }), "{path}");
        }
        assert_eq!(Route::of("GET", "/sleep/10001"), Route::WrongNumber { most: 10_000 });
        for path in ["", "*", "/nowhere", "//health", "/health/", "é"] {
            assert_eq!(Route::of("GET", path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn counts_primes() {
        assert_eq!([0, 1, 2, 3, 100, 1_000_000].map(primes_below), [0, 0, 0, 1, 25, 78_498]);
    }
}
