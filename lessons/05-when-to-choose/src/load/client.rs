//! The client: one thread, and a loop over all its sockets, so that it costs less than any server.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{self, SocketAddr},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use lesson_kit::cpu_time;
use mio::{Events, Interest, Poll, Token, net::TcpStream};

use super::served::{Served, Taken};

/// How long to wait for answers that are outstanding at the end, and for the first ones.
const LAST_WAIT: Duration = Duration::from_secs(20);

/// The part of the time that goes before and is not counted.
const WARM_UP: u32 = 3;

/// A load to put on a server.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub address: SocketAddr,
    pub path: &'static str,
    pub connections: u64,
    pub pace: Pace,
    /// How long it is measured.
    pub time: Duration,
}

/// When a request is sent.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// When its connection has had the answer to the one before.
    Closed,
    /// So many a second, evenly, on all connections in turn. What can't be sent yet, because its connection waits for an
    /// answer, waits, and is late from then on.
    Open { rate: f64 },
}

/// What was seen.
#[derive(Debug)]
pub struct Measured {
    /// In nanoseconds, from when each request was due.
    latencies: Histogram<u64>,
    elapsed: Duration,
    /// CPU time of the client meanwhile.
    cpu: Option<Duration>,
    /// Requests without an answer.
    pub lost: u64,
    /// What the server took under the load.
    pub server: Taken,
    /// CPU time of the server for what was measured, in seconds.
    server_cpu: Option<f64>,
}

impl Measured {
    /// Answers a second.
    #[allow(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency, in milliseconds, that so many percent of the requests don't exceed.
    #[allow(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn latency(&self, percent: f64) -> f64 {
        self.latencies.value_at_percentile(percent) as f64 / 1e6
    }

    /// CPU time of the server for each answer, in microseconds.
    #[allow(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn server_cpu(&self) -> Option<f64> {
        self.server_cpu.map(|cpu| cpu * 1e6 / self.latencies.len() as f64)
    }

    /// How much of a core the client took, in percent.
    pub fn client_share(&self) -> Option<f64> {
        self.cpu.map(|cpu| cpu.as_secs_f64() / self.elapsed.as_secs_f64() * 100.0)
    }
}

/// A connection of the client.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    /// How much of an answer has come.
    received: usize,
    /// When the request that is on its way was due.
    sent: Option<Instant>,
    /// When those were due that have to wait for it.
    waiting: VecDeque<Instant>,
}

impl Load {
    /// Connects, warms up, and measures.
    ///
    /// # Errors
    ///
    /// If a connection can't be had or breaks, or if an answer is none.
    pub fn put_on(&self, server: &Served) -> io::Result<Measured> {
        let request = format!("GET {} HTTP/1.1\r\nhost: load\r\n\r\n", self.path).into_bytes();
        let mut poll = Poll::new()?;
        let mut connections = Vec::new();
        let mut answer = 0;
        for number in 0..self.connections {
            // Each is asked once: then the server has it, and we know how long its answers are.
            let mut stream = net::TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(LAST_WAIT))?;
            stream.write_all(&request)?;
            answer = length_of_answer(&mut stream)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            let token = Token(usize::try_from(number).expect("there are fewer descriptors"));
            poll.registry().register(&mut stream, token, Interest::READABLE)?;
            connections.push(Connection { stream, received: 0, sent: None, waiting: VecDeque::new() });
        }

