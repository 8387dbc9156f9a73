//! A client that can do what no decent one does.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

use crate::server::PATIENCE;

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    pub stream: TcpStream,
    /// What has come and was not asked for yet.
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// In lower case, as are their names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("it is text")
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    pub fn to(address: SocketAddr) -> Self {
        Self::connect(address).expect("the server listens")
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream.write_all(bytes.as_ref()).expect("the connection is open");
        self
    }

    /// Asks for a path, and gives the answer.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")).answer()
    }

    /// Says that nothing more will be sent.
    pub fn send_no_more(&mut self) -> &mut Self {
        // It may be gone already, which is for the reading to find out.
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Reads an answer.
    pub fn answer(&mut self) -> Answer {
        self.try_answer().expect("the connection is open").expect("there is an answer")
    }

    /// Reads an answer to anything but a HEAD request. Nothing, if the connection has ended before the first byte of one.
    ///
    /// An end in the middle of an answer is `UnexpectedEof`.
    pub fn try_answer(&mut self) -> io::Result<Option<Answer>> {
        let Some(head) = self.head()? else { return Ok(None) };
        let body = match (head.header("content-length"), head.header("transfer-encoding")) {
            (Some(length), None) => self.take(length.parse().expect("the length is a number"))?,
            (None, Some("chunked")) => self.chunks()?,
            (None, None) => self.rest()?,
            both => panic!("the answer has two lengths: {both:?}"),
        };
        Ok(Some(Answer { body, ..head }))
    }

    /// Reads the head of an answer.
    pub fn head(&mut self) -> io::Result<Option<Answer>> {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            if self.fill()? == 0 {
                return if self.buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        };
        let head: Vec<_> = self.buffer.drain(..end).collect();
        let head = std::str::from_utf8(&head).expect("a head is text");
        let mut lines = head.trim_end().split("\r\n");
        let first = lines.next().expect("there is a first line");
        let status = first.strip_prefix("HTTP/1.1 ").or(first.strip_prefix("HTTP/1.0 "));
        let status = status.and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or_else(|| panic!("{first:?}"));
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?}"));
            (name.to_ascii_lowercase(), value.trim().to_ascii_lowercase())
        });
        Ok(Some(Answer { status, headers: headers.collect(), body: Vec::new() }))
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(end) = self.buffer.windows(2).position(|bytes| bytes == b"\r\n") {
                    break self.take(end + 2)?;
                }
                if self.fill()? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let size = std::str::from_utf8(&line).ok().and_then(|line| usize::from_str_radix(line.trim_end(), 16).ok());
            let size = size.unwrap_or_else(|| panic!("{line:?} is no size of a chunk"));
            body.extend(self.take(size)?);
            assert_eq!(self.take(2)?, b"\r\n");
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Reads to the end of the connection.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        while self.fill()? > 0 {}
        Ok(std::mem::take(&mut self.buffer))
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut piece = [0; 16 * 1024];
        let length = self.stream.read(&mut piece)?;
        self.buffer.extend_from_slice(&piece[..length]);
        Ok(length)
    }
}

/// Asks whether the server is there, on a connection of its own.
pub fn health(address: SocketAddr) -> String {
    Client::to(address).get("/health").text().to_owned()
}

/// Whether a connection has ended in any way other than by a timeout.
pub fn has_ended(result: &io::Result<Vec<u8>>) -> bool {
    !matches!(result, Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
}
