//! Which loop runs on this thread.
//!
//! So that `spawn` and `sleep` can be plain functions, a loop leaves itself in a thread-local variable while it runs.

use std::{cell::RefCell, rc::Rc, time::Instant};

use crate::{event_loop::Shared, join_handle::JoinHandle};

thread_local! {
    static CURRENT: RefCell<Option<Rc<Shared>>> = const { RefCell::new(None) };
}

/// Spawns a task on the loop that runs on this thread. It is polled for the first time in the loop's next turn.
///
/// # Panics
///
/// If no loop runs on this thread.
#[track_caller]
pub fn spawn<F: Future + 'static>(future: F) -> JoinHandle<F::Output> {
    event_loop().spawn(future)
}

/// What the clock of the loop shows that runs on this thread.
///
/// # Panics
///
/// If no loop runs on this thread.
#[must_use]
#[track_caller]
pub fn now() -> Instant {
    event_loop().clock.now()
}

/// The loop that runs on this thread.
#[track_caller]
pub(crate) fn event_loop() -> Rc<Shared> {
    let current = CURRENT.with(|current| current.borrow().clone());
    current.expect("no event loop runs on this thread; call this inside `EventLoop::block_on`")
}

/// Whether a loop runs on this thread.
pub(crate) fn is_running() -> bool {
    CURRENT.with(|current| current.borrow().is_some())
}

/// Makes this loop the one that runs on this thread, until what this returns is dropped.
pub(crate) fn enter(event_loop: &Rc<Shared>) -> Entered {
    // Nobody can be told any more on a thread whose variables are gone, and nobody asks.
    let before = CURRENT.try_with(|current| current.replace(Some(Rc::clone(event_loop))));
    Entered { before: before.unwrap_or_default() }
}

/// Gives way to the loop before it when dropped.
pub(crate) struct Entered {
    before: Option<Rc<Shared>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.before.take();
        let _ = CURRENT.try_with(|current| current.replace(before));
    }
}