        let warm_up = self.time / WARM_UP;
        let begin = Instant::now();
        let counted = begin + warm_up;
        let end = counted + self.time;
        // A minute, in nanoseconds, to three digits.
        let mut latencies = Histogram::new_with_max(60_000_000_000, 3).expect("these bounds are allowed");
        let mut due = Due { begin, pace: self.pace, next: 0 };
        if let Pace::Closed = self.pace {
            for connection in &mut connections {
                connection.ask(&request, Instant::now())?;
            }
        }
        let (mut cpu_at_begin, mut server_cpu_at_begin) = (None, None);
        let mut events = Events::with_capacity(1_024);
        let mut piece = vec![0; 64 * 1024];
        loop {
            let now = Instant::now();
            if now >= counted && cpu_at_begin.is_none() {
                cpu_at_begin = cpu_time();
                server_cpu_at_begin = server.takes().cpu;
            }
            if now >= end {
                break;
            }
            while let Some((turn, when)) = due.by(now.min(end)) {
                let connection = turn % connections.len();
                connections[connection].ask_or_wait(&request, when)?;
            }
            poll.poll(&mut events, Some(due.nap(now, end)))?;
            for event in &events {
                let connection = &mut connections[event.token().0];
                let Some(asked) = connection.hear(&mut piece, answer)? else { continue };
                let now = Instant::now();
                if now >= counted {
                    record(&mut latencies, now - asked);
                }
                match self.pace {
                    Pace::Closed => connection.ask(&request, now)?,
                    Pace::Open { .. } => {
                        if let Some(due) = connection.waiting.pop_front() {
                            connection.ask(&request, due)?;
                        }
                    }
                }
            }
        }
        let elapsed = counted.elapsed();
        let cpu = cpu_at_begin.zip(cpu_time()).map(|(before, after)| after.saturating_sub(before));
        let taken = server.takes();
        let server_cpu = server_cpu_at_begin.zip(taken.cpu).map(|(before, after)| after - before);
        let lost = match self.pace {
            Pace::Closed => 0,
            Pace::Open { .. } => {
                Self::wait_for_the_rest(&mut poll, &mut connections, &request, answer, &mut latencies)?
            }
        };
        Ok(Measured { latencies, elapsed, cpu, lost, server: taken, server_cpu })
    }

    /// In an open loop, who still waits at the end is who has waited longest: leaving them out would flatter the server.
    fn wait_for_the_rest(
        poll: &mut Poll,
        connections: &mut [Connection],
        request: &[u8],
        answer: usize,
        latencies: &mut Histogram<u64>,
    ) -> io::Result<u64> {
        let until = Instant::now() + LAST_WAIT;
        let mut events = Events::with_capacity(1_024);
        let mut piece = vec![0; 64 * 1024];
        let outstanding = |connection: &Connection| connection.waiting.len() + usize::from(connection.sent.is_some());
        let mut left: usize = connections.iter().map(outstanding).sum();
        while left > 0 && Instant::now() < until {
            poll.poll(&mut events, Some(until.saturating_duration_since(Instant::now())))?;
            for event in &events {
                let connection = &mut connections[event.token().0];
                let Some(asked) = connection.hear(&mut piece, answer)? else { continue };
                record(latencies, asked.elapsed());
                left -= 1;
                if let Some(due) = connection.waiting.pop_front() {
                    connection.ask(request, due)?;
                }
            }
        }
        Ok(left as u64)
    }
}

/// When which request is due.
#[derive(Debug)]
struct Due {
    begin: Instant,
    pace: Pace,
    next: u32,
}

impl Due {
    /// The next request that is due by `now`: its number, and when it was.
    fn by(&mut self, now: Instant) -> Option<(usize, Instant)> {
        let when = self.when()?;
        (when <= now).then(|| {
            self.next += 1;
            (self.next as usize - 1, when)
        })
    }

    fn when(&self) -> Option<Instant> {
        match self.pace {
            Pace::Closed => None,
            Pace::Open { rate } => Some(self.begin + Duration::from_secs_f64(f64::from(self.next) / rate)),
        }
    }

    /// How long the loop may sleep. The system wakes us up to a millisecond late, so what is due sooner is waited for awake:
    /// the client has a core of its own for that.
    fn nap(&self, now: Instant, end: Instant) -> Duration {
        let until = self.when().map_or(end, |when| when.min(end)).saturating_duration_since(now);
        if until < Duration::from_millis(2) { Duration::ZERO } else { until - Duration::from_millis(1) }
    }
}

impl Connection {
    /// Sends a request that was `due` then. The connection waits for no answer, so there is room for it.
    fn ask(&mut self, request: &[u8], due: Instant) -> io::Result<()> {
        self.sent = Some(due);
        self.received = 0;
        self.stream.write_all(request)
    }

    fn ask_or_wait(&mut self, request: &[u8], due: Instant) -> io::Result<()> {
        if self.sent.is_some() {
            self.waiting.push_back(due);
            return Ok(());
        }
        self.ask(request, due)
    }

    /// Reads what has come. Gives when the request was due if that is the whole of its answer, which has so many bytes.
    fn hear(&mut self, piece: &mut [u8], answer: usize) -> io::Result<Option<Instant>> {
        loop {
            match self.stream.read(piece) {
                Ok(0) => return Err(io::Error::other("the server has closed a connection")),
                Ok(length) => {
                    if self.received == 0 && !piece[..length].starts_with(b"HTTP/1.1 200") {
                        return Err(io::Error::other(format!("the answer is {}", piece[..length].escape_ascii())));
                    }
                    self.received += length;
                    if self.received >= answer {
                        return Ok(self.sent.take());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn record(latencies: &mut Histogram<u64>, latency: Duration) {
    latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
}

/// Reads one answer, and gives its length in bytes.
fn length_of_answer(stream: &mut net::TcpStream) -> io::Result<usize> {
    let mut answer = Vec::new();
    let mut piece = [0; 4 * 1024];
    loop {
        let read = stream.read(&mut piece)?;
        answer.extend_from_slice(&piece[..read]);
        if let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            let whole =
                head + 4 + length.ok_or_else(|| io::Error::other(format!("the answer has no length: {text}")))?;
            if answer.len() >= whole {
                return Ok(whole);
            }
        }
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
