//! What a server says when it can't take on any more clients.

use std::{
    io::{self, Write},
    time::Duration,
};

/// How long to wait before the next try, when the system has nothing left for another connection.
pub const PAUSE: Duration = Duration::from_millis(50);

/// Says that accepting fails when it begins to, and that it works again, and nothing in between.
#[derive(Debug, Default)]
pub struct Accepting {
    fails: bool,
    is_full: bool,
}

impl Accepting {
    /// Notes that a connection was accepted.
    pub fn works(&mut self) {
        if self.fails {
            say("accepting again");
        }
        self.fails = false;
    }

    /// Notes that `error` came instead of a connection, while so many are `open`. Gives how long to wait before the next
    /// try, if at all: a client that has gone before it was accepted is no reason to.
    pub fn failed(&mut self, error: &io::Error, open: u64) -> Option<Duration> {
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
        ) {
            return None;
        }
        if !self.fails {
            self.fails = true;
            let limit =
                crate::limits::descriptors().map_or_else(String::new, |most| format!(" (`ulimit -n` is {most})"));
            say(&format!("cannot accept: {error}{limit}; who is connected is served on ({open}), others wait"));
        }
        Some(PAUSE)
    }

    /// Notes that a connection must wait until one of `most` ends.
    pub fn is_full(&mut self, most: usize) {
        if !self.is_full {
            self.is_full = true;
            say(&format!("there is room for no more connections (CONNECTIONS={most}); others wait for one to end"));
        }
    }
}

/// On standard error. Nobody there to read it is no reason to stop serving.
fn say(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}
