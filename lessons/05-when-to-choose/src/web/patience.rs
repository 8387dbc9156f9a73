//! Clients that stop reading.
//!
//! hyper knows how long a head may take, but waits for ever for a client that doesn't
//! take in its answer. So this stands between hyper and the socket: when nothing could
//! be written for too long, writing fails.
//!
//! The system says that a socket can be written to when a good part of its buffer is
//! free. Bytes for which there is less room it takes as well, if it is asked, though
//! the client has read nothing. The sockets of async-std and smol ask it each time that
//! they are polled, for whatever reason. So a socket that had no room is left alone
//! until it has said that it has.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker, ready},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};

/// A socket whose peer has to read now and then.
pub struct Patient<T> {
    socket: T,
    timer: Arc<dyn Timer + Send + Sync>,
    patience: Duration,
    /// Until when it has to read something. `None` while it does.
    until: Option<Pin<Box<dyn Sleep>>>,
    room: Arc<Room>,
    /// What the socket wakes: `room`.
    waker: Waker,
}

/// Whether the socket has said that it has room again.
#[derive(Default)]
struct Room {
    is_there: AtomicBool,
    /// The task that waits for it.
    task: AtomicWaker,
}

impl Wake for Room {
    fn wake(self: Arc<Self>) {
        self.is_there.store(true, SeqCst);
        self.task.wake();
    }
}

impl<T> Patient<T> {
    pub fn new(socket: T, timer: Arc<dyn Timer + Send + Sync>, patience: Duration) -> Self {
        let room = Arc::<Room>::default();
        let waker = Waker::from(Arc::clone(&room));
        Self { socket, timer, patience, until: None, room, waker }
    }
}

impl<T: Unpin> Patient<T> {
    // ANCHOR: unless_late
    /// What comes of an attempt to write: that, or an error if it has been too long.
    fn unless_late<R>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut T>, &mut Context<'_>) -> Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        self.room.task.register(cx.waker());
        let has_room = self.room.is_there.swap(false, SeqCst);
        if has_room || self.until.is_none() {
            let written = write(Pin::new(&mut self.socket), &mut Context::from_waker(&self.waker));
            if written.is_ready() {
                self.until = None;
                return written;
            }
        }
        let until = self.until.get_or_insert_with(|| self.timer.sleep(self.patience));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
    // ANCHOR_END: unless_late
}

impl<T: Read + Unpin> Read for Patient<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buffer)
    }
}

impl<T: Write + Unpin> Write for Patient<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.unless_late(cx, |socket, cx| socket.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unless_late(cx, |socket, cx| socket.poll_write_vectored(cx, buffers))
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
