//! The client: one thread, and a loop over all its sockets, so that it costs less than any server.

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    mem,
    net::{self, SocketAddr},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use lesson_kit::cpu_time;
use mio::{Events, Interest, Poll, Token, net::TcpStream};

use super::{
    answer::{Answer, AnswerReader},
    served::{Core, Taken},
    service::Service,
};
use crate::limits;

/// How long to wait for answers that are outstanding at the end, and for the first ones.
pub const LAST_WAIT: Duration = Duration::from_secs(20);

/// How many connect at once. More might not find room in the queue of a server, whose length the system bounds.
const CONNECT_AT_ONCE: usize = 100;

/// The part of the time that goes before and is not counted.
const WARM_UP: u32 = 3;

/// How long [`Clients::ask`] takes to measure for so long.
pub fn with_warm_up(time: Duration) -> Duration {
    time + time / WARM_UP
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

impl Pace {
    /// The moment that decides whether an answer is in the account: in a closed loop when
    /// it came, in an open one when its request was `due`.
    fn counts_from(self, due: Instant, came: Instant) -> Instant {
        match self {
            Self::Closed => came,
            Self::Open { .. } => due,
        }
    }

    /// When the next request is due on a connection that has got its answer, on which one
    /// may be `waiting`.
    fn after_answer(self, came: Instant, waiting: Option<Instant>) -> Option<Instant> {
        match self {
            Self::Closed => Some(came),
            Self::Open { .. } => waiting,
        }
    }

    /// Whether so many answers are enough, if at least so many are hoped for. An open loop
    /// ends when its time is up: what is late then is waited for.
    fn is_enough(self, answers: u32, hoped_for: usize) -> bool {
        match self {
            Self::Closed => answers as usize >= hoped_for,
            Self::Open { .. } => true,
        }
    }
}

/// What was seen.
#[derive(Debug)]
pub struct Measured {
    /// In nanoseconds, from when each request was due. Those that were outstanding at the end are in it, since they are the
    /// ones that have waited longest; one that got no answer counts with the time for which it was waited for.
    latencies: Histogram<u64>,
    /// How many answers came before the end.
    answers: u32,
    /// How many of them were errors, or came to no end.
    errors: u32,
    /// How many connections were closed meanwhile, and made anew.
    closed: u32,
    /// In an open loop: how late the client itself was with a request for which a connection was free, in nanoseconds.
    delays: Histogram<u64>,
    elapsed: Duration,
    /// CPU time of the client meanwhile.
    cpu: Option<Duration>,
    /// Requests that got no answer.
    pub lost: u64,
    /// What the server took under the load.
    pub server: Taken,
    /// What the server had of a core for what was measured.
    core: Option<Core>,
}

impl Measured {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        f64::from(self.answers) / self.elapsed.as_secs_f64()
    }

    /// The latency, in milliseconds, that so many percent of the requests don't exceed.
    #[allow(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn latency(&self, percent: f64) -> f64 {
        self.latencies.value_at_percentile(percent) as f64 / 1e6
    }

    /// The share of the answers that were errors, in percent. One that breaks off is one.
    pub fn errors(&self) -> f64 {
        f64::from(self.errors) / f64::from(self.answers) * 100.0
    }

    /// How many connections were closed, for a hundred answers.
    pub fn closed(&self) -> f64 {
        f64::from(self.closed) / f64::from(self.answers) * 100.0
    }

    /// CPU time of the server for each answer, in microseconds.
    pub fn server_cpu(&self) -> Option<f64> {
        self.core.map(|core| core.time * 1e6 / f64::from(self.answers))
    }

    /// How often a thread of the server was given a core, for a thousand answers.
    pub fn server_turns(&self) -> Option<f64> {
        self.core.map(|core| core.turns * 1e3 / f64::from(self.answers))
    }

    /// How late the client itself was, in milliseconds, in all but one percent of what it sent in an open loop.
    #[allow(clippy::cast_precision_loss, reason = "it is a measurement")]
    pub fn client_delay(&self) -> f64 {
        self.delays.value_at_percentile(99.0) as f64 / 1e6
    }

    /// How much of a core the server took, in percent.
    pub fn server_share(&self) -> Option<f64> {
        self.core.map(|core| core.time / self.elapsed.as_secs_f64() * 100.0)
    }

    /// How much of a core the client took, in percent.
    pub fn client_share(&self) -> Option<f64> {
        self.cpu.map(|cpu| cpu.as_secs_f64() / self.elapsed.as_secs_f64() * 100.0)
    }
}

