//! Which loop runs on this thread.
//!
//! So that `spawn` and `sleep` can be plain functions, a loop leaves itself in a thread-local variable while it runs.

use std::{
    cell::RefCell,
    mem::{self, ManuallyDrop},
    rc::Rc,
    sync::Arc,
    time::Instant,
};

use crate::{event_loop::Shared, inbox::Inbox, join_handle::JoinHandle, task_id::TaskId};

/// What has no destructor is there until the thread has gone, where the system itself has thread-local variables. The
/// last destructors on a thread can be those of a loop's tasks, and they find their loop. Nothing is left in it: what
/// `enter` puts there is taken out by `Entered`.
type Current = RefCell<ManuallyDrop<Option<Rc<Shared>>>>;

#[cfg(not(event_loop_loom))]
thread_local! {
    static CURRENT: Current = const { RefCell::new(ManuallyDrop::new(None)) };
}

// loom runs all threads of a program on one, so the standard library's variable would be shared among them.
#[cfg(event_loop_loom)]
loom::thread_local! {
    static CURRENT: Current = RefCell::new(ManuallyDrop::new(None));
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

/// Lets the loop that runs on this thread sleep in the reactor from now on, as its first socket does. What this gives
/// ends such a sleep without a wake, as that socket does when it can go on.
///
/// # Panics
///
/// If no loop runs on this thread.
#[cfg(all(feature = "net", event_loop_loom))]
pub fn sleep_in_reactor() -> impl FnOnce() + Send {
    let bell = event_loop().reactor().expect("this one can always be made").bell();
    move || bell.wake().expect("this one can always be rung")
}

/// The loop that runs on this thread.
#[track_caller]
pub(crate) fn event_loop() -> Rc<Shared> {
    let current = CURRENT.try_with(|current| Option::clone(&current.borrow())).unwrap_or_default();
    current.expect("no event loop runs on this thread; call this inside `EventLoop::block_on`")
}

/// Whether a loop runs on this thread.
pub(crate) fn is_running() -> bool {
    CURRENT.try_with(|current| current.borrow().is_some()).unwrap_or_default()
}

// ANCHOR: queue_here
/// Puts a task into the queue, if its loop is the one that runs on this thread. Says whether it is.
pub(crate) fn queue_here(inbox: &Arc<Inbox>, task: TaskId) -> bool {
    let queue = |current: &Current| match &**current.borrow() {
        Some(running) if Arc::ptr_eq(running.ready.inbox(), inbox) => {
            running.ready.push(task);
            true
        }
        _ => false,
    };
    // On a thread whose variables are gone no loop runs.
    CURRENT.try_with(queue).unwrap_or_default()
}
// ANCHOR_END: queue_here

/// Makes this loop the one that runs on this thread, until what this returns is dropped.
pub(crate) fn enter(event_loop: &Rc<Shared>) -> Entered {
    Entered { before: exchange(Some(Rc::clone(event_loop))) }
}

/// Gives way to the loop before it when dropped.
pub(crate) struct Entered {
    before: Option<Rc<Shared>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        exchange(self.before.take());
    }
}

/// Puts this loop in the place of the one that it gives.
fn exchange(event_loop: Option<Rc<Shared>>) -> Option<Rc<Shared>> {
    // When loom has found a mistake it can't be asked any more.
    #[cfg(event_loop_loom)]
    if std::thread::panicking() {
        return None;
    }
    CURRENT.try_with(|current| mem::replace(&mut **current.borrow_mut(), event_loop)).unwrap_or_default()
}
