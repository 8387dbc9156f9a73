//! Why a task has no result.

use std::{
    any::Any,
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
};

/// Why a task has no result.
#[derive(Debug)]
pub enum JoinError {
    /// It was cancelled, by its handle or with its loop.
    Cancelled,
    /// It panicked.
    Panicked(Panic),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the task was cancelled"),
            Self::Panicked(panic) => match panic.message() {
                Some(message) => write!(f, "the task panicked: {message}"),
                None => f.write_str("the task panicked"),
            },
        }
    }
}

impl Error for JoinError {}

/// What a task panicked with.
pub struct Panic {
    /// Locked so that it can be shared between threads, which most errors must be that a `?` turns this one into. A
    /// payload can only be sent, and nobody ever waits for this lock.
    payload: Mutex<Box<dyn Any + Send>>,
}

impl Panic {
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self { payload: Mutex::new(payload) }
    }

    /// Its message, if it has one, as a panic of `panic!` does.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        let payload = self.payload.lock().unwrap_or_else(PoisonError::into_inner);
        let message = payload.downcast_ref::<&str>().copied();
        message.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).map(str::to_owned)
    }

    /// Its payload, which [`std::panic::resume_unwind`] takes to go on with the panic.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.payload.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panic").field("message", &self.message()).finish_non_exhaustive()
    }
}