/// The clients of one server: all of their connections.
#[derive(Debug)]
pub struct Clients {
    connections: Vec<Connection>,
    poll: Poll,
    events: Events,
    address: SocketAddr,
    request: Vec<u8>,
    last_wait: Duration,
    /// How many connections were made anew.
    reconnected: u32,
}

impl Clients {
    /// Connects to a server of ours, and asks once on each connection: then the server has
    /// it, and we know how long its answers are. Waits for `last_wait` for an answer that is
    /// outstanding, here and later.
    ///
    /// # Errors
    ///
    /// If a connection can't be had or breaks, or if an answer is none.
    pub fn connect(address: SocketAddr, path: &str, count: u64, last_wait: Duration) -> io::Result<Self> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: load\r\n\r\n");
        let alike = |(_, length)| Answers::Alike { length, received: 0 };
        Self::connect_all(address, request, count, last_wait, alike)
    }

    /// The same for a service that may answer as it likes, and close a connection when it
    /// likes. Then there is another.
    ///
    /// # Errors
    ///
    /// If a connection can't be had, or if there is no answer in HTTP at first.
    pub fn connect_to(service: &Service, count: u64, last_wait: Duration) -> io::Result<Self> {
        let Service { address, host, path } = service;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        let any =
            |(answer, _): (Answer, usize)| Answers::Any { reader: AnswerReader::default(), is_used: !answer.closes };
        let mut clients = Self::connect_all(*address, request, count, last_wait, any)?;
        for number in 0..clients.connections.len() {
            if clients.connections[number].answers.is_fresh() {
                clients.reconnect(number)?;
            }
        }
        Ok(clients)
    }

    fn connect_all(
        address: SocketAddr,
        request: String,
        count: u64,
        last_wait: Duration,
        answers: impl Fn((Answer, usize)) -> Answers,
    ) -> io::Result<Self> {
        let count = usize::try_from(count).expect("there are fewer descriptors");
        let request = request.into_bytes();
        let connect = |_| {
            let mut stream = open(address, last_wait).map_err(|error| no_port(error, count))?;
            stream.write_all(&request)?;
            Ok(stream)
        };
        let poll = Poll::new()?;
        let mut connections = Vec::new();
        while connections.len() < count {
            // They wait for their answers together, as some routes take their time.
            let asking = connections.len()..count.min(connections.len() + CONNECT_AT_ONCE);
            let asking = asking.map(connect).collect::<io::Result<Vec<_>>>()?;
            for mut stream in asking {
                let answers = answers(first_answer(&mut stream, last_wait)?);
                let stream = watched(stream, &poll, connections.len())?;
                connections.push(Connection { stream, answers, sent: None, waiting: VecDeque::new() });
            }
        }
        let events = Events::with_capacity(1_024);
        Ok(Self { connections, poll, events, address, request, last_wait, reconnected: 0 })
    }

    /// Makes a connection anew that its server has closed.
    fn reconnect(&mut self, number: usize) -> io::Result<()> {
        self.reconnected += 1;
        let count = self.connections.len();
        let stream = open(self.address, self.last_wait).map_err(|error| no_port(error, count))?;
        let connection = &mut self.connections[number];
        connection.stream = watched(stream, &self.poll, number)?;
        connection.answers = Answers::Any { reader: AnswerReader::default(), is_used: false };
        Ok(())
    }

    /// Warms up, and measures for so long. `server` tells what the server has taken up to now. Afterwards no request is on
    /// its way, so this can be called again, unless one is lost.
    ///
    /// # Errors
    ///
    /// If a connection breaks, or if an answer is none.
    pub fn ask(&mut self, pace: Pace, time: Duration, server: impl Fn() -> Taken) -> io::Result<Measured> {
        let begin = Instant::now();
        let counted = begin + time / WARM_UP;
        let end = counted + time;
        // A minute, in nanoseconds, to three digits.
        let histogram = || Histogram::new_with_max(60_000_000_000, 3).expect("these bounds are allowed");
        let (mut latencies, mut delays) = (histogram(), histogram());
        let (mut answers, mut errors) = (0_u32, 0_u32);
        let mut due = Due { begin, pace, next: 0, connections: self.connections.len() };
        let mut at_begin = None;
        loop {
            let now = Instant::now();
            if now >= counted && at_begin.is_none() {
                at_begin = Some((cpu_time(), server().core, now, self.reconnected));
            }
            // What is due after the end is not asked for; what is due before it is, however late we are.
            while let Some((turn, when)) = due.by(now.min(end)) {
                let was_sent = self.send_or_wait(turn % self.connections.len(), when)?;
                if was_sent && when >= counted {
                    record(&mut delays, when.elapsed());
                }
            }
            // On a machine that has other work to do, the time may be over before there were answers to speak of.
            let is_enough = pace.is_enough(answers, self.connections.len()) || now >= end + self.last_wait;
            if now >= end && is_enough {
                break;
            }
            self.wait(due.nap(now, end))?;
            self.hear(|came, waiting| {
                if pace.counts_from(came.due, came.at) >= counted {
                    record(&mut latencies, came.at - came.due);
                    answers += 1;
                    errors += u32::from(came.is_error);
                }
                pace.after_answer(came.at, waiting)
            })?;
        }
        if !pace.is_enough(answers, 1) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in all the time; try SECONDS=5"));
        }
        let (cpu_at_begin, core_at_begin, counted_from, reconnected) = at_begin.expect("the end comes after the begin");
        let elapsed = counted_from.elapsed();
        let closed = self.reconnected - reconnected;
        let cpu = cpu_at_begin.zip(cpu_time()).map(|(before, after)| after.saturating_sub(before));
        let server = server();
        let core = core_at_begin
            .zip(server.core)
            .map(|(before, after)| Core { time: after.time - before.time, turns: after.turns - before.turns });
        // Who still waits now is who has waited longest: leaving them out would flatter the server.
        let lost = self.hear_the_rest(|due, at| {
            if pace.counts_from(due, at) >= counted {
                record(&mut latencies, at - due);
            }
        })?;
        Ok(Measured { latencies, answers, errors, closed, delays, elapsed, cpu, lost, server, core })
    }

    /// Waits for an answer, for so long at most.
    fn wait(&mut self, limit: Duration) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(limit)) {
            // Linux ends the wait of a process that was stopped and goes on, as after Ctrl-Z
            // and `fg`. There are no events then, and the caller asks again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            waited => waited,
        }
    }

    /// Sends a request that was `due` then.
    fn send(&mut self, number: usize, due: Instant) -> io::Result<()> {
        let connection = &mut self.connections[number];
        match connection.ask(&self.request, due) {
            Err(_) if connection.answers.may_end() => {
                self.reconnect(number)?;
                self.connections[number].ask(&self.request, due)
            }
            asked => asked,
        }
    }

    /// The same if its connection waits for no answer. Otherwise the request waits too. Gives
    /// whether it was sent.
    fn send_or_wait(&mut self, number: usize, due: Instant) -> io::Result<bool> {
        if self.connections[number].has_to_wait(due) {
            return Ok(false);
        }
        self.send(number, due).map(|()| true)
    }

    /// Takes the answers that have come. `next` is told of each, and when the next request
    /// was due that waits for its connection; it says when the next one is due there, if one
    /// is.
    fn hear(&mut self, mut next: impl FnMut(Came, Option<Instant>) -> Option<Instant>) -> io::Result<()> {
        let mut piece = [0; 4 * 1024];
        let events = mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            let number = event.token().0;
            let connection = &mut self.connections[number];
            let Some(heard) = connection.hear(&mut piece)? else { continue };
            let due = connection.sent.take();
            let (is_error, closes) = match heard {
                Heard::Answer(Answer { is_error, closes }) => (is_error, closes),
                Heard::End { .. } => (true, true),
            };
            if closes {
                self.reconnect(number)?;
            }
            let Some(due) = due else { continue };
            let due = if matches!(heard, Heard::End { is_stale: true }) {
                Some(due) // It was closed just when we asked, so we ask again on another.
            } else {
                let waiting = self.connections[number].waiting.pop_front();
                next(Came { due, at: Instant::now(), is_error }, waiting)
            };
            if let Some(due) = due {
                self.send(number, due)?;
            }
        }
        self.events = events;
        Ok(())
    }

    /// Waits for what is outstanding, and gives how much of that never came. Either way
    /// `record` is told of it: when it was due, and up to when it has waited.
    fn hear_the_rest(&mut self, mut record: impl FnMut(Instant, Instant)) -> io::Result<u64> {
        let until = Instant::now() + self.last_wait;
        let outstanding = |connection: &Connection| connection.waiting.len() + usize::from(connection.sent.is_some());
        let mut left: usize = self.connections.iter().map(outstanding).sum();
        while left > 0 && Instant::now() < until {
            self.wait(until.saturating_duration_since(Instant::now()))?;
            self.hear(|came, waiting| {
                record(came.due, came.at);
                left -= 1;
                waiting
            })?;
        }
        for connection in &mut self.connections {
            let lost = connection.sent.take().into_iter().chain(connection.waiting.drain(..));
            lost.for_each(|due| record(due, Instant::now()));
        }
        Ok(left as u64)
    }
}

