//! Is it the server that limits a comparison? How many requests a second it serves, beside how many the clients ask for.
//!
//! First the server does not wait, so each client gets its answers as fast as the two of them can. The first client is
//! none at all: sockets that write a request and throw the answer away. It shows what the server can do, and the next
//! rows what the real clients can ask for, if a thousand downloads begin at once. The last rows are the largest cells of
//! `strategies`, with their delays. Where the server is the limit, it is busy all the time.
//!
//!     cargo run -p lesson-03 -- server-capacity

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use lesson_kit::{Column, Results};

use crate::{
    cell::{self, Measured},
    download_error::Cause,
    settings::Settings,
    slow_server::Network,
};

/// The client that is none.
pub const SOCKETS: &str = "bare sockets";

/// Each row: its name, its client, and whether the server waits as it does in `strategies`.
const ROWS: [(&str, &str, bool); 9] = [
    (SOCKETS, SOCKETS, false),
    ("threads", "threads", false),
    ("tokio", "tokio", false),
    ("async-std", "async-std", false),
    ("smol", "smol", false),
    ("threads with delays", "threads", true),
    ("tokio with delays", "tokio", true),
    ("async-std with delays", "async-std", true),
    ("smol with delays", "smol", true),
];

pub fn main() -> Result<(), Cause> {
    let settings = Settings::from_environment(1_000)?;
    let columns =
        [Column::of("served", "requests/s", 0), Column::of("server's CPU", "%", 0), Column::of("client's CPU", "%", 0)];
    let mut results = Results::new("client", ROWS.map(|(name, ..)| name), columns);
    for (name, client, waits) in ROWS {
        let network = if waits { settings.flawless_network() } else { Network::fast(settings.seed, 0.0) };
        let Measured { elapsed, cpu, server_cpu, .. } = cell::measure(client, settings.items, network)?;
        let seconds = elapsed.as_secs_f64();
        let share = |cpu: Option<Duration>| cpu.map(|cpu| cpu.as_secs_f64() / seconds * 100.0);
        results.row(name, [Some(f64::from(settings.items) / seconds), share(server_cpu), share(cpu)]);
    }
    Ok(())
}

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
