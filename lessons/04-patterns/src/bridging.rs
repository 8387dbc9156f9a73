//! From blocking code to async code and back, and from one runtime to another.
//!
//! A server answers each connection after 20 ms. It is asked with a blocking socket,
//! and with the sockets of tokio, async-std and smol, and each time the caller is on
//! the other side of a border. You will see 42 in every row. `bridging-wrong` shows
//! what happens to a caller that crosses elsewhere.
//!
//!     cargo run -p lesson-04 -- bridging

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use async_compat::Compat;
use lesson_kit::{Column, Results};
use smol::channel;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{mpsc, oneshot},
    task,
};
use tracing::instrument;

pub fn main() -> io::Result<()> {
    let server = late_server()?;
    let mut results = Results::new("bridge", BRIDGES.map(|(name, _)| name), [Column::words("answer", 6)]);
    for (name, cross) in BRIDGES {
        results.row(name, [cross(server)?.trim()]);
    }
    Ok(())
}

/// From where to where, by what, and how.
type Bridge = (&'static str, fn(SocketAddr) -> io::Result<String>);

const BRIDGES: [Bridge; 12] = [
    ("tokio to blocking: spawn_blocking", tokio_to_blocking),
    ("async-std to blocking: spawn_blocking", async_std_to_blocking),
    ("smol to blocking: unblock", smol_to_blocking),
    ("blocking to tokio: Runtime::block_on", blocking_to_tokio),
    ("blocking to async-std: task::block_on", blocking_to_async_std),
    ("blocking to smol: block_on", blocking_to_smol),
    ("spawn_blocking back to tokio: Handle::block_on", there_and_back),
    ("thread to a task of tokio: blocking_send", thread_to_tokio),
    ("thread to a task of smol: send_blocking", thread_to_smol),
    ("tokio's socket on smol: Compat", tokio_on_smol),
    ("tokio's socket on async-std: Compat", tokio_on_async_std),
    ("smol's socket on tokio: nothing", smol_on_tokio),
];

// ANCHOR: to-blocking
/// An async program has a library that blocks: the call goes to a thread that is there for such calls.
fn tokio_to_blocking(server: SocketAddr) -> io::Result<String> {
    runtime()?.block_on(async {
        let called = task::spawn_blocking(move || ask(server)); // (1) Runs at once, whether it is awaited or not.
        called.await.map_err(io::Error::other)?
    })
}

fn async_std_to_blocking(server: SocketAddr) -> io::Result<String> {
    async_std::task::block_on(async_std::task::spawn_blocking(move || ask(server)))
}

fn smol_to_blocking(server: SocketAddr) -> io::Result<String> {
    smol::block_on(smol::unblock(move || ask(server))) // (2) The same pool as async-std's, from the crate `blocking`.
}
// ANCHOR_END: to-blocking

// ANCHOR: to-async
/// A blocking program has a library that is async: it blocks on the future, where no runtime is above it.
fn blocking_to_tokio(server: SocketAddr) -> io::Result<String> {
    // (1) Keep it. To make one takes time, and to drop it ends what was spawned on it.
    let runtime = runtime()?;
    runtime.block_on(ask_by_tokio(server))
}

fn blocking_to_async_std(server: SocketAddr) -> io::Result<String> {
    async_std::task::block_on(ask_by_async_std(server)) // (2) The runtime is there for the whole process.
}

fn blocking_to_smol(server: SocketAddr) -> io::Result<String> {
    smol::block_on(ask_by_smol(server)) // (3) Needs no executor: this thread polls, and smol's watches the socket.
}

/// A blocking call on tokio's pool has to wait for something async after all.
fn there_and_back(server: SocketAddr) -> io::Result<String> {
    runtime()?.block_on(async {
        let runtime = Handle::current(); // (4) A handle can be taken along to any thread.
        let called = task::spawn_blocking(move || runtime.block_on(ask_by_tokio(server)));
        called.await.map_err(io::Error::other)?
    })
}
// ANCHOR_END: to-async

// ANCHOR: channels
/// A thread and a task talk to each other. Each side waits in its own way, and neither holds up the other's.
fn thread_to_tokio(server: SocketAddr) -> io::Result<String> {
    let (orders, mut inbox) = mpsc::channel::<oneshot::Sender<io::Result<String>>>(1);
    let customer = thread::spawn(move || {
        let (reply, answer) = oneshot::channel();
        orders.blocking_send(reply).map_err(io::Error::other)?; // (1) This thread may block: it polls nothing.
        answer.blocking_recv().map_err(io::Error::other)?
    });
    runtime()?.block_on(async {
        while let Some(reply) = inbox.recv().await {
            // Who has asked may have gone.
            let _ = reply.send(ask_by_tokio(server).await);
        }
    });
    customer.join().expect("it does not panic")
}

fn thread_to_smol(server: SocketAddr) -> io::Result<String> {
    let (orders, inbox) = channel::bounded::<channel::Sender<io::Result<String>>>(1);
    let customer = thread::spawn(move || {
        let (reply, answer) = channel::bounded(1);
        orders.send_blocking(reply).map_err(io::Error::other)?; // (2) The same channel, with a method for each world.
        answer.recv_blocking().map_err(io::Error::other)?
    });
    smol::block_on(async {
        while let Ok(reply) = inbox.recv().await {
            let _ = reply.send(ask_by_smol(server).await).await;
        }
    });
    customer.join().expect("it does not panic")
}
// ANCHOR_END: channels

// ANCHOR: compat
/// A library that is made for tokio, polled by another executor.
fn tokio_on_smol(server: SocketAddr) -> io::Result<String> {
    smol::block_on(Compat::new(ask_by_tokio(server))) // (1) Enters a runtime of tokio's around every poll.
}

fn tokio_on_async_std(server: SocketAddr) -> io::Result<String> {
    async_std::task::block_on(async_std::task::spawn(Compat::new(ask_by_tokio(server))))
}

/// And the other way round.
fn smol_on_tokio(server: SocketAddr) -> io::Result<String> {
    runtime()?.block_on(ask_by_smol(server)) // (2) Its reactor has a thread of its own, and takes any waker.
}
// ANCHOR_END: compat

/// A runtime with everything that tokio's sockets and timers need.
fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Asks with a call that blocks.
#[instrument(skip_all)]
fn ask(server: SocketAddr) -> io::Result<String> {
    let mut answer = String::new();
    std::net::TcpStream::connect(server)?.read_to_string(&mut answer)?;
    Ok(answer)
}

#[instrument(skip_all)]
async fn ask_by_tokio(server: SocketAddr) -> io::Result<String> {
    use tokio::io::AsyncReadExt;

    let mut answer = String::new();
    tokio::net::TcpStream::connect(server).await?.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[instrument(skip_all)]
async fn ask_by_async_std(server: SocketAddr) -> io::Result<String> {
    use async_std::io::ReadExt;

    let mut answer = String::new();
    async_std::net::TcpStream::connect(server).await?.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[instrument(skip_all)]
async fn ask_by_smol(server: SocketAddr) -> io::Result<String> {
    use smol::io::AsyncReadExt;

    let mut answer = String::new();
    smol::net::TcpStream::connect(server).await?.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Starts a server on a thread of its own, which takes its time to answer.
fn late_server() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || -> io::Result<()> {
        loop {
            let (mut client, _) = listener.accept()?;
            thread::sleep(Duration::from_millis(20));
            client.write_all(b"42\n")?;
        }
    });
    Ok(address)
}
