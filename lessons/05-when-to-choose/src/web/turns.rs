//! Sockets that are not asked twice in the same turn.
//!
//! Before hyper waits for a request, it looks twice whether one has come: right after the last answer, and when it starts
//! its timer. tokio remembers that there was nothing. The sockets of async-std and smol don't, and each look is a system
//! call. So this remembers it for them, as long as the connection's task has its turn. What comes meanwhile is not missed:
//! the first look has left word with the reactor, which wakes the task for another turn.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};

/// A socket for the connection that [`Turns::of`] makes of what reads from it, and for no other.
pub struct AskedOnce<T> {
    socket: T,
    /// In this turn. Only the connection's task uses it.
    found_nothing: Arc<AtomicBool>,
}

impl<T> AskedOnce<T> {
    pub fn new(socket: T) -> (Self, Turns) {
        let found_nothing = Arc::default();
        (Self { socket, found_nothing: Arc::clone(&found_nothing) }, Turns(found_nothing))
    }
}

/// Knows when a socket may be asked again.
pub struct Turns(Arc<AtomicBool>);

impl Turns {
    /// Each poll of this is a turn.
    pub fn of<F>(self, future: F) -> InTurns<F> {
        InTurns { future, turns: self }
    }
}

/// What reads from the socket.
pub struct InTurns<F> {
    pub future: F,
    turns: Turns,
}

impl<F: Future + Unpin> Future for InTurns<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.turns.0.store(false, Relaxed);
        Pin::new(&mut self.future).poll(cx)
    }
}

impl<T: Read + Unpin> Read for AskedOnce<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.found_nothing.load(Relaxed) {
            return Poll::Pending;
        }
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        self.found_nothing.store(read.is_pending(), Relaxed);
        read
    }
}

impl<T: Write + Unpin> Write for AskedOnce<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Waker};

    use hyper::rt::ReadBuf;

    use super::*;

    /// A socket in which there never is anything, and that counts how often it was asked.
    struct Empty(u32);

    impl Read for Empty {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, _: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
            self.0 += 1;
            Poll::Pending
        }
    }

    #[test]
    fn asks_once_in_each_turn() {
        let (mut socket, turns) = AskedOnce::new(Empty(0));
        let mut asks_twice = turns.of(poll_fn(|cx| {
            for _ in 0..2 {
                let mut buffer = [0];
                let mut buffer = ReadBuf::new(&mut buffer);
                assert!(Pin::new(&mut socket).poll_read(cx, buffer.unfilled()).is_pending());
            }
            Poll::Ready(socket.socket.0)
        }));
        let mut turn = || Pin::new(&mut asks_twice).poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!([turn(), turn(), turn()], [1, 2, 3].map(Poll::Ready));
    }
}