/// An answer that has come.
#[derive(Debug, Clone, Copy)]
struct Came {
    /// When its request was due.
    due: Instant,
    at: Instant,
    is_error: bool,
}

/// A connection of the client.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    answers: Answers,
    /// When the request that is on its way was due.
    sent: Option<Instant>,
    /// When those were due that have to wait for it.
    waiting: VecDeque<Instant>,
}

/// What comes on a connection.
#[derive(Debug)]
enum Answers {
    /// All of them have so many bytes, of which so many have come. Anything else is an error.
    Alike { length: usize, received: usize },
    /// Each says for itself where it ends, and may be an error, or the last. The connection is
    /// used when there was one before.
    Any { reader: AnswerReader, is_used: bool },
}

/// What was heard on a connection.
#[derive(Debug, Clone, Copy)]
enum Heard {
    Answer(Answer),
    /// It has ended. It is stale if it was idle before, and nothing came after the last request.
    End {
        is_stale: bool,
    },
}

impl Answers {
    /// Whether the server may close the connection.
    fn may_end(&self) -> bool {
        matches!(self, Self::Any { .. })
    }

    /// Whether no answer has come on this connection that may end.
    fn is_fresh(&self) -> bool {
        matches!(self, Self::Any { is_used: false, .. })
    }

    /// Takes what has come. Gives the answer if it is whole.
    fn take(&mut self, bytes: &[u8]) -> io::Result<Option<Answer>> {
        match self {
            Self::Any { reader, is_used } => {
                let answer = reader.take(bytes)?;
                *is_used |= answer.is_some();
                Ok(answer)
            }
            Self::Alike { length, received } => {
                if *received == 0 && !bytes.starts_with(b"HTTP/1.1 200") {
                    return Err(io::Error::other(format!("the answer is {}", bytes.escape_ascii())));
                }
                *received += bytes.len();
                let is_whole = *received >= *length;
                if is_whole {
                    *received = 0;
                }
                Ok(is_whole.then_some(Answer { is_error: false, closes: false }))
            }
        }
    }

