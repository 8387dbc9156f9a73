//! Sockets and threads, and nothing else: what comes up to an empty line is taken for a request.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::SystemTime,
};

pub fn main() -> Result<(), String> {
    let listener = super::listen()?;
    loop {
        let (stream, _) = listener.accept().map_err(|error| format!("cannot accept: {error}"))?;
        let attended = thread::Builder::new().spawn(move || attend(stream));
        attended.map_err(|error| format!("cannot start a thread: {error}"))?;
    }
}

fn attend(mut stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; 8 * 1024];
    let mut length = 0;
    while let Ok(read @ 1..) = stream.read(&mut buffer[length..]) {
        length += read;
        if buffer[..length].ends_with(b"\r\n\r\n") {
            let date = httpdate::fmt_http_date(SystemTime::now());
            let text = super::TEXT;
            let (kind, size) = ("content-type: text/plain", text.len());
            let answer = format!("HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {size}\r\ndate: {date}\r\n\r\n{text}");
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
            length = 0;
        }
    }
}
