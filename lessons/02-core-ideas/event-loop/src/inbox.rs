//! What other threads have woken, and how they wake the loop itself.
//!
//! A waker may be called from any thread, at any time, as often as its holder likes, also when its task has ended or
//! the whole loop has gone. On the loop's own thread it needs nothing of what is here. From any other it leaves the
//! task's id in the inbox, and if the loop sleeps it rings the bell that the loop has left there. No future ever comes
//! here: ids travel between threads, tasks never do.
//!
//! *Can a wake be lost*, if the loop finds the inbox empty and falls asleep just when another thread puts something in?
//! `tests/loom.rs` tries every order in which that might happen. It cannot, since the loop looks and falls asleep under
//! the same lock that the other thread needs to put something in: either the loop sees it, or the other thread sees that
//! the loop is asleep. In the reactor it falls asleep after it has given the lock back; but the bell that is rung there
//! sounds until it is heard. (loom can't look into the operating system, so its models have a stand-in for it, and
//! `tests/net` tries this half on a real one.)

use std::{collections::VecDeque, sync::PoisonError, time::Duration};

#[cfg(feature = "net")]
use std::sync::Arc;

#[cfg(feature = "net")]
use crate::reactor::{self, Reactor};

use crate::{
    sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering},
    task_id::TaskId,
};

/// The ids of the tasks that other threads have woken, in that order.
#[derive(Debug)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    /// Whether there is anything in it, for the loop, which looks often and seldom finds something. It changes under the
    /// lock, and is read without.
    is_full: AtomicBool,
    /// Where a loop without sockets sleeps.
    filled: Condvar,
}

#[derive(Debug)]
struct State {
    woken: VecDeque<TaskId>,
    /// What the loop leaves here when it falls asleep. The first to put something in takes it and rings it: that costs a
    /// system call, so it is not done in vain.
    bell: Option<Bell>,
}

/// What wakes the loop where it sleeps.
#[derive(Debug)]
enum Bell {
    /// On the inbox's condition variable.
    Inbox,
    /// In the reactor, as soon as it has sockets.
    #[cfg(feature = "net")]
    Reactor(Arc<reactor::Bell>),
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State { woken: VecDeque::new(), bell: None }),
            is_full: AtomicBool::new(false),
            filled: Condvar::new(),
        }
    }

    // ANCHOR: inbox
    /// Puts a task in, and wakes the loop if it sleeps.
    pub(crate) fn put(&self, task: TaskId) {
        let mut state = self.lock();
        state.woken.push_back(task);
        self.is_full.store(true, Ordering::Release);
        let bell = state.bell.take();
        // The loop that is woken wants the lock first.
        drop(state);
        match bell {
            None => {} // It is awake, or another thread rings.
            Some(Bell::Inbox) => self.filled.notify_one(),
            #[cfg(feature = "net")]
            Some(Bell::Reactor(bell)) => bell.wake().expect("the system takes a wake for as long as the bell is there"),
        }
    }

    /// Moves all that is in it to the end of `queue`.
    pub(crate) fn empty_into(&self, queue: &mut VecDeque<TaskId>) {
        if self.is_full.load(Ordering::Acquire) {
            let mut state = self.lock();
            queue.append(&mut state.woken);
            self.is_full.store(false, Ordering::Release);
        }
    }

    /// Sleeps until something is put in, but no longer than `limit`. It may also return for no reason.
    pub(crate) fn wait(&self, limit: Option<Duration>) {
        let mut state = self.lock();
        if !state.woken.is_empty() {
            return;
        }
        state.bell = Some(Bell::Inbox);
        state = match limit {
            Some(limit) => self.filled.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0,
            None => self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
        state.bell = None;
    }
    // ANCHOR_END: inbox

    // ANCHOR: reactor
    /// Sleeps in the reactor until something is put in or a socket can go on, but no longer than `limit`. It may also
    /// return for no reason.
    #[cfg(feature = "net")]
    pub(crate) fn wait_in(&self, reactor: &Reactor, limit: Option<Duration>) {
        {
            let mut state = self.lock();
            if !state.woken.is_empty() {
                return;
            }
            // A thread that puts something in from here on rings, and the bell sounds until the reactor has heard it.
            state.bell = Some(Bell::Reactor(reactor.bell()));
        }
        reactor.wait(limit);
        self.lock().bell = None;
        // After that, so that these don't ring for a loop that is awake.
        reactor.wake_all();
    }
    // ANCHOR_END: reactor

    /// A thread that panicked while it held the lock has left a whole queue: each change of it is a single step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
