//! Requests, read from a socket that blocks.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use hyper::{
    HeaderMap, Method, Uri, Version,
    header::{CONNECTION, CONTENT_LENGTH, EXPECT, HeaderName, HeaderValue, TRANSFER_ENCODING},
};

use crate::web::settings::{LONGEST_BODY, LONGEST_HEAD, MOST_HEADERS};

/// By which part of the client's time a timeout may ring late. To set it is a system call, so it is not done for less.
const TOLERANCE: u32 = 16;

/// How many bytes more are read from a client whose request is answered before its end. They are dropped, so many cost little,
/// and a client that looks for an answer now and then while it sends gets time to find it.
const MOST_DROPPED: usize = 16 * 1024 * 1024;

/// The most digits that say how long a chunk is, unless some of them are for nothing.
const DIGITS_OF_A_SIZE: usize = 16;

/// A request, without its body.
#[derive(Debug)]
pub struct Request {
    /// As hyper would give it.
    pub head: hyper::Request<()>,
    /// The client wants the connection to go on.
    pub keeps_alive: bool,
    body: Framing,
    /// The client waits for a word before it sends its body.
    expects_continue: bool,
}

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
}

impl Request {
    /// Whether its client knows HTTP/1.1, and not 1.0 alone.
    pub fn is_1_1(&self) -> bool {
        self.head.version() > Version::HTTP_10
    }
}

/// What has come instead of nothing.
#[derive(Debug)]
pub enum Received {
    Request(Box<Request>),
    /// Something that is no request, or too long a one. The status code says which.
    Refused(u16),
}

/// Reads one request after another.
#[derive(Debug)]
pub struct RequestReader<'a> {
    stream: BufReader<&'a TcpStream>,
    patience: Duration,
    /// The timeout for reading that the socket has.
    timeout: Duration,
    /// What has been read and not been used yet.
    buffer: Vec<u8>,
}

impl<'a> RequestReader<'a> {
    pub fn new(stream: &'a TcpStream, patience: Duration) -> Self {
        Self { stream: BufReader::new(stream), patience, timeout: Duration::ZERO, buffer: Vec::new() }
    }

    /// Whether nothing of the next request has been read.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Reads the next head. Gives nothing if the client has said goodbye between two requests. Calls `has_begun` when
    /// something of it has come.
    ///
    /// # Errors
    ///
    /// If the client leaves in the middle, or takes longer than it may.
    pub fn read(&mut self, has_begun: impl Fn()) -> io::Result<Option<Received>> {
        let deadline = Instant::now() + self.patience;
        let mut has_begun = Some(has_begun).filter(|_| self.buffer.is_empty());
        loop {
            // Empty lines before a request are allowed, and the parser skips them.
            match parse(&self.buffer) {
                Ok(Some((request, length))) => {
                    self.buffer.drain(..length);
                    return Ok(Some(Received::Request(Box::new(request))));
                }
                Err(status) => return Ok(Some(Received::Refused(status))),
                Ok(None) if self.buffer.len() > LONGEST_HEAD => return Ok(Some(Received::Refused(431))),
                Ok(None) => {}
            }
            if self.fill(deadline)? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            if let Some(has_begun) = has_begun.take() {
                has_begun();
            }
        }
    }

