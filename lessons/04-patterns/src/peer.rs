//! The other end of the line, for variants whose work is to read from a socket.
//!
//! It is a thread with a blocking socket on loopback. It belongs to no lesson's subject, so it is the same for all.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use lesson_kit::Setting;

/// What it sends.
pub const NUMBERS: Setting<String> =
    Setting::text("NUMBERS", "what its peer sends, with spaces in between; try \"2 3 five\"").usual("2 3 5 7 11 14");

/// Starts a peer that sends its numbers to the first who connects, a line each, and then hangs up. Gives its address.
///
/// # Errors
///
/// If there is no port to listen on.
pub fn start() -> io::Result<SocketAddr> {
    serve(NUMBERS.value(), Duration::from_millis(250))
}

/// The same with these `numbers`, and a `pause` before each.
///
/// # Errors
///
/// If there is no port to listen on.
pub fn serve(numbers: String, pause: Duration) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        let (mut socket, _) = listener.accept()?;
        for number in numbers.split_whitespace() {
            thread::sleep(pause);
            // Whoever has hung up before the last number has its reasons.
            socket.write_all(format!("{number}\n").as_bytes())?;
        }
        Ok(())
    });
    Ok(address)
}

/// Reads what it sent.
///
/// # Errors
///
/// If `line` is no whole number, or a larger one than [`u32::MAX`].
pub fn number(line: &str) -> io::Result<u64> {
    line.parse::<u32>().map(u64::from).map_err(|_| {
        let why = format!(
            "the peer sent `{line}`, which is no whole number from 0 to {}; NUMBERS=\"2 3 5\" has it send three",
            u32::MAX
        );
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}
