//! Which tasks can go on, and the wakers that say so.
//!
//! A task that waits is nowhere in the queue. Whoever it waits for holds a waker of it, and calls it when there is
//! something new: the waker puts the task's id into the queue, and the loop polls the task in its next turn.
//!
//! A waker may be called from any thread, at any time, as often as its holder likes, also when its task has ended or
//! the whole loop has gone. So this module is what threads share, and the only one with a lock or an atomic in it. No
//! future ever comes here: ids travel between threads, tasks never do.
//!
//! Two things could go wrong, and `tests/loom.rs` tries every order in which they might:
//!
//! - *A wake is lost.* The loop finds the queue empty and falls asleep, just when another thread puts something in. It
//!   cannot happen, since the loop looks and falls asleep under the same lock that the other thread needs to put
//!   something in: either the loop sees it, or the other thread sees that the loop is asleep. In the reactor it falls
//!   asleep after it has given the lock back; but the bell that is rung there sounds until it is heard. (loom
//!   can't stand in for the operating system, so this half has tests on a real one, in `tests/net`.)
//! - *A wake is ignored.* A task that is in the queue already is not put in again, so a wake that comes in between the
//!   loop's taking the id out and its polling the task must count. It does: the mark that says "in the queue" is
//!   removed before the poll, and never after it.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, PoisonError},
    task::Wake,
    time::Duration,
};

#[cfg(feature = "net")]
use std::task::Waker;

use crate::{
    observe,
    sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering},
    task::TaskId,
};

/// The ids of the tasks that can go on, in the order in which they were woken.
#[derive(Debug)]
pub(crate) struct ReadyQueue {
    state: Mutex<State>,
    /// Rung when something is put in while the loop is asleep.
    bell: Condvar,
    /// Rung instead, as soon as the loop has sockets, since then it sleeps in the reactor.
    #[cfg(feature = "net")]
    reactors_bell: std::sync::OnceLock<mio::Waker>,
}

#[derive(Debug)]
struct State {
    ready: VecDeque<TaskId>,
    /// Whether the loop sleeps, and has to be woken. Ringing costs a system call, so it is not done in vain.
    asleep: bool,
}

impl ReadyQueue {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State { ready: VecDeque::new(), asleep: false }),
            bell: Condvar::new(),
            #[cfg(feature = "net")]
            reactors_bell: std::sync::OnceLock::new(),
        }
    }

    // ANCHOR: queue
    /// Puts a task at the end, and wakes the loop if it sleeps.
    pub(crate) fn push(&self, task: TaskId) {
        let mut state = self.lock();
        state.ready.push_back(task);
        if mem::take(&mut state.asleep) {
            self.ring();
        }
    }

    /// Moves all that is ready to the end of `turn`.
    pub(crate) fn take(&self, turn: &mut VecDeque<TaskId>) {
        let mut state = self.lock();
        if turn.is_empty() {
            // The two change places for ever, and neither has to grow anew.
            mem::swap(&mut state.ready, turn);
        } else {
            turn.append(&mut state.ready);
        }
    }

    /// Sleeps until something is ready, but no longer than `limit`. It may also return for no reason.
    pub(crate) fn wait(&self, limit: Option<Duration>) {
        let mut state = self.lock();
        if !state.ready.is_empty() {
            return;
        }
        state.asleep = true;
        state = match limit {
            Some(limit) => self.bell.wait_timeout(state, limit).unwrap_or_else(PoisonError::into_inner).0,
            None => self.bell.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
        state.asleep = false;
    }
    // ANCHOR_END: queue

    // ANCHOR: reactor
    /// From now on the loop sleeps in the reactor, whose bell this is.
    #[cfg(feature = "net")]
    pub(crate) fn sleeps_in_reactor(&self, bell: mio::Waker) {
        // There is one reactor for a loop, and only one bell.
        let _ = self.reactors_bell.set(bell);
    }

    /// Sleeps in the reactor until something is ready or a socket can go on, but no longer than `limit`. It may also
    /// return for no reason.
    #[cfg(feature = "net")]
    pub(crate) fn wait_in(&self, reactor: &crate::reactor::Reactor, limit: Option<Duration>) {
        {
            let mut state = self.lock();
            if !state.ready.is_empty() {
                return;
            }
            // Whoever puts something in from here on rings, and the bell sounds until the reactor has heard it.
            state.asleep = true;
        }
        let woken = reactor.wait(limit);
        self.lock().asleep = false;
        // After that, so that these don't ring for a loop that is awake.
        woken.into_iter().for_each(Waker::wake);
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

// ANCHOR: waker
/// What a task's wakers point to.
#[derive(Debug)]
pub(crate) struct TaskWaker {
    task: TaskId,
    /// Whether the task is in the queue.
    queued: AtomicBool,
    queue: Arc<ReadyQueue>,
}

impl TaskWaker {
    /// For a task that is put into the queue by whoever calls this.
    pub(crate) fn in_queue(task: TaskId, queue: &Arc<ReadyQueue>) -> Arc<Self> {
        Arc::new(Self { task, queued: AtomicBool::new(true), queue: Arc::clone(queue) })
    }

    /// The same, in the place of one that nobody else has any more.
    pub(crate) fn used_again(mut waker: Arc<Self>, task: TaskId) -> Option<Arc<Self>> {
        let own = Arc::get_mut(&mut waker)?;
        own.task = task;
        own.queued.store(true, Ordering::Relaxed);
        Some(waker)
    }

    /// The task that it wakes.
    pub(crate) fn task(&self) -> TaskId {
        self.task
    }

    /// Makes the next wake count. The loop calls this when it has taken the task out of the queue, before it polls it.
    pub(crate) fn taken_out(&self) {
        // A swap where a store might seem enough: what another thread wrote before a wake that found the mark still set
        // must be seen by the poll that follows. This reads what that wake wrote, and the two orderings do the rest.
        self.queued.swap(false, Ordering::Acquire);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Release) {
            observe::woken(self.task);
            self.queue.push(self.task);
        }
    }
}
// ANCHOR_END: waker
