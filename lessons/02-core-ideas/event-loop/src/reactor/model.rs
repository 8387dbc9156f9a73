//! The reactor in loom's models, which can't look into the operating system.
//!
//! It has no sockets. What is left is what other threads have to do with: a place to sleep in, and a bell. Of the
//! system's one property matters, that the bell sounds until it is heard, also when it was rung before the wait.

use std::{
    io,
    sync::{Arc, PoisonError},
    time::Duration,
};

use loom::sync::{Condvar, Mutex};

pub(crate) struct Reactor {
    bell: Arc<Bell>,
}

/// What stands for the system's.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    sounds: Mutex<bool>,
    rung: Condvar,
}

impl Bell {
    #[allow(clippy::unnecessary_wraps, reason = "the system's can fail")]
    pub(crate) fn wake(&self) -> io::Result<()> {
        *self.sounds.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.rung.notify_one();
        Ok(())
    }
}

impl Reactor {
    #[allow(clippy::unnecessary_wraps, reason = "the system's can fail")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { bell: Arc::default() })
    }

    pub(crate) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// No model has timers, so the limit is zero, or there is none.
    pub(crate) fn wait(&self, limit: Option<Duration>) {
        let mut sounds = self.bell.sounds.lock().unwrap_or_else(PoisonError::into_inner);
        while !*sounds && limit.is_none() {
            sounds = self.bell.rung.wait(sounds).unwrap_or_else(PoisonError::into_inner);
        }
        *sounds = false;
    }

    #[allow(clippy::unused_self, reason = "without sockets there are none to wake")]
    pub(crate) fn wake_all(&self) {}

    #[allow(clippy::unused_self, reason = "without sockets there is none")]
    pub(crate) fn renew_budget(&self) {}
}
