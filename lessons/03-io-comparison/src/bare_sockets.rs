//! A client that is hardly one: sockets that write a request and throw the answer away, to see what the server can do.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
};

use crate::download_error::Cause;

/// What `server_capacity` calls it.
pub const NAME: &str = "bare sockets";

/// How many of the bare sockets there are at once.
const AT_ONCE: u32 = 8;

/// Asks for all items, and counts the bytes that come.
pub fn ask_for_all(server: SocketAddr, items: u32) -> Result<usize, Cause> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|first| {
                let items = (first..items).step_by(AT_ONCE as usize);
                scope.spawn(move || items.map(|item| ask(server, item)).sum::<io::Result<usize>>())
            })
            .collect();
        let counts = threads.into_iter().map(|thread| thread.join().expect("it does not panic"));
        Ok(counts.sum::<io::Result<usize>>()?)
    })
}

fn ask(server: SocketAddr, item: u32) -> io::Result<usize> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(format!("GET /items/{item} HTTP/1.1\r\nHost: {server}\r\n\r\n").as_bytes())?;
    let mut buffer = [0; 16 * 1024];
    let mut total = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(total),
            length => total += length,
        }
    }
}
