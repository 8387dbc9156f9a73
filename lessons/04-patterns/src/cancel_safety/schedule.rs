//! The peer, and when it sends what: the same in every run.

use std::{
    io,
    net::Ipv4Addr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
    spawn,
    sync::{
        mpsc::{self, Receiver, Sender},
        oneshot, watch,
    },
};

/// What the peer sends. Each is shorter than a byte can say.
pub const MESSAGES: [&str; 6] = ["first message", "second", "third message", "fourth", "fifth message", "sixth"];

/// A tick.
#[derive(Debug)]
pub struct Tick(oneshot::Sender<()>);

impl Tick {
    /// Says that it was heard.
    pub fn heard(self) {
        // The peer may be gone, and then it does not matter to anybody.
        let _ = self.0.send(());
    }
}

/// A socket that says how many bytes have been read from it.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    taken: watch::Sender<usize>,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.taken.send_modify(|taken| *taken += buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

/// Starts a peer, and gives what is connected to it, and the ticks.
///
/// # Errors
///
/// If there is no port to listen on.
pub async fn connect() -> io::Result<(Socket, Receiver<Tick>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let stream = TcpStream::connect(listener.local_addr()?).await?;
    let (peer, _) = listener.accept().await?;
    let (taken, has_taken) = watch::channel(0);
    let (ticker, ticks) = mpsc::channel(1);
    spawn(send_all(peer, has_taken, ticker));
    Ok((Socket { stream, taken }, ticks))
}

/// Sends all messages, every second of them in two halves. In between it waits until the first half has been read, and
/// until a tick has been heard after that.
async fn send_all(mut peer: TcpStream, mut taken: watch::Receiver<usize>, ticker: Sender<Tick>) -> io::Result<()> {
    let mut sent = 0;
    for (place, message) in MESSAGES.into_iter().enumerate() {
        let length = u8::try_from(message.len()).expect("each is shorter than that");
        let bytes = [&[length], message.as_bytes()].concat();
        let (first, second) = bytes.split_at(if place % 2 == 1 { bytes.len() / 2 } else { 0 });
        if !first.is_empty() {
            peer.write_all(first).await?;
            sent += first.len();
            let (heard, was_heard) = oneshot::channel();
            // Each of these fails if nobody listens any more. Then nobody will read the rest.
            taken.wait_for(|taken| *taken >= sent).await.map_err(io::Error::other)?;
            ticker.send(Tick(heard)).await.map_err(io::Error::other)?;
            was_heard.await.map_err(io::Error::other)?;
        }
        peer.write_all(second).await?;
        sent += second.len();
    }
    Ok(())
}
