//! Answers, written to a socket that blocks.

use std::{
    io::{self, Write},
    net::TcpStream,
    time::{Duration, Instant, SystemTime},
};

use hyper::Method;

use super::request::Request;
use crate::web::{route::Reply, tally::InHand};

/// What stands between an answer and its client.
#[derive(Debug, Clone, Copy)]
pub struct Responder<'a> {
    stream: &'a TcpStream,
    /// How long the client may take until it takes in more of the answer.
    patience: Duration,
}

impl<'a> Responder<'a> {
    /// `stream` blocks, and gives up a write that has taken as long as `patience`.
    pub fn new(stream: &'a TcpStream, patience: Duration) -> Self {
        Self { stream, patience }
    }

    /// Refuses what is no request with this status code.
    ///
    /// # Errors
    ///
    /// If the client breaks the connection, or does not read.
    pub fn refuse(self, status: u16) -> io::Result<()> {
        self.write(&head(status, &[], Some(0), Some("close")))
    }

    /// Writes the answer `to` a request. Gives whether the connection goes on: it does
    /// not if the answer closes it, or has no other end than that.
    ///
    /// # Errors
    ///
    /// If the client breaks the connection, or does not read.
    pub fn send(self, mut reply: Reply, hand: InHand, to: &Request) -> io::Result<bool> {
        let length = reply.content.length();
        let mut headers = vec![("content-type", reply.content_type)];
        headers.extend(reply.allow.map(|allow| ("allow", allow)));
        let is_chunked = length.is_none() && to.is_1_1();
        if is_chunked {
            headers.push(("transfer-encoding", "chunked"));
        }
        // Without a length and without chunks, the content ends where the connection
        // does.
        let closes = reply.closes || (length.is_none() && !is_chunked);
        let connection = match (closes, to.is_1_1()) {
            (true, _) => Some("close"),
            (false, true) => None,
            (false, false) => Some("keep-alive"), // HTTP/1.0 has to be told.
        };
        let head = head(reply.status, &headers, length, connection);
        if to.head.method() == Method::HEAD {
            self.write(&head)?;
            reply.content.counts_for(hand, true);
            return Ok(!closes);
        }
        reply.content.counts_for(hand, false);
        let mut pending = head;
        for piece in reply.content {
            if is_chunked {
                write!(pending, "{:x}\r\n", piece.len())?;
            }
            pending.extend_from_slice(&piece);
            if is_chunked {
                pending.extend_from_slice(b"\r\n");
            }
            self.write(&pending)?;
            pending.clear();
        }
        if is_chunked {
            pending.extend_from_slice(b"0\r\n\r\n");
        }
        self.write(&pending)?;
        Ok(!closes)
    }

    /// Writes all of it, or fails when the client has not read for so long.
    fn write(self, mut bytes: &[u8]) -> io::Result<()> {
        let Self { mut stream, patience } = self;
        let deadline = Instant::now() + patience;
        let mut has_waited = false;
        while !bytes.is_empty() {
            match stream.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => bytes = &bytes[length..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if !bytes.is_empty() {
                // For the system a timeout is no failure if a part was written before
                // it. So the next call gets no more than what is left of the time.
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                stream.set_write_timeout(Some(left))?;
                has_waited = true;
            }
        }
        if has_waited {
            stream.set_write_timeout(Some(patience))?;
        }
        Ok(())
    }
}

/// The head of an answer with this status code, these headers and a date.
fn head(
    status: u16,
    headers: &[(&str, &str)],
    // Of the content, in bytes.
    length: Option<usize>,
    connection: Option<&str>,
) -> Vec<u8> {
    let reason = hyper::StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason()).unwrap_or("");
    let mut head = format!("HTTP/1.1 {status} {reason}\r\n").into_bytes();
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n"); // A Vec takes all that is written.
    }
    if let Some(length) = length {
        let _ = write!(head, "content-length: {length}\r\n");
    }
    if let Some(connection) = connection {
        let _ = write!(head, "connection: {connection}\r\n");
    }
    let date = httpdate::fmt_http_date(SystemTime::now());
    let _ = write!(head, "date: {date}\r\n\r\n");
    head
}
