//! The time, as the loop and its timers see it.
//!
//! The real clock is the system's monotonic one. The virtual one stands still while tasks run. When none can go on, the
//! loop moves it to the next deadline instead of sleeping until then. So under it a program that sleeps for three
//! seconds takes none, every timer fires at exactly its time, and two runs of the same program are the same.
//!
//! What it can't do is wait for the world: time jumps also when another thread is about to call a waker.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(crate) enum Clock {
    /// The system's.
    Real,
    /// One that the loop moves, and what it shows.
    Virtual(Cell<Instant>),
}

impl Clock {
    /// A virtual clock that shows the time at which it was made.
    pub(crate) fn virtual_from_now() -> Self {
        Self::Virtual(Cell::new(Instant::now()))
    }

    pub(crate) fn now(&self) -> Instant {
        match self {
            Self::Real => Instant::now(),
            Self::Virtual(now) => now.get(),
        }
    }

    /// The time after that long. `None` if it lies beyond the end of the clock, and so will never come.
    pub(crate) fn after(&self, duration: Duration) -> Option<Instant> {
        self.now().checked_add(duration)
    }
}
