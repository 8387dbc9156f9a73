//! What a server says when it can't take on any more clients.

use std::{
    io::{self, Write},
    time::Duration,
};

use crate::limits;

/// How long to wait before the next try, when the system has nothing left for another connection.
pub const PAUSE: Duration = Duration::from_millis(50);

/// Says that accepting fails, and why, when it begins to, and that it works again, and nothing in between.
#[derive(Debug, Default)]
pub struct Accepting {
    lacks: Option<Lacking>,
    is_full: bool,
}

/// What the system has nothing left of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lacking {
    Descriptors,
    Threads,
}

impl Accepting {
    /// Notes that a connection was accepted, and will be served.
    pub fn works(&mut self) {
        if self.lacks.take().is_some() {
            say("accepting again");
        }
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
        self.lacks(Lacking::Descriptors, || {
            let limit = limits::descriptors().map_or_else(String::new, |most| format!(" (`ulimit -n` is {most})"));
            format!("cannot accept: {error}{limit}; who is connected is served on ({open}), others wait")
        });
        Some(PAUSE)
    }

    /// Notes that `error` came instead of a thread for a connection, while so many others are `open`, and what becomes of
    /// those that come now.
    pub fn lacks_thread(&mut self, error: &io::Error, open: u64, others: &str) {
        self.lacks(Lacking::Threads, || {
            let way_out = limits::how_to_have_more_threads();
            format!("there is no thread for another client: {error}; who is connected is served on ({open}), others {others}; {way_out}")
        });
    }

    /// Says it, unless it was the last that was said.
    fn lacks(&mut self, what: Lacking, sentence: impl FnOnce() -> String) {
        if self.lacks.replace(what) != Some(what) {
            say(&sentence());
        }
    }

    /// Notes that a connection must wait until one of `most` ends.
    pub fn is_full(&mut self, most: usize) {
        if !self.is_full {
            self.is_full = true;
            say(&format!(
                "all places are taken ({most}; CONNECTIONS sets how many there are); others wait for one to be free"
            ));
        }
    }
}

/// On standard error. Nobody there to read it is no reason to stop serving.
fn say(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}
