//! The client of the echo servers: many connections, each of which waits for its answer before it asks again.
//!
//! It is written on the system's own queue of events, without a runtime, and makes fewer system calls for each request
//! than any of the servers: it should never be what the server has to wait for. How busy it was shows whether that holds.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use lesson_kit::cpu_time;
use mio::{Events, Interest, Poll, Token, net::TcpStream};
use serde::{Deserialize, Serialize};

/// How many bytes are sent to and fro.
pub const SIZE: usize = 64;

/// What a client has seen.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Load {
    /// Answers in a second.
    pub per_second: f64,
    /// Its own CPU time as a share of the time that it ran, from 0 to 1, where the system says it.
    pub busy: Option<f64>,
}

/// Loads the server with so many connections, for that long after a fifth of it to warm up.
///
/// # Errors
///
/// If a connection fails.
pub fn load(server: SocketAddr, connections: usize, duration: Duration) -> io::Result<Load> {
    let mut poll = Poll::new()?;
    let mut clients = Vec::with_capacity(connections);
    for place in 0..connections {
        // A blocking connect, so that the server's queue of those who wait to be accepted can't overflow unnoticed.
        let stream = std::net::TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(place), Interest::READABLE)?;
        clients.push(Client { stream, missing: 0 });
    }
    for client in &mut clients {
        client.ask()?;
    }
    let mut events = Events::with_capacity(1_024);
    run(&mut poll, &mut events, &mut clients, duration / 5)?;
    let (began, cpu) = (Instant::now(), cpu_time());
    let answers = run(&mut poll, &mut events, &mut clients, duration)?;
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu_time().zip(cpu).map(|(now, before)| now.saturating_sub(before).as_secs_f64());
    Ok(Load { per_second: f64::from(answers) / seconds, busy: cpu.map(|cpu| cpu / seconds) })
}

struct Client {
    stream: TcpStream,
    /// How many bytes of the answer have still to come.
    missing: usize,
}

impl Client {
    fn ask(&mut self) -> io::Result<()> {
        self.missing = SIZE;
        // So few bytes always find room, since nothing else is on its way.
        self.stream.write_all(&[b'x'; SIZE])
    }

    /// Reads what has come, and asks again when the answer is whole. Says whether it was.
    fn go_on(&mut self) -> io::Result<bool> {
        let mut buffer = [0; SIZE];
        while self.missing > 0 {
            match self.stream.read(&mut buffer[..self.missing]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.missing -= length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.ask()?;
        Ok(true)
    }
}

/// Counts the answers in that time.
fn run(poll: &mut Poll, events: &mut Events, clients: &mut [Client], duration: Duration) -> io::Result<u32> {
    let end = Instant::now() + duration;
    let mut answers = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(answers);
        }
        match poll.poll(events, Some(left)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            polled => polled?,
        }
        for event in &*events {
            answers += u32::from(clients[event.token().0].go_on()?);
        }
    }
}
