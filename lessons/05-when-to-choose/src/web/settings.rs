//! What can be set from outside, and what is fixed: the limits that keep one client from taking everything.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use crate::{limits, listening, setting};

/// The longest head of a request, in bytes: its first line and its headers.
pub const LONGEST_HEAD: usize = 16 * 1024;

/// The most headers of a request. It is hyper's default, so only the threads have to be told.
pub const MOST_HEADERS: usize = 100;

/// The longest body of a request, in bytes.
pub const LONGEST_BODY: usize = 64 * 1024;

/// Where to listen without `LISTEN`.
const USUAL: SocketAddr = setting::here(8080);

/// The most connections that can be asked for.
const MOST_CONNECTIONS: usize = 1_000_000;

/// What can be set by environment variables.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Where to listen.
    listen: SocketAddr,
    /// The most connections at once.
    pub connections: usize,
    /// How long a client may take: until the head of its next request is there, from its connection or its last answer
    /// on; until the body is there, from the head on; and until it takes in more of an answer.
    pub patience: Duration,
    /// How long to go on for clients that are being served when the server is told to stop.
    pub drain: Duration,
}

impl Settings {
    /// Reads them, for a server on a runtime, before that starts. `most` is how many connections it can have at once.
    ///
    /// # Errors
    ///
    /// In one sentence, if one of them says nothing of use, or there are too few descriptors for a runtime.
    pub fn read(most: Option<u64>) -> Result<Self, String> {
        limits::enough_descriptors()?;
        Self::up_to(most)
    }

    fn up_to(most: Option<u64>) -> Result<Self, String> {
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(10_000);
        Ok(Self {
            listen: setting::address("LISTEN", USUAL)?.unwrap_or(USUAL),
            connections: setting::number("CONNECTIONS", 1..=MOST_CONNECTIONS, most)?,
            patience: setting::seconds("PATIENCE", 0.001, 30.0)?,
            drain: setting::seconds("DRAIN", 0.0, 5.0)?,
        })
    }

    /// The same for a server that needs a thread for each connection.
    pub fn read_for_threads() -> Result<Self, String> {
        let threads = limits::threads().map(|limit| limit.most);
        Self::up_to(limits::connections().into_iter().chain(threads).min())
    }

    /// Listens, and says where.
    ///
    /// # Errors
    ///
    /// In one sentence, if the address can't be had.
    pub fn listen(&self) -> Result<TcpListener, String> {
        let cannot = |error: io::Error| {
            format!("cannot listen on {} ({error}); LISTEN=127.0.0.1:0 takes any port that is free", self.listen)
        };
        let listener = listening::listen(self.listen).map_err(cannot)?;
        println!("listening on http://{}", listener.local_addr().map_err(cannot)?);
        Ok(listener)
    }
}
