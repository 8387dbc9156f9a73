//! The loop itself.
//!
//! It does three things over and over:
//!
//! 1. *A turn*: polls every task that was ready when the turn began, once, in order.
//! 2. *Timers*: wakes every task whose time has come. *Sockets*: wakes every task whose socket can go on.
//! 3. *What next?* If that or anything else has woken a task, there is another turn. If not, the loop sleeps, until a
//!    waker is called, the next timer is due, or a socket can go on.

use std::{
    cell::{Cell, RefCell},
    fmt, iter, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

#[cfg(feature = "net")]
use std::{cell::OnceCell, io};

#[cfg(feature = "net")]
use crate::reactor::Reactor;
use crate::{
    clock::Clock,
    current,
    join_error::{JoinError, Panic},
    join_handle::JoinHandle,
    observe,
    ready_queue::ReadyQueue,
    task::{Body, Outcome, Taken, Tasks, quietly},
    task_id::TaskId,
    timers::Timers,
    waker::TaskWaker,
};

/// A single-threaded event loop.
///
/// Its tasks make progress while [`block_on`](Self::block_on) runs, and wait in between. Dropping it drops all of them.
pub struct EventLoop {
    shared: Rc<Shared>,
}

/// What the loop shares with the code that runs on it.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    tasks: Rc<RefCell<Tasks>>,
    pub(crate) timers: Rc<RefCell<Timers>>,
    pub(crate) ready: ReadyQueue,
    /// What watches the sockets. The first of them makes it.
    #[cfg(feature = "net")]
    reactor: OnceCell<Rc<Reactor>>,
    /// Whether the loop is being dropped.
    is_closing: Cell<bool>,
}

impl EventLoop {
    /// A loop that keeps the system's time.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Clock::Real)
    }

    /// A loop whose clock jumps to the next timer when no task can go on, instead of waiting for it. Tests of programs
    /// that sleep are exact on it, and take no time.
    ///
    /// The clock stands still as long as any task can go on, so a task that yields until a timer has fired yields for
    /// ever. And it doesn't know of other threads: it jumps also when one of them is about to wake a task. Nor does it
    /// know of peers: sockets are looked at before it jumps, but it waits for them only when no timer is set.
    #[must_use]
    pub fn with_virtual_clock() -> Self {
        Self::with_clock(Clock::virtual_from_now())
    }

    fn with_clock(clock: Clock) -> Self {
        let shared = Shared {
            clock,
            tasks: Rc::default(),
            timers: Rc::new(RefCell::new(Timers::new())),
            ready: ReadyQueue::new(),
            #[cfg(feature = "net")]
            reactor: OnceCell::new(),
            is_closing: Cell::new(false),
        };
        Self { shared: Rc::new(shared) }
    }

    /// Spawns a task. It is polled for the first time inside [`block_on`](Self::block_on).
    pub fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        self.shared.spawn(future)
    }

    // ANCHOR: block_on
    /// Runs the loop until `future` is ready, and returns what it gives. The future takes its turns like a task.
    ///
    /// Tasks that have not ended by then are kept, and go on in the next call.
    ///
    /// # Panics
    ///
    /// If a loop runs on this thread already: its tasks would have to wait until this one is done. And if `future`
    /// panics; the loop can be used again after that.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        assert!(
            !current::is_running(),
            "`block_on` inside a running event loop would stop its tasks; await the future instead, or spawn it"
        );
        let _entered = current::enter(&self.shared);
        let shared = &*self.shared;
        let id = shared.tasks.borrow_mut().outside();
        let waker = TaskWaker::in_queue(id, shared.ready.inbox());
        let mut future = pin!(future);
        shared.queue(id);
        loop {
            while let Some(next) = shared.next_in_turn() {
                if next != id {
                    shared.poll(next);
                } else if let Poll::Ready(output) = poll_once(Arc::clone(&waker), |cx| future.as_mut().poll(cx)) {
                    observe::finished(id);
                    return output;
                }
            }
            shared.ring_due_alarms();
            shared.look_at_sockets();
            if !shared.begin_turn() {
                shared.sleep();
            }
        }
    }
    // ANCHOR_END: block_on
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop").field("tasks", &self.shared.tasks.borrow().len()).finish_non_exhaustive()
    }
}

impl Drop for EventLoop {
    /// Drops every task. Their destructors find the loop as it was, but can't spawn: a new task ends as cancelled.
    fn drop(&mut self) {
        let _entered = current::enter(&self.shared);
        self.shared.is_closing.set(true);
        let living = self.shared.tasks.borrow().living();
        for task in living {
            // Its joiner's waker can be anybody's, and a panic of that must not save the other tasks.
            quietly(|| self.shared.cancel(task));
        }
    }
}

