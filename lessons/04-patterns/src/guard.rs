//! A thing that is acquired and must be released, whatever becomes of the one that holds it.
//!
//! In a real program it would be a connection, a lock or a half-written file. Here it can be counted, so that a variant
//! and its tests can say whether anything was left.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// Hands out guards, and knows how many of them are held. A clone counts the same guards.
#[derive(Debug, Clone, Default)]
pub struct Held(Arc<AtomicUsize>);

/// What is held. Dropping it releases it.
#[derive(Debug)]
pub struct Guard(Arc<AtomicUsize>);

impl Held {
    /// Acquires one.
    #[must_use]
    pub fn acquire(&self) -> Guard {
        self.0.fetch_add(1, SeqCst);
        Guard(Arc::clone(&self.0))
    }

    /// How many are held.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
