//! What other threads have woken, and how they wake the loop itself.
//!
//! A waker may be called from any thread, at any time, as often as its holder likes, also when its task has ended or
//! the whole loop has gone. On the loop's own thread it needs nothing of what is here. From any other it leaves the
//! task's id in the inbox, and if the loop sleeps it rings. No future ever comes here: ids travel between threads, tasks
//! never do.
//!
//! *Can a wake be lost*, if the loop finds the inbox empty and falls asleep just when another thread puts something in?
//! `tests/loom.rs` tries every order in which that might happen. It cannot, since the loop looks and falls asleep under
//! the same lock that the other thread needs to put something in: either the loop sees it, or the other thread sees that
//! the loop is asleep. In the reactor it falls asleep after it has given the lock back; but the bell that is rung there
//! sounds until it is heard. (loom can't stand in for the operating system, so this half has tests on a real one, in
//! `tests/net`.)

use std::{collections::VecDeque, mem, sync::PoisonError, time::Duration};

use crate::{
    sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering},
    task::TaskId,
};

/// The ids of the tasks that other threads have woken, in that order.
#[derive(Debug)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    /// Whether there is anything in it, for the loop, which looks often and seldom finds something. It changes under the
    /// lock, and is read without.
    is_full: AtomicBool,
    /// Rung when something is put in while the loop is asleep.
    bell: Condvar,
    /// Rung instead, as soon as the loop has sockets, since then it sleeps in the reactor.
    #[cfg(feature = "net")]
    reactors_bell: std::sync::OnceLock<mio::Waker>,
}

#[derive(Debug)]
struct State {
    woken: VecDeque<TaskId>,
    /// Whether the loop sleeps, and has to be woken. Ringing costs a system call, so it is not done in vain.
    asleep: bool,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State { woken: VecDeque::new(), asleep: false }),
            is_full: AtomicBool::new(false),
            bell: Condvar::new(),
            #[cfg(feature = "net")]
            reactors_bell: std::sync::OnceLock::new(),
        }
    }

    // ANCHOR: inbox
    /// Puts a task in, and wakes the loop if it sleeps.
    pub(crate) fn put(&self, task: TaskId) {
        let mut state = self.lock();
        state.woken.push_back(task);
        self.is_full.store(true, Ordering::Release);
        let is_asleep = mem::take(&mut state.asleep);
        // Whoever is woken wants the lock first.
        drop(state);
        if is_asleep {
            self.ring();
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
        state.asleep = true;
        state = match limit {
            Some(limit) => self.bell.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0,
            None => self.bell.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
        state.asleep = false;
    }
    // ANCHOR_END: inbox

    // ANCHOR: reactor
    /// From now on the loop sleeps in the reactor, whose bell this is.
    #[cfg(feature = "net")]
    pub(crate) fn sleeps_in_reactor(&self, bell: mio::Waker) {
        // There is one reactor for a loop, and only one bell.
        let _ = self.reactors_bell.set(bell);
    }

    /// Sleeps in the reactor until something is put in or a socket can go on, but no longer than `limit`. It may also
    /// return for no reason.
    #[cfg(feature = "net")]
    pub(crate) fn wait_in(&self, reactor: &crate::reactor::Reactor, limit: Option<Duration>) {
        {
            let mut state = self.lock();
            if !state.woken.is_empty() {
                return;
            }
            // Whoever puts something in from here on rings, and the bell sounds until the reactor has heard it.
            state.asleep = true;
        }
        reactor.wait(limit);
        self.lock().asleep = false;
        // After that, so that these don't ring for a loop that is awake.
        reactor.wake_all();
    }
    // ANCHOR_END: reactor

    /// Wakes the loop.
    fn ring(&self) {
        #[cfg(feature = "net")]
        if let Some(bell) = self.reactors_bell.get() {
            return bell.wake().expect("the system takes a wake for as long as the bell is there");
        }
        self.bell.notify_one();
    }

    /// A thread that panicked while it held the lock has left a whole queue: each change of it is a single step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