impl Shared {
    // ANCHOR: spawn
    pub(crate) fn spawn<F: Future + 'static>(&self, future: F) -> JoinHandle<F::Output> {
        let id = self.tasks.borrow_mut().insert(Box::pin(future), self.ready.inbox());
        observe::spawned(id);
        if self.is_closing.get() {
            self.cancel(id);
        } else {
            self.queue(id);
        }
        JoinHandle::new(&self.tasks, id)
    }
    // ANCHOR_END: spawn

    /// Puts something new into the queue, whose waker takes it to be there already.
    fn queue(&self, id: TaskId) {
        observe::woken(id);
        self.ready.push(id);
    }

    fn next_in_turn(&self) -> Option<TaskId> {
        // Whoever is polled next finds sockets ready for as long as anybody else, whatever the one before has used up.
        #[cfg(feature = "net")]
        if let Some(reactor) = self.reactor.get() {
            reactor.renew_budget();
        }
        self.ready.next()
    }

    // ANCHOR: poll
    /// Polls a task once. If it is not to go on, ends it.
    fn poll(&self, id: TaskId) {
        let Some(Taken { mut future, waker, is_cancelled }) = self.tasks.borrow_mut().take(id) else {
            return; // It has ended before, and this was a late wake.
        };
        if is_cancelled {
            return self.end(id, future, Err(JoinError::Cancelled));
        }
        // What a panic leaves half done is the task's own, and is dropped with it.
        let poll = AssertUnwindSafe(|| poll_once(waker, |cx| future.as_mut().poll(cx)));
        match catch_unwind(poll) {
            Ok(Poll::Pending) => self.tasks.borrow_mut().put_back(id, future),
            Ok(Poll::Ready(result)) => self.end(id, future, Ok(result)),
            Err(payload) => self.end(id, future, Err(JoinError::Panicked(Panic::new(payload)))),
        }
    }
    // ANCHOR_END: poll

    /// Ends a task that has not ended before.
    fn cancel(&self, id: TaskId) {
        let taken = self.tasks.borrow_mut().take(id);
        if let Some(Taken { future, .. }) = taken {
            self.end(id, future, Err(JoinError::Cancelled));
        }
    }

    // ANCHOR: end
    /// Drops a task that is not to be polled any more, and keeps its outcome for whoever wants it.
    fn end(&self, id: TaskId, future: Pin<Box<dyn Body>>, mut outcome: Outcome) {
        // Destructors are the task's code as well, and may panic. The first panic of a task is the one that counts.
        let panicked = matches!(outcome, Err(JoinError::Panicked(_)));
        match catch_unwind(AssertUnwindSafe(|| drop(future))) {
            Err(payload) if !panicked => {
                let before = mem::replace(&mut outcome, Err(JoinError::Panicked(Panic::new(payload))));
                quietly(|| drop(before));
            }
            dropped => quietly(|| drop(dropped)),
        }
        match outcome {
            Err(JoinError::Cancelled) => observe::cancelled(id),
            Err(JoinError::Panicked(_)) => observe::panicked(id),
            Ok(_) => {}
        }
        let is_finished = outcome.is_ok();
        let ended = self.tasks.borrow_mut().end(id, outcome);
        if let Some(joiner) = ended.joiner {
            joiner.wake();
        }
        if is_finished {
            observe::finished(id);
        }
        quietly(|| drop(ended.unwanted));
    }
    // ANCHOR_END: end

    /// Wakes every task whose time has come.
    fn ring_due_alarms(&self) {
        if self.timers.borrow().len() == 0 {
            return; // Reading the clock costs more than the rest of an idle look.
        }
        let now = self.clock.now();
        // A waker can be anybody's code, so the timers are free again before it is called.
        iter::from_fn(|| self.timers.borrow_mut().take_due(now)).for_each(Waker::wake);
    }

    /// Wakes every task whose socket can go on.
    #[cfg_attr(not(feature = "net"), allow(clippy::unused_self, reason = "without `net` there are none"))]
    fn look_at_sockets(&self) {
        #[cfg(feature = "net")]
        if let Some(reactor) = self.reactor.get() {
            reactor.wait(Some(Duration::ZERO));
            reactor.wake_all();
        }
    }

    /// Begins the next turn with all that has been woken. Returns whether there was anything.
    fn begin_turn(&self) -> bool {
        let ready = self.ready.begin_turn();
        if ready == 0 {
            return false;
        }
        let (timers, tasks) = (self.timers.borrow().len(), self.tasks.borrow().len());
        observe::turn(ready, timers, tasks);
        true
    }

    // ANCHOR: sleep
    /// Nothing can go on. Waits until something can, or until the next timer is due.
    fn sleep(&self) {
        let next = self.timers.borrow_mut().next();
        let (timers, tasks) = (self.timers.borrow().len(), self.tasks.borrow().len());
        observe::idle(timers, tasks);
        if !self.ready.nobody_woken_here() {
            return; // Whoever was told of it has woken a task.
        }
        match (next, &self.clock) {
            (Some(deadline), Clock::Virtual(now)) => now.set(deadline),
            (Some(deadline), Clock::Real) => self.wait(Some(deadline.saturating_duration_since(Instant::now()))),
            (None, _) => self.wait(None),
        }
    }

    /// Waits for wakes, and for sockets if there have ever been any.
    fn wait(&self, limit: Option<Duration>) {
        #[cfg(feature = "net")]
        if let Some(reactor) = self.reactor.get() {
            return self.ready.inbox().wait_in(reactor, limit);
        }
        self.ready.inbox().wait(limit);
    }
    // ANCHOR_END: sleep

    /// What watches the sockets of this loop.
    #[cfg(feature = "net")]
    pub(crate) fn reactor(&self) -> io::Result<Rc<Reactor>> {
        if let Some(reactor) = self.reactor.get() {
            return Ok(Rc::clone(reactor));
        }
        let reactor = Rc::new(Reactor::new()?);
        Ok(Rc::clone(self.reactor.get_or_init(|| reactor)))
    }

    /// Whether it is this one that watches the sockets of this loop.
    #[cfg(all(feature = "net", not(event_loop_loom)))]
    pub(crate) fn watches_with(&self, reactor: &Rc<Reactor>) -> bool {
        self.reactor.get().is_some_and(|own| Rc::ptr_eq(own, reactor))
    }
}

// ANCHOR: poll_once
/// Polls something that has just been taken out of the queue.
fn poll_once<T>(waker: Arc<TaskWaker>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    let task = waker.task();
    waker.taken_out();
    observe::polling(task);
    let polled = poll(&mut Context::from_waker(&Waker::from(waker)));
    if polled.is_pending() {
        observe::waits(task);
    }
    polled
}
// ANCHOR_END: poll_once
