//! What a loop without a reactor does while a task waits for a socket: nothing.
//!
//! The spinner is a task that draws a frame every 20 ms. Beside it a task asks a server
//! that takes 400 ms to answer, and counts the frames that are drawn meanwhile. Once it
//! reads as any program without a loop does, with the standard library's `TcpStream`:
//! the call blocks the thread until the peer sends, and no other task is polled. How
//! long that takes is up to the peer. Then it reads with our own `TcpStream`, which
//! leaves its waker with the reactor and hands the thread back. The first row is
//! frozen, the second is not. On the timeline: while the first one reads there is one
//! wide bar, and the spinner's polls stop.
//!
//!     cargo run -p lesson-02 -- blocked-socket --timeline

use std::{
    cell::Cell,
    io::{self, Read, Write},
    net::{self, Ipv4Addr, SocketAddr},
    rc::Rc,
    thread,
    time::Duration,
};

use event_loop::{EventLoop, net::TcpStream, sleep, spawn, timeout};
use futures_util::AsyncReadExt;
use lesson_kit::{Column, Results, StatusLine};
use tracing::instrument;

/// Nobody waits longer than that, should the server be gone.
const LIMIT: Duration = Duration::from_secs(30);

const BLOCKING: &str = "std::net::TcpStream";
const AWAITING: &str = "event_loop::net::TcpStream";

pub fn main() -> io::Result<()> {
    let mut results = Results::new("who reads", [BLOCKING, AWAITING], [Column::count("frames")]);
    results.row(BLOCKING, [beside_the_spinner(async |server| blocks(server))?]);
    results.row(AWAITING, [beside_the_spinner(waits)?]);
    Ok(())
}

/// How many frames the spinner draws while `read` waits for an answer.
fn beside_the_spinner(read: impl AsyncFnOnce(SocketAddr) -> io::Result<()>) -> io::Result<f64> {
    let server = late_server()?;
    EventLoop::new().block_on(async {
        let drawn = Rc::new(Cell::new(0));
        spawn(spin(Rc::clone(&drawn))).detach();
        sleep(Duration::from_millis(50)).await; // (1) The spinner turns, and is in the middle of a nap.
        let before = drawn.get();
        read(server).await?;
        Ok(f64::from(drawn.get() - before))
    })
}

#[instrument(skip_all)]
fn blocks(server: SocketAddr) -> io::Result<()> {
    let mut stream = net::TcpStream::connect_timeout(&server, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.read_exact(&mut [0]) // (2) The thread sleeps in here, and the loop with it.
}

#[instrument(skip_all)]
async fn waits(server: SocketAddr) -> io::Result<()> {
    let answer = timeout(LIMIT, async {
        let mut stream = TcpStream::connect(server).await?;
        stream.read_exact(&mut [0]).await // (3) The task waits, and the loop goes on.
    });
    answer.await.map_err(io::Error::other)?
}

/// Starts a server on another thread, which takes its time to answer its only client.
fn late_server() -> io::Result<SocketAddr> {
    let listener = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let (mut client, _) = listener.accept()?;
        thread::sleep(Duration::from_millis(400));
        client.write_all(b"!")
    });
    Ok(address)
}

/// Draws a frame every tick, if it is polled.
#[instrument(skip_all)]
async fn spin(drawn: Rc<Cell<u32>>) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} thinking!"));
        drawn.set(drawn.get() + 1);
        sleep(Duration::from_millis(20)).await;
    }
}
