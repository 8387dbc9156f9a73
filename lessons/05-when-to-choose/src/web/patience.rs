//! Clients that stop reading.
//!
//! hyper knows how long a head may take, but waits for ever for a client that doesn't take in its answer. So this stands
//! between hyper and the socket: when nothing could be written for too long, writing fails.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};

/// A socket whose peer has to read now and then.
pub struct Patient<T> {
    socket: T,
    timer: Arc<dyn Timer + Send + Sync>,
    patience: Duration,
    /// Until when it has to read something. `None` while it does.
    until: Option<Pin<Box<dyn Sleep>>>,
}

impl<T> Patient<T> {
    pub fn new(socket: T, timer: Arc<dyn Timer + Send + Sync>, patience: Duration) -> Self {
        Self { socket, timer, patience, until: None }
    }

    // ANCHOR: unless_late
    /// What came of an attempt to write: that, or an error if it has been too long.
    fn unless_late<R>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if written.is_ready() {
            self.until = None;
            return written;
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
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.unless_late(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, buffers);
        self.unless_late(cx, written)
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
