//! A socket that a reactor watches, as long as it is there.

use std::{
    io,
    rc::Rc,
    task::{Context, Poll},
};

use mio::{Interest, Token, event};

use super::{Direction, Reactor, Waiting};
use crate::current;

/// A socket that a reactor watches, as long as this is there.
pub(crate) struct Source<S: event::Source> {
    socket: S,
    token: Token,
    reactor: Rc<Reactor>,
}

impl<S: event::Source> Source<S> {
    pub(crate) fn new(mut socket: S, reactor: &Rc<Reactor>) -> io::Result<Self> {
        let mut waiting = reactor.waiting.borrow_mut();
        let place = waiting.vacant_entry();
        let token = Token(place.key());
        // Both, and once for all: who waits for nothing is woken by nothing.
        reactor.registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        place.insert(Waiting::default());
        Ok(Self { socket, token, reactor: Rc::clone(reactor) })
    }

    pub(crate) fn socket(&self) -> &S {
        &self.socket
    }

    pub(crate) fn reactor(&self) -> &Rc<Reactor> {
        &self.reactor
    }

    // ANCHOR: poll
    /// Tries, and if that would block, leaves the waker of this task.
    ///
    /// # Panics
    ///
    /// If the loop that runs is not the socket's: nobody would look at the socket, and nobody renews its budget.
    pub(crate) fn poll<T>(
        &self,
        direction: Direction,
        cx: &mut Context<'_>,
        mut attempt: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        // Asked first, and not only when it has to wait: code that is wrong on a slow network is wrong on a fast one.
        assert!(
            current::event_loop().watches_with(&self.reactor),
            "a socket can be awaited only on the event loop on which it was made"
        );
        let Some(budget) = self.reactor.budget.get().checked_sub(1) else {
            cx.waker().wake_by_ref(); // (1) Awake, and at the end of the queue.
            return Poll::Pending;
        };
        loop {
            match attempt(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // (2) Whoever the waker before belongs to has handed the socket on. It can be anybody's code, so
                    // it is dropped here, and not while the table is borrowed.
                    drop(self.reactor.leave(self.token, direction, cx.waker().clone()));
                    return Poll::Pending;
                }
                done => {
                    self.reactor.budget.set(budget); // (3) Failures count too: a task may try again for ever.
                    return Poll::Ready(done);
                }
            }
        }
    }
    // ANCHOR_END: poll
}

impl<S: event::Source> Drop for Source<S> {
    fn drop(&mut self) {
        // The system forgets a socket that is closed anyway, so nothing is lost if this fails.
        let _ = self.reactor.registry.deregister(&mut self.socket);
        // Named, so that the wakers in it are dropped when the table is free again.
        let _waiting = self.reactor.waiting.borrow_mut().remove(self.token.0);
    }
}
