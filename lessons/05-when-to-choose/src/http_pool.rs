//! The web service on a pool of threads: as many as `WORKERS` says, however many
//! clients there are.
//!
//! The code of a worker blocks, as in `http-threads`. But a connection has a worker
//! only from the first byte of a request to the last of its answer. In between it
//! stands in a list, and one thread watches all of the list. Apache's event MPM, Tomcat
//! and gunicorn's gthread are of this kind. In the older kind, such as Apache's worker
//! MPM, a client that is idle keeps its worker.
//!
//! The price of the bound: while every worker waits, for a slow client or for a timer,
//! all other clients wait too.
//!
//!     cargo run -p lesson-05 -- http-pool
//!     curl -i http://127.0.0.1:8080/sleep/50
//!     WORKERS=2 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- http-pool

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::{Shutdown, TcpListener as Listener, TcpStream},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::end_by;
use mio::{Events, Interest, Poll, Registry, Token, Waker, net};

use crate::{
    limits, setting,
    web::{
        accepting::Accepting,
        blocking::{
            request::{Received, Request, RequestReader},
            response::Responder,
            signals::Signals,
        },
        route::{BACKEND, Reply, Route, primes_below},
        rules,
        settings::Settings,
        tally::{Open, Tally},
    },
};

/// How many workers there are, unless `WORKERS` says otherwise.
const WORKERS: usize = 16;

/// What is watched beside the idle connections. Their numbers begin at 0.
const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);

pub fn main() -> Result<(), String> {
    let settings = Settings::read(limits::connections())?;
    let workers = setting::number("WORKERS", 1..=10_000, WORKERS)?;
    let signals = Signals::new();
    let signals = signals.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    let cannot = |error| format!("cannot wait for clients: {error}");
    let mut poll = Poll::new().map_err(cannot)?;
    let server = Arc::new(Server::new(settings, &poll).map_err(cannot)?);
    start(&server, workers, signals).map_err(|error| {
        // (4) It is known before the first client comes, and not with the last.
        let more = limits::how_to_have_more_threads();
        format!("no room for {workers} workers: {error}; WORKERS sets fewer, or {more}")
    })?;

    let listener = settings.listen()?;
    let mut dispatcher = Dispatcher::new(listener, &poll, &server).map_err(cannot)?;
    let signal = dispatcher.dispatch(&mut poll).map_err(cannot)?;
    drop(dispatcher); // (1) Nobody else gets in.
    println!("stopping; open connections: {}", server.tally.open());
    server.drain(&mut poll).map_err(cannot)?;
    println!("{}", server.tally);
    end_by(signal);
    Ok(())
}

/// Starts all threads that there will be.
fn start(server: &Arc<Server>, workers: usize, signals: Signals) -> io::Result<()> {
    for _ in 0..workers {
        let server = Arc::clone(server);
        spawn("worker", move || work(&server))?;
    }
    let server = Arc::clone(server);
    spawn("signals", move || signals.each(|signal| server.obey(signal)))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

/// What all threads share.
struct Server {
    settings: Settings,
    tally: Tally,
    state: Mutex<State>,
    /// There is another client with a request.
    ready: Condvar,
    /// Where connections are put to be watched.
    registry: Registry,
    /// Ends the wait of the thread that watches.
    waker: Waker,
}

#[derive(Default)]
struct State {
    /// The number of the next connection that is noted here.
    next: usize,
    /// Those that wait for a request, in the order in which they began to.
    idle: BTreeMap<usize, Idle>,
    /// Those of whose request something has come, and that have no worker yet.
    ready: VecDeque<Client>,
    /// Those that have got their last answer, and may still send.
    leaving: BTreeMap<usize, Arc<TcpStream>>,
    /// The first signal that has come.
    signal: Option<i32>,
    /// There was another: it's enough.
    hurry: bool,
}

/// A connection that costs no worker, but a descriptor and this.
struct Idle {
    stream: net::TcpStream,
    since: Instant,
    place: Place,
}

/// A connection that has a worker, or is to have one.
struct Client {
    stream: TcpStream,
    place: Place,
}

/// Counts a connection as open until this is dropped.
struct Place {
    open: Option<Open>,
    server: Arc<Server>,
}

/// The thread that watches may wait for room, or for the last one to leave.
impl Drop for Place {
    fn drop(&mut self) {
        self.open = None; // First, as it looks at the count when it wakes.
        let _ = self.server.waker.wake(); // Otherwise it looks a little later.
    }
}

impl State {
    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }
}

impl Server {
    fn new(settings: Settings, poll: &Poll) -> io::Result<Self> {
        Ok(Self {
            settings,
            tally: Tally::default(),
            state: Mutex::default(),
            ready: Condvar::new(),
            registry: poll.registry().try_clone()?,
            waker: Waker::new(poll.registry(), WAKER)?,
        })
    }

    /// A worker that has panicked has left the state as it should be: no line that
    /// changes it can panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to stop, or gives up those who are still being served.
    fn obey(&self, signal: i32) {
        let mut state = self.state();
        state.hurry = state.signal.is_some();
        state.signal.get_or_insert(signal);
        let _ = self.waker.wake(); // (2) The thread that watches sleeps in the system.
    }

