//! Which operations lose something when they are dropped half done: the table in the book's chapter on it, row by row.
//!
//! Each is polled until it waits in the middle, dropped, and made again, as a `select!` in a loop does it.

use std::{
    cmp::min,
    collections::VecDeque,
    io::Result,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

/// A stream of bytes that comes in pieces, with a wait after each.
struct Pieces(VecDeque<&'static [u8]>);

/// A message of which half is there.
fn halves() -> Pieces {
    Pieces(["mess", "", "age\n", ""].map(str::as_bytes).into())
}

impl Pieces {
    /// Gives as much as goes into `space`, or `Pending` where the next piece is not there yet.
    fn take(&mut self, space: usize) -> Poll<&'static [u8]> {
        let piece = self.0.pop_front().unwrap_or_default();
        if piece.is_empty() {
            return Poll::Pending;
        }
        let (taken, left) = piece.split_at(min(space, piece.len()));
        if !left.is_empty() {
            self.0.push_front(left);
        }
        Poll::Ready(taken)
    }
}

impl tokio::io::AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        self.take(buffer.remaining()).map(|taken| {
            buffer.put_slice(taken);
            Ok(())
        })
    }
}

/// The trait that smol and async-std share.
impl smol::io::AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, _cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize>> {
        self.take(buffer.len()).map(|taken| {
            buffer[..taken.len()].copy_from_slice(taken);
            Ok(taken.len())
        })
    }
}

/// Where bytes go that somebody writes, four at a time, with a wait after each.
#[derive(Default)]
struct Narrow {
    written: Vec<u8>,
    is_full: bool,
}

impl Narrow {
    fn put(&mut self, bytes: &[u8]) -> Poll<Result<usize>> {
        self.is_full = !self.is_full;
        if !self.is_full {
            return Poll::Pending;
        }
        let taken = &bytes[..min(4, bytes.len())];
        self.written.extend(taken);
        Poll::Ready(Ok(taken.len()))
    }
}