    /// The connection has ended.
    fn end(&mut self) -> io::Result<Heard> {
        match self {
            Self::Alike { .. } => Err(io::Error::other("the server has closed a connection")),
            Self::Any { reader, is_used } => {
                let is_stale = *is_used && reader.is_empty();
                Ok(reader.end().map_or(Heard::End { is_stale }, Heard::Answer))
            }
        }
    }
}

/// When which request is due.
#[derive(Debug)]
struct Due {
    begin: Instant,
    pace: Pace,
    next: u32,
    /// In a closed loop each of them begins with a request.
    connections: usize,
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
            Pace::Closed => ((self.next as usize) < self.connections).then_some(self.begin),
            Pace::Open { rate } => Some(self.begin + Duration::from_secs_f64(f64::from(self.next) / rate)),
        }
    }

    /// How long the loop may sleep. The system wakes us up to a millisecond late, so what is due sooner is waited for awake:
    /// the client has a core of its own for that.
    fn nap(&self, now: Instant, end: Instant) -> Duration {
        let until = self.when().map_or(end, |when| when.min(end)).max(now).saturating_duration_since(now);
        until.saturating_sub(Duration::from_millis(1))
    }
}

impl Connection {
    /// Sends a request that was `due` then. The connection waits for no answer, so there is room for it.
    fn ask(&mut self, request: &[u8], due: Instant) -> io::Result<()> {
        self.sent = Some(due);
        self.stream.write_all(request).map_err(|error| broken(&error))
    }

    /// Whether a request that is `due` has to wait for an answer, in which case it does.
    fn has_to_wait(&mut self, due: Instant) -> bool {
        if self.sent.is_some() {
            self.waiting.push_back(due);
        }
        self.sent.is_some()
    }

