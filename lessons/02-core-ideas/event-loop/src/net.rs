//! TCP on the loop.
//!
//! Sockets read and write through the traits of the crate `futures-io`, so libraries that are written for these run on
//! this loop too.
//!
//! **Whose they are.** A socket belongs to the loop that runs where it is made. It can be awaited on that loop alone,
//! and stays on its thread. To read, to write or to accept anywhere else panics, also when the socket is ready. It may
//! outlive the loop, but then only to be dropped.
//!
//! **Closing.** To drop a [`TcpStream`] closes both directions. To close it as a writer, or to [shut
//! down](TcpStream::shutdown) writing, closes one: the peer reads to the end, and can still send. A task that is
//! cancelled drops its sockets with it. What was written before is sent all the same, unless the peer sends something
//! that nobody has read: then the system resets the connection, and the peer may lose what was still on its way.
//!
//! **Several buffers** are read or written with one call of the system (*vectored*).
//!
//! **Errors** are the system's. A connection that has failed gives its error once, to whoever tries first, and the end
//! of the data or another error to those who try later. An error of one connection is none of the listener, nor of the
//! loop.
//!
//! **Names** are not looked up, since the system's way to do so blocks the thread: addresses are numbers here.

use std::{
    fmt,
    future::poll_fn,
    io::{self, IoSlice, IoSliceMut, Read, Write},
    net::{Shutdown, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
};

use futures_io::{AsyncRead, AsyncWrite};
use mio::net;

use crate::{
    current,
    reactor::{Direction, source::Source},
};

/// A socket that waits for connections.
pub struct TcpListener(Source<net::TcpListener>);

impl TcpListener {
    /// Listens on this address. Port 0 stands for any port that is free; [`local_addr`](Self::local_addr) says which.
    ///
    /// # Errors
    ///
    /// If the address can't be had.
    ///
    /// # Panics
    ///
    /// If no loop runs on this thread.
    #[track_caller]
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let reactor = current::event_loop().reactor()?;
        Ok(Self(Source::new(net::TcpListener::bind(address)?, &reactor)?))
    }

    /// Waits for the next connection. That can be a client which has gone again: to read from it will tell.
    /// One task at a time can wait for it, so it takes the listener mutably.
    ///
    /// # Errors
    ///
    /// If the connection failed before it was accepted, or the process may have no more sockets. The listener goes on;
    /// in the second case it says the same again until some socket is closed, so wait a little before the next try.
    pub async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = poll_fn(|cx| self.0.poll(Direction::Read, cx, net::TcpListener::accept)).await?;
        Ok((TcpStream(Source::new(stream, self.0.reactor())?), peer))
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// If the system doesn't say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.socket().local_addr()
    }
}

/// A connection.
///
/// To read and to write it from two tasks, share it in an [`Rc`](std::rc::Rc): `&TcpStream` reads and writes as well.
/// One task at a time can wait in each direction. Of two that want to read, the last one to try is woken.
pub struct TcpStream(Source<net::TcpStream>);

impl TcpStream {
    /// Connects to this address.
    ///
    /// # Errors
    ///
    /// If nobody listens there, or it can't be reached.
    ///
    /// # Panics
    ///
    /// If no loop runs on this thread.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let reactor = current::event_loop().reactor()?;
        let stream = Self(Source::new(net::TcpStream::connect(address)?, &reactor)?);
        poll_fn(|cx| stream.0.poll(Direction::Write, cx, is_connected)).await?;
        Ok(stream)
    }

    /// Whether small writes go out at once, and not together with what comes next.
    ///
    /// # Errors
    ///
    /// If the connection is gone.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.0.socket().set_nodelay(nodelay)
    }

    /// Closes one direction, or both. Tasks that wait for it are woken, and find its end.
    ///
    /// # Errors
    ///
    /// If the system refuses. That the peer has gone already is no error.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        match self.0.socket().shutdown(how) {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            done => done,
        }
    }
}

/// Whether the connection is there: an answer, an error, or not yet.
fn is_connected(stream: &net::TcpStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Err(io::ErrorKind::WouldBlock.into()),
        found => found.map(drop),
    }
}

impl AsyncRead for &TcpStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.0.poll(Direction::Read, cx, |mut stream| stream.read(buffer))
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll(Direction::Read, cx, |mut stream| stream.read_vectored(buffers))
    }
}

impl AsyncWrite for &TcpStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll(Direction::Write, cx, |mut stream| stream.write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.poll(Direction::Write, cx, |mut stream| stream.write_vectored(slices))
    }

    /// What was written is with the system at once.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Says that no more will be written. The peer reads to the end, and can still send.
    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shutdown(Shutdown::Write))
    }
}

impl AsyncRead for TcpStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_read(cx, buffer)
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_read_vectored(cx, buffers)
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self).poll_write_vectored(cx, slices)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self).poll_close(cx)
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.socket().fmt(f)
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.socket().fmt(f)
    }
}
