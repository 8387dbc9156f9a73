//! What these tests share.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    task::Poll,
    time::{Duration, Instant},
};

use event_loop::{
    EventLoop,
    net::{TcpListener, TcpStream},
    timeout,
};
use futures_util::{AsyncReadExt, AsyncWriteExt};

/// No test takes that long, on any machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Any free port of this machine.
pub const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Runs a test on a loop of its own.
pub fn run<F: Future>(test: F) -> F::Output {
    run_on(&EventLoop::new(), test)
}

/// Runs a test on this loop.
pub fn run_on<F: Future>(event_loop: &EventLoop, test: F) -> F::Output {
    let began = Instant::now();
    let output = event_loop.block_on(async { timeout(PATIENCE, test).await.expect("the test ends") });
    // When the time is up the test is polled once more. What only that has brought to its end was stuck.
    assert!(began.elapsed() < PATIENCE, "the loop was stuck");
    output
}

/// A listener, and where it listens.
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(ANY_PORT).expect("there is a free port");
    let address = listener.local_addr().expect("it has one");
    (listener, address)
}

/// Two ends of a connection.
pub async fn pair() -> (TcpStream, TcpStream) {
    let (mut listener, address) = listen();
    // A connection is made when it is in the listener's queue. It need not be accepted for that.
    let client = TcpStream::connect(address).await.expect("somebody listens");
    let (server, _) = listener.accept().await.expect("a client has come");
    (client, server)
}

/// Polls a future once, in the task that awaits this.
pub async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

/// Sends back all that comes, to the end. Then closes its direction.
pub async fn echo(mut stream: TcpStream) -> io::Result<u64> {
    let (mut buffer, mut echoed) = ([0; 1_000], 0);
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            stream.close().await?;
            return Ok(echoed);
        }
        stream.write_all(&buffer[..length]).await?;
        echoed += length as u64;
    }
}

/// A connection from outside of the loop. Its calls block, but not for ever.
pub fn std_client(address: SocketAddr) -> std::net::TcpStream {
    let client = std::net::TcpStream::connect(address).expect("somebody listens");
    patient(&client);
    client
}

/// Sees to it that no call of this stream blocks for ever.
pub fn patient(stream: &std::net::TcpStream) {
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    stream.set_write_timeout(Some(PATIENCE)).expect("it is not zero");
}

/// Ends a connection with a reset.
pub fn reset(stream: std::net::TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket can linger");
    drop(stream);
}