    /// Reads what has come, up to the end of an answer.
    fn hear(&mut self, piece: &mut [u8]) -> io::Result<Option<Heard>> {
        loop {
            match self.stream.read(piece) {
                Ok(0) => return self.answers.end().map(Some),
                Ok(length) => {
                    if let Some(answer) = self.answers.take(&piece[..length])? {
                        return Ok(Some(Heard::Answer(answer)));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) if self.answers.may_end() => return self.answers.end().map(Some),
                Err(error) => return Err(broken(&error)),
            }
        }
    }
}

/// Opens a connection that blocks, for so long at most.
fn open(address: SocketAddr, limit: Duration) -> io::Result<net::TcpStream> {
    let stream = net::TcpStream::connect_timeout(&address, limit)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(limit))?;
    Ok(stream)
}

/// The same connection, which blocks no more: what comes is an event of this number.
fn watched(stream: net::TcpStream, poll: &Poll, number: usize) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    let mut stream = TcpStream::from_std(stream);
    poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
    Ok(stream)
}

/// Says in words if the system has no port left for one of so many connections.
fn no_port(error: io::Error, count: usize) -> io::Error {
    if error.kind() != io::ErrorKind::AddrNotAvailable {
        return error;
    }
    let ports = limits::ports().setting;
    let reason = format!("no port is left for one of {count} connections ({ports})");
    let way_out = "widen that, or try again when more are free, such as in a minute";
    io::Error::new(error.kind(), format!("{reason}; {way_out}"))
}

/// Says what has happened to a connection, in words.
fn broken(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the server has broken a connection ({error})"))
}

fn record(latencies: &mut Histogram<u64>, latency: Duration) {
    latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
}

