//! A browser's side of HTTP, as plain as can be.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Far longer than anything should take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// The value of this header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends these lines to this port of ours, and reads all that comes back.
pub fn exchange(port: u16, lines: &[&str]) -> Answer {
    let mut answer = Vec::new();
    send(port, lines).read_to_end(&mut answer).expect("the server answers in time");
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an answer has a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Asks for a path as a browser does.
pub fn get(port: u16, path: &str) -> Answer {
    exchange(port, &[&format!("GET {path} HTTP/1.1"), &format!("Host: 127.0.0.1:{port}"), "Connection: close"])
}

/// The news of new editions, as they come.
pub struct News(BufReader<TcpStream>);

impl News {
    pub fn of(port: u16) -> Self {
        let request = "GET /-serve/editions HTTP/1.1";
        News(BufReader::new(send(port, &[request, &format!("Host: 127.0.0.1:{port}")])))
    }

    /// Waits for the name of the next one.
    pub fn next(&mut self) -> String {
        loop {
            let mut line = String::new();
            let length = self.0.read_line(&mut line).expect("news comes in time");
            assert_ne!(length, 0, "the server has closed the connection");
            if let Some(name) = line.strip_prefix("data: ") {
                return name.trim().to_owned();
            }
        }
    }
}

fn send(port: u16, lines: &[&str]) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server takes connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time can be set");
    stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).expect("the server takes the request");
    stream
}
