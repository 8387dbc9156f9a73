//! Requests, read from a socket that blocks.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::web::settings::{LONGEST_BODY, LONGEST_HEAD, MOST_HEADERS};

/// By which part of the client's time a timeout may ring late. To set it is a system call, so it is not done for less.
const TOLERANCE: u32 = 16;

/// How many bytes more are read from a client whose request is answered before its end. They are dropped, so many cost little,
/// and a client that looks for an answer now and then while it sends gets time to find it.
const MOST_DROPPED: usize = 16 * 1024 * 1024;

/// The head of a request, as far as it matters here.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// HTTP/1.1, and not 1.0.
    pub is_1_1: bool,
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

/// What has come instead of nothing.
#[derive(Debug)]
pub enum Received {
    Request(Request),
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
                    return Ok(Some(Received::Request(request)));
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
        loop {
            let (head, length) = loop {
                match httparse::parse_chunk_size(&self.buffer).map_err(|_| io::ErrorKind::InvalidData)? {
                    httparse::Status::Complete(found) => break found,
                    // What stands behind a size has no use here, and no right to be long.
                    httparse::Status::Partial if self.buffer.len() > LONGEST_HEAD => {
                        return Err(io::ErrorKind::InvalidData.into());
                    }
                    httparse::Status::Partial => self.fill_more(deadline)?,
                }
            };
            self.buffer.drain(..head);
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

    /// Headers can follow the last chunk, up to an empty line. Nobody here reads them.
    fn skip_trailers(&mut self, deadline: Instant) -> io::Result<()> {
        let mut skipped = 0;
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let line = self.buffer.drain(..=end).collect::<Vec<_>>();
                skipped += line.len();
                if line == b"\r\n" || line == b"\n" {
                    return Ok(());
                }
            } else if skipped + self.buffer.len() > LONGEST_HEAD {
                return Err(io::ErrorKind::InvalidData.into());
            } else {
                self.fill_more(deadline)?;
            }
        }
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
        Err(_) => return Err(400),
    };
    if length > LONGEST_HEAD {
        return Err(431);
    }
    let is_1_1 = parsed.version == Some(1);
    let mut request = Request {
        method: parsed.method.unwrap_or_default().into(),
        path: path(parsed.path.unwrap_or_default()).into(),
        is_1_1,
        keeps_alive: is_1_1,
        body: Framing::Length(0),
        expects_continue: false,
    };
    let mut content_length = None;
    let mut is_chunked = false;
    for header in parsed.headers {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        let tokens = || value.split(',').map(|token| token.trim().to_ascii_lowercase());
        match header.name.to_ascii_lowercase().as_str() {
            "connection" => {
                for token in tokens() {
                    request.keeps_alive = match token.as_str() {
                        "close" => false,
                        "keep-alive" => true,
                        _ => request.keeps_alive,
                    };
                }
            }
            "content-length" => {
                let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                let length = value.parse::<u64>().ok().filter(|_| is_number).ok_or(400_u16)?;
                // Two that differ are an attack: somebody on the way may believe the other one.
                if content_length.is_some_and(|other| other != length) {
                    return Err(400);
                }
                content_length = Some(length);
            }
            "transfer-encoding" => {
                // In HTTP/1.0 there is none, and a body that does not end in chunks has no end.
                if !is_1_1 || tokens().next_back().as_deref() != Some("chunked") {
                    return Err(400);
                }
                is_chunked = true;
            }
            "expect" => request.expects_continue = is_1_1 && value.eq_ignore_ascii_case("100-continue"),
            _ => {}
        }
    }
    request.body = if is_chunked { Framing::Chunked } else { Framing::Length(content_length.unwrap_or(0)) };
    // Both together are an attack too: read the body, and take nothing more from this connection.
    request.keeps_alive &= !(is_chunked && content_length.is_some());
    Ok(Some((request, length)))
}

/// The path of a request's target, which may be a whole URL.
fn path(target: &str) -> &str {
    let path = target.split_once("://").filter(|_| !target.starts_with('/')).map(|(_, rest)| rest);
    path.map_or(target, |rest| rest.find('/').map_or("/", |slash| &rest[slash..]))
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
        assert_eq!(framing("Transfer-Encoding: gzip, Chunked\r\n"), Ok(Framing::Chunked));
        for wrong in [
            "content-length: 1\r\ncontent-length: 2\r\n",
            "content-length: +1\r\n",
            "content-length: \r\n",
            "content-length: 99999999999999999999\r\n",
            "transfer-encoding: chunked, gzip\r\n",
        ] {
            assert_eq!(framing(wrong), Err(400), "{wrong}");
        }
    }

    #[test]
    fn takes_the_path_out_of_a_url() {
        assert_eq!(path("http://localhost:8080/health?x"), "/health?x");
        assert_eq!(path("http://localhost"), "/");
        assert_eq!(path("/a://b"), "/a://b");
    }
}
