//! What the service of the shutdown variants does on every runtime: a line with a number of milliseconds comes in, work that
//! takes so long is done, and a line goes out.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use lesson_kit::Setting;

/// Where to listen.
pub const LISTEN: Setting<SocketAddr> =
    Setting::address("LISTEN", "where to serve until a signal; without it, for customers of its own", "127.0.0.1:7777");

/// How long the work in flight may take after a signal. A deadline must fit into the system's clock.
pub const DRAIN: Setting<f64> =
    Setting::number("DRAIN", "how long it waits for what it has accepted", 0.0, 1e6).unit("seconds").usual("2");

/// No question is longer, in bytes. What follows is not read.
pub const LONGEST_QUESTION: u64 = 64;

/// What somebody hears whose work is given up.
pub const GIVEN_UP: &str = "given up\n";

/// How the service is run.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Where it listens.
    pub address: SocketAddr,
    /// When it stops by itself. It does that only where it has no customers but our own.
    pub closing_time: Option<Duration>,
    /// How long the work in flight may take once it has stopped.
    pub drain: Duration,
}

impl Settings {
    /// As they are set: with LISTEN it serves others until a signal comes, without it our own customers for a while.
    pub fn chosen() -> Self {
        let (address, closing_time) = match LISTEN.given() {
            None => (SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some(Duration::from_secs(3))),
            Some(address) => (address, None),
        };
        Self { address, closing_time, drain: Duration::from_secs_f64(DRAIN.value()) }
    }

    /// Makes an error of a port that can't be had a sentence with a way out.
    pub fn cannot_listen(&self, error: &io::Error) -> io::Error {
        let way_out = "LISTEN=127.0.0.1:0 takes any port that is free";
        io::Error::new(error.kind(), format!("cannot listen on {} ({error}); {way_out}", self.address))
    }
}

/// The time that a question asks for, or what to answer if it asks for none.
///
/// # Errors
///
/// If there is no question: the other end has hung up.
pub fn time_asked_for(question: &str) -> io::Result<Result<Duration, &'static str>> {
    if question.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let milliseconds = question.trim().parse::<u32>();
    Ok(milliseconds
        .map(|milliseconds| Duration::from_millis(milliseconds.into()))
        .map_err(|_| "send one line with a number of milliseconds\n"))
}

/// The answer to somebody whose work is done.
#[must_use]
pub fn answer(time: Duration) -> String {
    format!("worked for {} ms\n", time.as_millis())
}

/// Says what stopped the service: a signal, by its number, or closing time.
#[must_use]
pub fn reason(signal: Option<i32>) -> impl fmt::Display {
    match signal {
        Some(2) => "SIGINT",
        Some(15) => "SIGTERM",
        Some(_) => "a signal",
        None => "closing time",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_number_of_milliseconds() {
        assert_eq!(time_asked_for("20\r\n").ok(), Some(Ok(Duration::from_millis(20))));
        assert!(matches!(time_asked_for("soon\n"), Ok(Err(_))));
        assert!(matches!(time_asked_for("-1\n"), Ok(Err(_))));
        assert!(time_asked_for("").is_err());
    }
}