    /// Gives an idle connection of which something has come to the workers.
    fn hand_over(&self, number: usize) {
        let mut state = self.state();
        let Some(mut idle) = state.idle.remove(&number) else { return };
        // (10) From here on it is watched no more, and is as it was before: it blocks.
        if self.registry.deregister(&mut idle.stream).is_ok() {
            let client = Client { stream: idle.stream.into(), place: idle.place };
            state.ready.push_back(client);
            self.ready.notify_one();
        }
    }

    /// For a worker: waits for a client with a request.
    fn next_client(&self) -> Client {
        let mut state = self.state();
        loop {
            if let Some(client) = state.ready.pop_front() {
                return client;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sends those away that have been idle for too long. Gives how long no other is:
    /// one that begins to be idle now has all of its time before it.
    fn send_away(&self) -> Duration {
        let patience = self.settings.patience;
        let mut state = self.state();
        let now = Instant::now();
        while let Some(first) = state.idle.first_entry() {
            let left = patience.saturating_sub(now - first.get().since);
            if !left.is_zero() {
                return left;
            }
            first.remove();
        }
        patience
    }

    /// Sends the idle clients away, and waits for the others as long as there is time.
    /// Whoever is left then is cut off by the end of the process.
    fn drain(&self, poll: &mut Poll) -> io::Result<()> {
        let mut events = Events::with_capacity(1_024);
        loop {
            wait(poll, &mut events, Duration::ZERO)?;
            if events.is_empty() {
                break;
            }
            events.iter().for_each(|event| self.hand_over(event.token().0));
        }
        // (3) Of those nothing has come. The others have a worker, or will have one.
        let mut state = self.state();
        state.idle.clear();
        for stream in state.leaving.values() {
            let _ = stream.shutdown(Shutdown::Read);
        }
        drop(state);
        let end = Instant::now() + self.settings.drain;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if self.tally.open() == 0 || left.is_zero() || self.state().hurry {
                return Ok(());
            }
            wait(poll, &mut events, left)?;
        }
    }
}

/// The thread that accepts connections and watches the idle ones.
struct Dispatcher<'a> {
    listener: net::TcpListener,
    server: &'a Arc<Server>,
    accepting: Accepting,
    /// There may be a client in the system's queue.
    may_accept: bool,
}

impl<'a> Dispatcher<'a> {
    fn new(from: Listener, poll: &Poll, server: &'a Arc<Server>) -> io::Result<Self> {
        from.set_nonblocking(true)?;
        let mut listener = net::TcpListener::from_std(from);
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self { listener, server, accepting: Accepting::default(), may_accept: true })
    }

    /// Accepts and watches until a signal comes.
    fn dispatch(&mut self, poll: &mut Poll) -> io::Result<i32> {
        let mut events = Events::with_capacity(1_024);
        loop {
            if let Some(signal) = self.server.state().signal {
                return Ok(signal);
            }
            let pause = self.accept();
            let until_next = self.server.send_away();
            let limit = pause.map_or(until_next, |pause| pause.min(until_next));
            wait(poll, &mut events, limit)?;
            for event in &events {
                match event.token() {
                    LISTENER => self.may_accept = true,
                    WAKER => {} // There is room, or a signal.
                    Token(number) => self.server.hand_over(number),
                }
            }
        }
    }

    /// Accepts as many as there are and as are allowed. The others wait in the system's
    /// queue. Gives how long to wait before the next try if the system has no room.
    fn accept(&mut self) -> Option<Duration> {
        let (server, most) = (self.server, self.server.settings.connections);
        while self.may_accept {
            if server.tally.open() >= most as u64 {
                self.accepting.is_full(most);
                return None;
            }
            match self.listener.accept() {
                Ok((stream, _)) => {
                    self.accepting.works();
                    Client::new(stream, server).wait_for_request();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.may_accept = false;
                }
                // No descriptor is left, or this client has gone already. Neither is a
                // reason to end.
                Err(error) => {
                    let pause = self.accepting.failed(&error, server.tally.open());
                    if pause.is_some() {
                        return pause;
                    }
                }
            }
        }
        None
    }
}

/// Waits until something has happened, for so long at most.
fn wait(poll: &mut Poll, events: &mut Events, limit: Duration) -> io::Result<()> {
    match poll.poll(events, Some(limit)) {
        // After Ctrl-Z and `fg`, say. There are no events then.
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        waited => waited,
    }
}

impl Client {
    fn new(stream: net::TcpStream, server: &Arc<Server>) -> Self {
        let stream = TcpStream::from(stream);
        let patience = Some(server.settings.patience);
        // A small answer goes out at once, and does not wait for another.
        let _ = stream.set_nodelay(true);
        let _ = stream.set_nonblocking(false); // Workers wait in it.
        // (5) For a client that stops reading.
        let _ = stream.set_write_timeout(patience);
        let open = Some(server.tally.connected());
        Self { stream, place: Place { open, server: Arc::clone(server) } }
    }

