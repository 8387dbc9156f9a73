//! What a server counts, so that it can account for all that it took on.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

/// The counts of a server. A clone counts for the same one.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    open: AtomicU64,
    requests: AtomicU64,
    answered: AtomicU64,
}

impl Tally {
    /// Counts a connection as open until what is returned is dropped.
    pub fn connected(&self) -> Open {
        self.0.connections.fetch_add(1, SeqCst);
        self.0.open.fetch_add(1, SeqCst);
        Open(self.clone())
    }

    /// How many connections are open.
    pub fn open(&self) -> u64 {
        self.0.open.load(SeqCst)
    }

    /// Counts a request that has been read up to its body.
    pub fn requested(&self) -> InHand {
        self.0.requests.fetch_add(1, SeqCst);
        InHand(self.clone())
    }
}

/// The last line of a server.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [connections, open, requests, answered] =
            [&self.0.connections, &self.0.open, &self.0.requests, &self.0.answered].map(|count| count.load(SeqCst));
        // Saturating, since the four are not read at the same moment.
        let lost = requests.saturating_sub(answered);
        write!(f, "requests: {requests}, answered: {answered}, not answered to the end: {lost}; ")?;
        write!(f, "connections: {connections}, cut off: {open}")
    }
}

/// A connection that is open until this is dropped.
#[derive(Debug)]
pub struct Open(Tally);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.0.open.fetch_sub(1, SeqCst);
    }
}

/// A request that has not been answered yet. One that is dropped never will be: its client has gone away, or was cut off.
#[derive(Debug)]
pub struct InHand(Tally);

impl InHand {
    /// All of the answer has been handed over.
    pub fn answered(self) {
        self.0.0.answered.fetch_add(1, SeqCst);
    }
}
