//! A server and a client on one thread: tasks that wait for sockets.
//!
//! Two tasks on our own loop. One listens, and sends back whatever comes. The other connects to it, sends three lines,
//! and prints what comes back. Each `.await` below is a place where its task may have to wait for the other's socket.
//! Then the loop sleeps in the operating system, which watches all the sockets at once and says which of them can go on.
//! You see the lines go there and back. On the timeline: one thread, and thin bars, none of them polled in vain.
//!
//!     cargo run -p lesson-02 -- reactor --timeline
//!
//! With `LISTEN` set it is a server for other programs, until Ctrl-C. Every client is a task of its own:
//!
//!     LISTEN=127.0.0.1:7777 cargo run -p lesson-02 -- reactor
//!     nc 127.0.0.1 7777      # in another terminal, or in two

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use event_loop::{
    EventLoop,
    net::{TcpListener, TcpStream},
    sleep, spawn,
};
use futures_util::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, TryStreamExt, io::BufReader};
use lesson_kit::Setting;
use tracing::instrument;

/// Where to serve.
pub const LISTEN: Setting<SocketAddr> =
    Setting::address("LISTEN", "where to serve until Ctrl-C; without it, its own client asks", "127.0.0.1:7777");

pub fn main() -> Result<(), String> {
    match LISTEN.given() {
        None => EventLoop::new().block_on(there_and_back()).map_err(|error| format!("the echo failed: {error}")),
        Some(address) => EventLoop::new().block_on(serve(address)),
    }
}

async fn there_and_back() -> io::Result<()> {
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0).into())?; // (1) The first socket makes the reactor.
    let address = listener.local_addr()?;
    let server = spawn(async move {
        let (stream, _) = listener.accept().await?; // (2) Waits until a client has come.
        echo(stream).await
    });
    ask(address).await?;
    server.await.expect("it does not panic")
}

/// Sends back whatever comes, to the end.
#[instrument(skip_all)]
async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1_024];
    loop {
        let length = stream.read(&mut buffer).await?; // (3) Tries, and waits only if nothing is there yet.
        if length == 0 {
            return Ok(()); // The client has closed its direction. Dropping the stream closes ours.
        }
        stream.write_all(&buffer[..length]).await?; // (4) Waits if the client doesn't read what we send.
    }
}

#[instrument(skip_all)]
async fn ask(server: SocketAddr) -> io::Result<()> {
    let stream = TcpStream::connect(server).await?;
    let mut heard = BufReader::new(&stream).lines(); // (5) Not ours: a library that knows only the traits.
    for line in ["Hello?", "Is anybody there?", "Goodbye!"] {
        println!("> {line}");
        (&stream).write_all(format!("{line}\n").as_bytes()).await?;
        match heard.try_next().await? {
            Some(line) => println!("< {line}"),
            None => return Err(ErrorKind::UnexpectedEof.into()),
        }
    }
    (&stream).close().await
}

/// Answers everybody who comes, for ever.
async fn serve(address: SocketAddr) -> Result<(), String> {
    let mut listener = TcpListener::bind(address).map_err(|error| {
        format!("cannot listen on {address} ({error}); LISTEN=127.0.0.1:0 takes any port that is free")
    })?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("listening on {address}: try `nc {} {}`; Ctrl-C ends it", address.ip(), address.port());
    loop {
        match listener.accept().await {
            Ok((stream, client)) => spawn(answer(stream, client)).detach(), // (6) The listener is free for the next.
            Err(error) => {
                println!("a client could not come: {error}");
                sleep(Duration::from_millis(100)).await; // It may be that we have too many of them already.
            }
        }
    }
}

async fn answer(stream: TcpStream, client: SocketAddr) {
    println!("{client} has come");
    match echo(stream).await {
        Ok(()) => println!("{client} has gone"),
        Err(error) => println!("{client} is lost: {error}"), // Its own affair: the others notice nothing.
    }
}
