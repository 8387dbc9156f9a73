//! What the service of the shutdown variants does on every runtime: a line with a number of milliseconds comes in, work that
//! takes so long is done, and a line goes out.

use std::{
    env, fmt, io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// The environment variable that names where to listen.
pub const LISTEN: &str = "LISTEN";

/// The environment variable that says how long the work in flight may take after a signal, in seconds.
pub const DRAIN: &str = "DRAIN";

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
    /// As the environment has it: with LISTEN it serves others until a signal comes, without it our own customers for a
    /// while.
    ///
    /// # Errors
    ///
    /// If the environment says something that is not understood.
    pub fn from_env() -> io::Result<Self> {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        let (address, closing_time) = match set(LISTEN) {
            None => (SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some(Duration::from_secs(3))),
            Some(address) => {
                let way_out = format!("write one with its port, such as {LISTEN}=127.0.0.1:7777");
                let parsed = address.parse();
                (parsed.map_err(|_| wrong(format!("{LISTEN}={address} is no address; {way_out}")))?, None)
            }
        };
        let drain = match set(DRAIN) {
            None => Duration::from_secs(2),
            Some(seconds) => {
                let time = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                // A deadline must fit into the system's clock.
                time.filter(|time| time.as_secs() <= 1_000_000).ok_or_else(|| {
                    wrong(format!("{DRAIN}={seconds} is no number of seconds; write one, such as {DRAIN}=2"))
                })?
            }
        };
        Ok(Self { address, closing_time, drain })
    }

    /// Makes an error of a port that can't be had a sentence with a way out.
    pub fn cannot_listen(&self, error: &io::Error) -> io::Error {
        let way_out = format!("{LISTEN}=127.0.0.1:0 takes any port that is free");
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