/// Reads one answer, and gives its length in bytes, too.
fn first_answer(stream: &mut net::TcpStream, limit: Duration) -> io::Result<(Answer, usize)> {
    let mut reader = AnswerReader::default();
    let mut length = 0;
    let mut piece = [0; 4 * 1024];
    loop {
        let read = match stream.read(&mut piece) {
            // A read with a timeout ends, too, when the process was stopped and goes on.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // Systems have two names for it.
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(io::Error::new(error.kind(), format!("no answer came in {limit:?}")));
            }
            read => read.map_err(|error| broken(&error))?,
        };
        length += read;
        let answer = if read == 0 { reader.end() } else { reader.take(&piece[..read])? };
        match answer {
            Some(answer) => return Ok((answer, length)),
            None if read == 0 => {
                return Err(io::Error::other("the server has closed a connection without an answer"));
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread, time::Duration};

    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";

    /// A server of one connection, which does this for each request that comes, after the first.
    fn server(mut serve: impl FnMut(usize, &mut net::TcpStream) + Send + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it listens");
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let mut piece = [0; 1_024];
            for number in 0.. {
                // A request comes in one piece, since it is short, and the next only after its answer.
                if stream.read(&mut piece).map_or(true, |length| length == 0) {
                    return;
                }
                if number == 0 {
                    stream.write_all(ANSWER).expect("it is open");
                } else {
                    serve(number, &mut stream);
                }
            }
        });
        address
    }

    /// Answers at once, but the request of this number not before this time is over.
    fn stalls(at: usize, stall: Duration) -> impl FnMut(usize, &mut net::TcpStream) {
        move |number, stream| {
            if number == at {
                thread::sleep(stall);
            }
            let _ = stream.write_all(ANSWER); // It may have had all that it wanted.
        }
    }

    fn ask(address: SocketAddr, pace: Pace, time: Duration, last_wait: Duration) -> io::Result<Measured> {
        Clients::connect(address, "/", 1, last_wait)?.ask(pace, time, Taken::default)
    }

    #[test]
    fn a_server_that_stalls_has_stalled_for_all_who_would_have_come_meanwhile() {
        const RATE: f64 = 500.0;
        let (time, stall) = (Duration::from_millis(600), Duration::from_millis(400));
        let open = ask(server(stalls(150, stall)), Pace::Open { rate: RATE }, time, LAST_WAIT).expect("it answers");
        // Those that were due in the first half of the stall have waited for its second, however fast the machine is.
        let half = u64::try_from(stall.as_nanos()).expect("it is short") / 2;
        let late = |measured: &Measured| measured.latencies.count_between(half, u64::MAX);
        assert!(late(&open) >= 99, "{} of {}", late(&open), open.latencies.len());
        // All that were due are in the account, and no more.
        assert!((299..=301).contains(&open.latencies.len()), "{}", open.latencies.len());
        assert_eq!(open.lost, 0);

        // In a closed loop one request sees all of it: this is why there is an open one.
        let closed = ask(server(stalls(150, stall)), Pace::Closed, time, LAST_WAIT).expect("it answers");
        assert!(late(&closed) < late(&open) / 2, "{} and {}", late(&closed), late(&open));
    }

    #[test]
    fn a_request_that_is_sent_after_the_end_has_waited_since_it_was_due() {
        let (time, stall) = (Duration::from_millis(600), Duration::from_millis(400));
        // Request 350 is due 100 ms before the end, and so are 49 others from then on.
        let open = ask(server(stalls(350, stall)), Pace::Open { rate: 500.0 }, time, LAST_WAIT).expect("it answers");
        let late = open.latencies.count_between(300_000_000, u64::MAX);
        assert!(late >= 49, "{late} of {}", open.latencies.len());
    }

    #[test]
    fn a_request_that_the_client_sends_late_was_due_before() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let stream = net::TcpStream::connect(listener.local_addr().expect("it listens")).expect("it listens");
        let stream = TcpStream::from_std(stream);
        let answers = Answers::Alike { length: ANSWER.len(), received: 0 };
        let mut connection = Connection { stream, answers, sent: None, waiting: VecDeque::new() };
        let [due, next] = [Instant::now(), Instant::now() + Duration::from_millis(1)];
        thread::sleep(Duration::from_millis(2));
        assert!(!connection.has_to_wait(due));
        connection.ask(b"GET", due).expect("it is open");
        assert!(connection.has_to_wait(next));
        assert_eq!((connection.sent, connection.waiting.pop_front()), (Some(due), Some(next)));
    }

    #[test]
    fn a_request_that_is_outstanding_at_the_end_counts_with_all_its_time() {
        let (time, stall) = (Duration::from_millis(200), Duration::from_millis(400));
        let mut begin = None;
        let address = server(move |_, stream| {
            // Once, in the middle of what is measured, and for longer than that.
            if begin.get_or_insert_with(|| Some(Instant::now())).is_some_and(|begin| begin.elapsed() > time / 2) {
                begin = Some(None);
                thread::sleep(stall);
            }
            let _ = stream.write_all(ANSWER); // It may have had all that it wanted.
        });
        let closed = ask(address, Pace::Closed, time, LAST_WAIT).expect("it answers");
        assert!(closed.latency(100.0) >= 400.0, "{}", closed.latency(100.0));
        assert_eq!((closed.latencies.len(), closed.lost), (u64::from(closed.answers) + 1, 0));
    }

    #[test]
    fn a_request_without_an_answer_is_lost_and_counts_as_late() {
        let address = server(|number, stream| {
            if number < 50 {
                let _ = stream.write_all(ANSWER);
            }
        });
        let (time, wait) = (Duration::from_millis(300), Duration::from_millis(50));
        let measured = ask(address, Pace::Open { rate: 500.0 }, time, wait).expect("the connection is open");
        // 400 ms of requests were due; the first 49 got an answer.
        assert!((150..=152).contains(&measured.lost), "{}", measured.lost);
        assert!(measured.latency(100.0) >= 300.0, "{}", measured.latency(100.0));
    }

    #[test]
    fn a_first_answer_that_does_not_come_is_said_in_words() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it listens");
        let service = Service { address, host: address.to_string(), path: "/".into() };
        let error = Clients::connect_to(&service, 1, Duration::from_millis(50)).expect_err("none answers");
        assert_eq!(error.to_string(), "no answer came in 50ms");
    }

    #[test]
    fn a_connection_that_ends_is_said_in_words() {
        let ends = |number, stream: &mut net::TcpStream| {
            let _ = if number < 5 { stream.write_all(ANSWER) } else { stream.shutdown(net::Shutdown::Both) };
        };
        let error = ask(server(ends), Pace::Closed, Duration::from_secs(60), LAST_WAIT).expect_err("it has ended");
        assert!(error.to_string().starts_with("the server has "), "{error}");
        let refuses = |_, stream: &mut net::TcpStream| {
            let _ = stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
        };
        let error = ask(server(refuses), Pace::Closed, Duration::from_secs(60), LAST_WAIT).expect_err("it is refused");
        assert!(error.to_string().starts_with("the answer is HTTP/1.1 503 "), "{error}");
    }
}
