//! What becomes of everything that a service has accepted.
//!
//! Whoever is accepted gets an entry, and an entry ends in one of three ways, or is still open. So the sum always adds up,
//! whatever becomes of the task that holds it.

use std::{
    fmt::{self, Display},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

/// The account of a service. A clone is the same account.
#[derive(Debug, Clone, Default)]
pub struct Account(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicUsize,
    answered: AtomicUsize,
    given_up: AtomicUsize,
    hung_up: AtomicUsize,
}

/// Somebody who was accepted. Dropping it gives them up.
#[derive(Debug)]
pub struct Entry {
    account: Account,
    is_closed: bool,
}

impl Account {
    /// Opens an entry.
    #[must_use]
    pub fn accept(&self) -> Entry {
        self.0.accepted.fetch_add(1, SeqCst);
        Entry { account: self.clone(), is_closed: false }
    }

    /// How many have their answer.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.0.answered.load(SeqCst)
    }

    /// How many entries are open.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        // In this order: an entry that is opened and closed in between must not make the sum negative.
        let closed = [&self.0.answered, &self.0.given_up, &self.0.hung_up].map(|count| count.load(SeqCst));
        self.0.accepted.load(SeqCst) - closed.into_iter().sum::<usize>()
    }
}

impl Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { accepted, answered, given_up, hung_up } = &*self.0;
        let [answered, given_up, hung_up, accepted] =
            [answered, given_up, hung_up, accepted].map(|count| count.load(SeqCst));
        let open = accepted - answered - given_up - hung_up;
        write!(
            f,
            "{accepted} accepted: {answered} answered, {given_up} given up, {hung_up} hung up, {open} left behind"
        )
    }
}

impl Entry {
    /// Closes it: the answer has been sent.
    pub fn answered(mut self) {
        self.close(|counts| &counts.answered);
    }

    /// Closes it: the other end has gone.
    pub fn hung_up(mut self) {
        self.close(|counts| &counts.hung_up);
    }

    fn close(&mut self, counter: impl Fn(&Counts) -> &AtomicUsize) {
        self.is_closed = true;
        counter(&self.account.0).fetch_add(1, SeqCst);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.is_closed {
            self.close(|counts| &counts.given_up);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_adds_up_whatever_becomes_of_the_entries() {
        let account = Account::default();
        account.accept().answered();
        account.accept().hung_up();
        drop(account.accept());
        let open = account.accept();
        assert_eq!((account.answered(), account.in_flight()), (1, 1));
        assert_eq!(account.to_string(), "4 accepted: 1 answered, 1 given up, 1 hung up, 1 left behind");
        drop(open);
        assert_eq!(account.to_string(), "4 accepted: 1 answered, 2 given up, 1 hung up, 0 left behind");
    }
}