    /// Waits without a worker until something comes.
    fn wait_for_request(self) {
        let Self { stream, place } = self; // (9) It goes to the thread that watches.
        let server = Arc::clone(&place.server);
        let mut state = server.state();
        if state.signal.is_some() {
            return;
        }
        let number = state.number();
        let mut stream = net::TcpStream::from_std(stream);
        let readable = Interest::READABLE;
        // If the system can't watch another one, this one is let go.
        if server.registry.register(&mut stream, Token(number), readable).is_ok() {
            state.idle.insert(number, Idle { stream, since: Instant::now(), place });
        }
    }
}

/// A worker: serves one client after another, for ever.
fn work(server: &Server) {
    loop {
        let client = server.next_client();
        // (11) A request that panics costs its client the connection. Without this line
        // it would cost the pool a worker, and the last of them the service.
        let _ = catch_unwind(AssertUnwindSafe(|| attend(client)));
    }
}

/// What becomes of a connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    GoesOn,
    Ends,
    /// It ends although the client may still send.
    BreaksOff,
}

/// Serves one client, for as many requests as have come.
fn attend(client: Client) {
    match serve(&client) {
        Ok(Fate::GoesOn) => client.wait_for_request(),
        Ok(Fate::BreaksOff) => see_off(client),
        // An error is the client's affair, who may have gone away, or kept us waiting.
        Ok(Fate::Ends) | Err(_) => {}
    }
}

fn serve(client: &Client) -> io::Result<Fate> {
    let patience = client.place.server.settings.patience;
    let mut reader = RequestReader::new(&client.stream, patience);
    loop {
        // Of a slow client only a part has come, and this worker waits for the rest.
        let fate = match reader.read(|| ())? {
            None => Fate::Ends,
            Some(Received::Refused(status)) => {
                Responder::new(&client.stream, patience).refuse(status)?;
                Fate::BreaksOff
            }
            Some(Received::Request(request)) => answer(client, &mut reader, &request)?,
        };
        // What has come behind the request is another one that has begun.
        if fate != Fate::GoesOn || reader.is_empty() {
            return Ok(fate);
        }
    }
}

/// Answers a request.
fn answer(
    client: &Client,
    // For what comes behind the head.
    reader: &mut RequestReader<'_>,
    request: &Request,
) -> io::Result<Fate> {
    let server = &client.place.server;
    let patience = server.settings.patience;
    let in_hand = server.tally.requested();
    let head = &request.head;
    let route = Route::of(head.method().as_str(), head.uri().path());
    let mut reply = match (read_body(reader, request, route, patience), route) {
        (Err(refusal), _) => refusal,
        (Ok(_), Route::Sleep(time)) => {
            thread::sleep(time); // (6) Meanwhile the pool has a worker less.
            Reply::waited(time)
        }
        (Ok(_), Route::Primes(below)) => Reply::primes(below, primes_below(below)),
        // There is nothing to hand over to: it has a worker.
        (Ok(_), Route::Mixed(below) | Route::Naive(below)) => {
            thread::sleep(BACKEND);
            Reply::primes(below, primes_below(below))
        }
        (Ok(body), other) => other.answer(body.into()),
    };
    let breaks_off = reply.closes;
    // A server that stops says so with its last answer.
    reply.closes |= !request.keeps_alive || server.state().signal.is_some();
    // (7) Blocks while the client doesn't read, and its worker with it.
    let responder = Responder::new(&client.stream, patience);
    let goes_on = responder.send(reply, in_hand, request)?;
    Ok(match (breaks_off, goes_on) {
        (true, _) => Fate::BreaksOff,
        (false, true) => Fate::GoesOn,
        (false, false) => Fate::Ends,
    })
}

/// Reads the body of a request, or says why not.
fn read_body(
    reader: &mut RequestReader<'_>,
    request: &Request,
    route: Route,
    patience: Duration,
) -> Result<Vec<u8>, Reply> {
    rules::check(&request.head, route)?; // Some are refused without it.
    let body = reader.read_body(request, Instant::now() + patience);
    body.map_err(|error| match error.kind() {
        // Systems have two names for a read that has taken too long.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Reply::too_slow(),
        io::ErrorKind::FileTooLarge => Reply::too_long(),
        _broken => Reply::broken_body(),
    })
}

/// Says goodbye to a client that may not have sent all of its request yet.
fn see_off(client: Client) {
    let Client { stream, place } = client;
    let server = &place.server;
    let stream = Arc::new(stream);
    let mut state = server.state();
    let number = state.number();
    state.leaving.insert(number, Arc::clone(&stream)); // A signal need not wait for it.
    let is_stopping = state.signal.is_some();
    drop(state);
    // (8) To close a socket with something unread resets the connection, and that may
    // cost the client its answer.
    let _ = stream.shutdown(if is_stopping { Shutdown::Both } else { Shutdown::Write });
    let _ = RequestReader::new(&stream, server.settings.patience).drop_rest();
    server.state().leaving.remove(&number);
}