    /// Reads the body that belongs to `request`.
    ///
    /// # Errors
    ///
    /// `FileTooLarge` if it is longer than allowed, `InvalidData` if its chunks make no sense, a timeout at the `deadline`,
    /// and whatever happens to the connection.
    pub fn read_body(&mut self, request: &Request, deadline: Instant) -> io::Result<Vec<u8>> {
        if request.body == Framing::Length(0) {
            return Ok(Vec::new());
        }
        let too_long = matches!(request.body, Framing::Length(length) if length > LONGEST_BODY as u64);
        if request.expects_continue && !too_long && self.buffer.is_empty() {
            self.stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        match request.body {
            Framing::Length(length) => {
                let length = usize::try_from(length).ok().filter(|_| !too_long).ok_or(io::ErrorKind::FileTooLarge)?;
                self.take(length, deadline)
            }
            Framing::Chunked => self.read_chunks(deadline),
        }
    }

    /// Reads and drops what the client still sends, until it closes the connection or has sent too much.
    ///
    /// # Errors
    ///
    /// If the client breaks the connection, or takes longer than it may.
    pub fn drop_rest(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + self.patience;
        let mut dropped = 0;
        while dropped < MOST_DROPPED {
            self.buffer.clear();
            match self.fill(deadline)? {
                0 => break,
                length => dropped += length,
            }
        }
        Ok(())
    }

    fn read_chunks(&mut self, deadline: Instant) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        // What stands behind the sizes has no use here, and no right to be long.
        let mut room = LONGEST_HEAD;
        loop {
            let line = self.take_line(deadline)?;
            let length = chunk_size(&line).ok_or(io::ErrorKind::InvalidData)?;
            let beside = line.len().saturating_sub(DIGITS_OF_A_SIZE);
            room = room.checked_sub(beside).ok_or(io::ErrorKind::InvalidData)?;
            if length == 0 {
                self.skip_trailers(deadline)?;
                return Ok(body);
            }
            // Of a chunk that is too long, no more than shows that it is.
            let room = LONGEST_BODY + 1 - body.len();
            body.extend(self.take(usize::try_from(length).map_or(room, |length| length.min(room)), deadline)?);
            if body.len() > LONGEST_BODY {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            if self.take(2, deadline)? != b"\r\n" {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// Headers can follow the last chunk, up to an empty line. They have no use here,
    /// but have to be headers: anything else may be meant as the next request.
    fn skip_trailers(&mut self, deadline: Instant) -> io::Result<()> {
        let mut trailers = Vec::new();
        while !trailers.ends_with(b"\r\n\r\n") && trailers != b"\r\n" {
            trailers.extend(self.take_line(deadline)?);
            trailers.extend_from_slice(b"\r\n");
            if trailers.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        match httparse::parse_headers(&trailers, &mut headers) {
            Ok(httparse::Status::Complete(_)) => Ok(()),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Takes the next line of a chunked body, without its end, which has to be CR and
    /// LF: where less is a line's end to one program and not to another, they disagree
    /// about what follows.
    fn take_line(&mut self, deadline: Instant) -> io::Result<Vec<u8>> {
        let end = loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                break end;
            }
            if self.buffer.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.fill_more(deadline)?;
        };
        let line: Vec<_> = self.buffer.drain(..=end).collect();
        let line = line.strip_suffix(b"\r\n").filter(|line| !line.contains(&b'\r'));
        line.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Takes so many bytes off what has been read, and reads what is missing.
    fn take(&mut self, length: usize, deadline: Instant) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.fill_more(deadline)?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Reads something. The end, here, comes too early.
    fn fill_more(&mut self, deadline: Instant) -> io::Result<()> {
        if self.fill(deadline)? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Reads what there is, and waits until there is something. The deadline is for all reads of a head or a body
    /// together: a client that sends a byte now and then doesn't get more time by that.
    fn fill(&mut self, deadline: Instant) -> io::Result<usize> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let latest = left + self.patience / TOLERANCE;
        if !(left..=latest).contains(&self.timeout) {
            self.stream.get_ref().set_read_timeout(Some(latest))?;
            self.timeout = latest;
        }
        loop {
            match self.stream.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let piece = read?;
                    let length = piece.len();
                    self.buffer.extend_from_slice(piece);
                    self.stream.consume(length);
                    return Ok(length);
                }
            }
        }
    }
}

/// The number of bytes in a chunk that begins with this line.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = std::str::from_utf8(line.split(|&byte| byte == b';').next()?).ok()?;
    let size = size.trim_end_matches([' ', '\t']);
    // There would be room for a sign otherwise.
    let is_number = size.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(size, 16).ok().filter(|_| is_number)
}

/// The request at the beginning of `bytes` and the length of its head, or nothing if there is more to come.
///
/// # Errors
///
/// The status code that refuses it.
fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, u16> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(httparse::Error::Version) => return as_1_1(bytes).map_or(Err(400), |bytes| parse(&bytes)),
        Err(_) => return Err(400),
    };
    if length > LONGEST_HEAD {
        return Err(431);
    }
    let head = head(&parsed).ok_or(400_u16)?;
    let (version, headers) = (head.version(), head.headers());
    let content_length = content_length(headers)?;
    let is_chunked = headers.contains_key(TRANSFER_ENCODING);
    let body = if is_chunked { Framing::Chunked } else { Framing::Length(content_length.unwrap_or(0)) };
    // Both together are an attack: read the body, and take nothing more from this
    // connection.
    let keeps_alive = keeps_alive(version, headers) && !(is_chunked && content_length.is_some());
    let mut expectations = headers.get_all(EXPECT).iter();
    let expects_continue =
        version > Version::HTTP_10 && expectations.any(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
    Ok(Some((Request { head, keeps_alive, body, expects_continue }, length)))
}

/// The same request in HTTP/1.1, if it is in a later HTTP/1: a server answers as well
/// as it can (RFC 9110, 2.5).
fn as_1_1(bytes: &[u8]) -> Option<Vec<u8>> {
    const HTTP_1: &[u8] = b" HTTP/1.";
    let minor = bytes.windows(HTTP_1.len()).position(|bytes| bytes == HTTP_1)? + HTTP_1.len();
    let is_later = matches!(bytes.get(minor)?, b'2'..=b'9');
    is_later.then(|| [&bytes[..minor], b"1", &bytes[minor + 1..]].concat())
}

/// What was parsed, as hyper would give it. Nothing if hyper would not have it.
fn head(parsed: &httparse::Request<'_, '_>) -> Option<hyper::Request<()>> {
    let target = parsed.path?;
    // A client keeps the fragment of a URL to itself.
    if target.contains('#') {
        return None;
    }
    let mut head = hyper::Request::new(());
    *head.method_mut() = Method::from_bytes(parsed.method?.as_bytes()).ok()?;
    *head.uri_mut() = Uri::try_from(target).ok()?;
    *head.version_mut() = if parsed.version? == 1 { Version::HTTP_11 } else { Version::HTTP_10 };
    for header in &*parsed.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        head.headers_mut().append(name, HeaderValue::from_bytes(header.value).ok()?);
    }
    Some(head)
}

/// How long the body is said to be.
///
/// # Errors
///
/// The status code that refuses it.
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, u16> {
    let mut content_length = None;
    for value in headers.get_all(CONTENT_LENGTH) {
        let value = value.to_str().map_err(|_| 400_u16)?.trim_matches([' ', '\t']);
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let length = value.parse::<u64>().ok().filter(|_| is_number).ok_or(400_u16)?;
        // Two that differ are an attack: somebody on the way may believe the other one.
        if content_length.is_some_and(|other| other != length) {
            return Err(400);
        }
        content_length = Some(length);
    }
    Ok(content_length)
}

/// Whether the client wants the connection to go on. If it says both, it ends (RFC
/// 9112, 9.3).
fn keeps_alive(version: Version, headers: &HeaderMap) -> bool {
    let says = |option: &str| {
        let mut values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        let is_it = |token: &str| token.trim_matches([' ', '\t']).eq_ignore_ascii_case(option);
        values.any(|value| value.split(',').any(is_it))
    };
    !says("close") && (version > Version::HTTP_10 || says("keep-alive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(headers: &str) -> Result<Framing, u16> {
        let head = format!("POST /echo HTTP/1.1\r\n{headers}\r\n");
        parse(head.as_bytes()).map(|request| request.expect("it is whole").0.body)
    }

    #[test]
    fn knows_how_long_a_body_is() {
        assert_eq!(framing(""), Ok(Framing::Length(0)));
        assert_eq!(framing("Content-Length: 12\r\n"), Ok(Framing::Length(12)));
        assert_eq!(framing("content-length: 12\r\nCONTENT-LENGTH: 12\r\n"), Ok(Framing::Length(12)));
        assert_eq!(framing("Transfer-Encoding: Chunked\r\n"), Ok(Framing::Chunked));
        for wrong in [
            "content-length: 1\r\ncontent-length: 2\r\n",
            "content-length: +1\r\n",
            "content-length: \r\n",
            "content-length: 99999999999999999999\r\n",
            "content-length: \u{a0}1\r\n",
        ] {
            assert_eq!(framing(wrong), Err(400), "{wrong}");
        }
    }

    #[test]
    fn knows_how_long_a_chunk_is() {
        let sizes = ["5", "1F", "00a ;b=c", "5\t", "ffffffffffffffff"].map(|line| chunk_size(line.as_bytes()));
        assert_eq!(sizes, [5, 31, 10, 5, u64::MAX].map(Some));
        for wrong in ["", ";a", " 5", "+5", "-5", "0x5", "5_0", "5 5", "\u{a0}5", "10000000000000000"] {
            assert_eq!(chunk_size(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
