//! Waiting for sockets.
//!
//! The operating system can watch many sockets at once, and say which of them can go on: with epoll on Linux, kqueue on
//! macOS and the BSDs, IOCP on Windows. The crate `mio` makes them look alike. A loop that has sockets sleeps there,
//! and not on its condition variable: timers, sockets and wakes from other threads are one wait. A loop that has none
//! has no reactor either, since the first socket makes it.
//!
//! The rule is *try first*. A socket is asked to read or to write at once. Only when it answers that it would block, the
//! task leaves its waker here, and waits. When that changes the system says so, once (it is *edge-triggered*), and the
//! task is woken to try again. So nobody has to remember which sockets are ready. And nothing slips through between
//! the trying and the leaving: the system keeps what it has to say until it is asked, and it is asked between two
//! turns, on this very thread.
//!
//! Three things could go wrong:
//!
//! - *A wake from another thread rings where nobody sleeps.* The bell that it rings is the one that the loop has left in
//!   the inbox when it fell asleep.
//! - *A socket that is always ready starves the others.* Its task would never have to wait. So there is a budget: after
//!   so many successes in one poll a task has to give way, ready or not.
//! - *Busy tasks starve the sockets.* So the loop asks between all turns, without waiting.
//!
//! The system counts whole milliseconds on Linux, and `mio` rounds up to them. So on a loop with sockets a timer can be
//! that much later than on one without, as on tokio, and is never early.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io, iter,
    sync::Arc,
    task::Waker,
    time::Duration,
};

pub(crate) use mio::Waker as Bell;
use mio::{Events, Registry, Token};
use slab::Slab;

pub(crate) mod source;

/// The bell's token, which is no place in the table.
const BELL: Token = Token(usize::MAX);

/// How many sockets the system may speak of at once. What it has to say of others it keeps for the next time.
const EVENTS: usize = 1_024;

/// How many times in one poll a task may find a socket ready.
const BUDGET: u32 = 64;

/// What watches the sockets of a loop.
pub(crate) struct Reactor {
    poll: RefCell<(mio::Poll, Events)>,
    registry: Registry,
    /// What ends a wait from another thread.
    bell: Arc<Bell>,
    /// Who waits for each socket. Its place is the socket's token.
    waiting: RefCell<Slab<Waiting>>,
    /// The wakers of those whose sockets can go on, until they are called.
    woken: RefCell<VecDeque<Waker>>,
    /// How many times the task that is polled may still find a socket ready.
    budget: Cell<u32>,
}

/// Who waits for a socket.
#[derive(Default)]
struct Waiting {
    to_read: Option<Waker>,
    to_write: Option<Waker>,
}

/// What a task waits for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Direction {
    /// Also to accept.
    Read,
    /// Also to be connected.
    Write,
}

impl Reactor {
    pub(crate) fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        Ok(Self {
            registry: poll.registry().try_clone()?,
            bell: Arc::new(Bell::new(poll.registry(), BELL)?),
            poll: RefCell::new((poll, Events::with_capacity(EVENTS))),
            waiting: RefCell::default(),
            woken: RefCell::default(),
            budget: Cell::new(BUDGET),
        })
    }

    /// What ends a wait from another thread.
    pub(crate) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// The next task is polled.
    pub(crate) fn renew_budget(&self) {
        self.budget.set(BUDGET);
    }

    // ANCHOR: wait
    /// Waits until a socket can go on or the bell is rung, but no longer than `limit`. What has happened is kept for
    /// [`wake_all`](Self::wake_all). It may also return for no reason.
    ///
    /// # Panics
    ///
    /// If the system refuses to wait, which it has no reason to.
    pub(crate) fn wait(&self, limit: Option<Duration>) {
        let (poll, events) = &mut *self.poll.borrow_mut();
        match poll.poll(events, limit) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return,
            waited => waited.expect("the system waits for what it has agreed to watch"),
        }
        let (mut waiting, mut woken) = (self.waiting.borrow_mut(), self.woken.borrow_mut());
        for event in &*events {
            let Some(waiting) = waiting.get_mut(event.token().0) else {
                continue; // The bell. Ringing it was all it had to say.
            };
            // An error or a hang-up is news for whoever waits. They try again, and are told which.
            if event.is_readable() || event.is_read_closed() || event.is_error() {
                woken.extend(waiting.to_read.take());
            }
            if event.is_writable() || event.is_write_closed() || event.is_error() {
                woken.extend(waiting.to_write.take());
            }
        }
    }

    /// Calls the wakers of those whose sockets can go on.
    pub(crate) fn wake_all(&self) {
        // The system doesn't say it again. A waker can be anybody's code, and if it panics, the others are still here.
        iter::from_fn(|| self.woken.borrow_mut().pop_front()).for_each(Waker::wake);
    }
    // ANCHOR_END: wait

    /// Leaves a waker for a socket, and gives the one that it takes the place of.
    fn leave(&self, socket: Token, direction: Direction, waker: Waker) -> Option<Waker> {
        let waiting = &mut self.waiting.borrow_mut()[socket.0];
        let place = match direction {
            Direction::Read => &mut waiting.to_read,
            Direction::Write => &mut waiting.to_write,
        };
        place.replace(waker)
    }
}