impl tokio::io::AsyncWrite for Narrow {
    fn poll_write(mut self: Pin<&mut Self>, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.put(bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl smol::io::AsyncWrite for Narrow {
    fn poll_write(mut self: Pin<&mut Self>, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.put(bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls `operation` once, when it must wait, and drops it.
fn drop_half_done(operation: impl Future) {
    let polled = pin!(operation).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "there is nothing to wait for");
}

/// Polls `operation` once, when it must be ready.
fn now<T>(operation: impl Future<Output = T>) -> T {
    match pin!(operation).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("there is something to wait for"),
    }
}

/// The operations that the three runtimes have under the same names.
macro_rules! of_the_runtime {
    ($($imports:tt)*) => {
        use super::*;
        $($imports)*

        #[test]
        fn read_loses_nothing() {
            let mut socket = Pieces(["", "message\n"].map(str::as_bytes).into());
            let mut buffer = [0; 8];
            drop_half_done(socket.read(&mut buffer));
            assert_eq!(now(socket.read(&mut buffer)).expect("it reads"), 8);
        }

        #[test]
        fn read_exact_loses_what_it_has() {
            let mut socket = halves();
            drop_half_done(socket.read_exact(&mut [0; 8]));
            let mut buffer = [0; 4];
            now(socket.read_exact(&mut buffer)).expect("it reads");
            assert_eq!(&buffer, b"age\n", "the first half is gone");
        }

        #[test]
        fn read_line_loses_what_it_has() {
            let mut socket = BufReader::new(halves());
            let mut line = String::new();
            drop_half_done(socket.read_line(&mut line));
            now(socket.read_line(&mut line)).expect("it reads");
            assert_eq!(line, "age\n", "the first half is gone");
        }

        #[test]
        fn read_until_keeps_what_it_has_in_our_buffer() {
            let mut socket = BufReader::new(halves());
            let mut line = Vec::new();
            drop_half_done(socket.read_until(b'\n', &mut line));
            assert_eq!(line, b"mess");
            now(socket.read_until(b'\n', &mut line)).expect("it reads");
            assert_eq!(line, b"message\n");
        }

        #[test]
        fn write_all_forgets_how_far_it_came() {
            let mut socket = Narrow::default();
            drop_half_done(socket.write_all(b"message\n"));
            drop_half_done(socket.write_all(b"message\n"));
            assert_eq!(socket.written, b"messmess", "the other end gets the first half twice");
        }
    };
}

mod tokio_operations {
    of_the_runtime! {
        use futures_util::StreamExt;
        use tokio::{
            io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
            sync::mpsc,
        };
        use tokio_util::codec::{FramedRead, LinesCodec};
    }

    #[test]
    fn lines_keep_what_they_have() {
        let mut lines = BufReader::new(halves()).lines();
        drop_half_done(lines.next_line());
        assert_eq!(now(lines.next_line()).expect("it reads").as_deref(), Some("message"));
    }

    #[test]
    fn frames_keep_what_they_have() {
        let mut frames = FramedRead::new(halves(), LinesCodec::new());
        drop_half_done(frames.next());
        assert_eq!(now(frames.next()).expect("there is one").expect("it reads"), "message");
    }

    #[test]
    fn receiving_loses_nothing() {
        let (sender, mut receiver) = mpsc::channel(1);
        drop_half_done(receiver.recv());
        sender.try_send(42).expect("there is room");
        assert_eq!(now(receiver.recv()), Some(42));
    }

    #[test]
    fn sending_loses_the_message_and_reserving_does_not() {
        let (sender, mut receiver) = mpsc::channel(1);
        sender.try_send("first").expect("there is room");
        drop_half_done(sender.send("second"));
        drop_half_done(sender.reserve());
        assert_eq!(now(receiver.recv()), Some("first"));
        assert!(receiver.try_recv().is_err(), "the second is nowhere");
        now(sender.reserve()).expect("somebody receives").send("third");
        assert_eq!(now(receiver.recv()), Some("third"));
    }

    #[test]
    fn joining_by_reference_loses_nothing() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("there is room for a runtime");
        let mut task = runtime.spawn(async { 42 });
        drop_half_done(&mut task);
        assert_eq!(runtime.block_on(task).expect("it does not panic"), 42);
    }
}

mod smol_operations {
    of_the_runtime! {
        use smol::{
            io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
            stream::StreamExt,
        };
    }

    #[test]
    fn lines_keep_what_they_have() {
        let mut lines = BufReader::new(halves()).lines();
        drop_half_done(lines.next());
        assert_eq!(now(lines.next()).expect("there is one").expect("it reads"), "message");
    }

    #[test]
    fn receiving_loses_nothing() {
        let (sender, receiver) = smol::channel::bounded(1);
        drop_half_done(receiver.recv());
        sender.try_send(42).expect("there is room");
        assert_eq!(now(receiver.recv()), Ok(42));
    }

    #[test]
    fn joining_by_reference_loses_nothing() {
        let executor = smol::LocalExecutor::new();
        let mut task = executor.spawn(async { 42 });
        drop_half_done(&mut task);
        assert_eq!(smol::block_on(executor.run(task)), 42);
    }

    #[test]
    fn sending_loses_the_message() {
        let (sender, receiver) = smol::channel::bounded(1);
        sender.try_send("first").expect("there is room");
        drop_half_done(sender.send("second"));
        assert_eq!(now(receiver.recv()), Ok("first"));
        assert!(receiver.try_recv().is_err(), "the second is nowhere");
    }
}

mod async_std_operations {
    of_the_runtime! {
        use async_std::{
            io::{BufReader, ReadExt, WriteExt, prelude::BufReadExt},
            stream::StreamExt,
        };
    }

    #[test]
    fn lines_keep_what_they_have() {
        let mut lines = BufReader::new(halves()).lines();
        drop_half_done(lines.next());
        assert_eq!(now(lines.next()).expect("there is one").expect("it reads"), "message");
    }

    #[test]
    fn receiving_loses_nothing() {
        let (sender, receiver) = async_std::channel::bounded(1);
        drop_half_done(receiver.recv());
        sender.try_send(42).expect("there is room");
        assert_eq!(now(receiver.recv()), Ok(42));
    }

    #[test]
    fn joining_by_reference_loses_nothing() {
        let (sender, receiver) = async_std::channel::bounded(1);
        let mut task = async_std::task::spawn(async move { receiver.recv().await });
        drop_half_done(&mut task);
        sender.try_send(42).expect("there is room");
        assert_eq!(async_std::task::block_on(task), Ok(42));
    }

    #[test]
    fn sending_loses_the_message() {
        let (sender, receiver) = async_std::channel::bounded(1);
        sender.try_send("first").expect("there is room");
        drop_half_done(sender.send("second"));
        assert_eq!(now(receiver.recv()), Ok("first"));
        assert!(receiver.try_recv().is_err(), "the second is nowhere");
    }
}
