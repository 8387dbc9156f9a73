//! A client that insists on what it gets.

use std::{
    io::{BufRead, BufReader, Read, Write},
    iter,
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use rustix::net::sockopt::{set_socket_linger, set_socket_recv_buffer_size};

/// No chat on this machine takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the chat listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
        stream.set_write_timeout(Some(PATIENCE)).expect("it is not zero");
        stream.set_nodelay(true).expect("it is connected");
        Self { stream: BufReader::new(stream) }
    }

    pub fn stream(&self) -> &TcpStream {
        self.stream.get_ref()
    }

    pub fn says(&mut self, line: &str) {
        self.sends(format!("{line}\n").as_bytes());
    }

    pub fn sends(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the chat reads");
    }

    /// Sends a request and gets its answer, so that everything sent before has been heard.
    pub fn is_heard(&mut self) {
        self.says("/to nobody-at-all are you there?");
        self.gets("! nobody here is called nobody-at-all");
    }

    /// The same when other lines may come in between, which it gives.
    pub fn is_heard_at_last(&mut self) -> Vec<String> {
        self.says("/to nobody-at-all are you there?");
        let next = || Some(self.line().expect("the chat goes on"));
        iter::from_fn(next).take_while(|line| line != "! nobody here is called nobody-at-all").collect()
    }

    /// The next line; `None` at the end.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).expect("a line or the end comes in time");
        (length > 0).then(|| line.strip_suffix('\n').expect("lines are whole").to_owned())
    }

    pub fn gets(&mut self, expected: &str) {
        assert_eq!(self.line().as_deref(), Some(expected));
    }

    pub fn gets_what_begins(&mut self, expected: &str) -> String {
        let line = self.line().unwrap_or_else(|| panic!("there is a line that begins with {expected:?}"));
        assert!(line.starts_with(expected), "{line:?} begins with {expected:?}");
        line
    }

    /// Lets the system take little for it that it has not read.
    pub fn has_little_room(self) -> Self {
        set_socket_recv_buffer_size(self.stream(), 16 * 1024).expect("it is a socket");
        self
    }

    /// Lets the system take more again. With little room it takes minutes to get what has gathered.
    pub fn has_much_room(&self) {
        set_socket_recv_buffer_size(self.stream(), 1024 * 1024).expect("it is a socket");
    }

    /// Says that it will send no more.
    pub fn closes_its_half(&mut self) {
        self.stream().shutdown(Shutdown::Write).expect("it is connected");
    }

    /// Everything to the end.
    pub fn rest(mut self) -> Vec<String> {
        let mut rest = Vec::new();
        while let Some(line) = self.line() {
            rest.push(line);
        }
        rest
    }

    /// Everything to the end, whatever it is; or what came before a reset.
    pub fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let _ = self.stream.read_to_end(&mut bytes);
        bytes
    }

    /// Vanishes: closing resets the connection.
    pub fn resets(self) {
        set_socket_linger(self.stream(), Some(Duration::ZERO)).expect("it is a socket");
    }
}
