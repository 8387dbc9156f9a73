//! The web service on std threads: one for each connection, which reads, waits, counts and writes, and blocks all it
//! likes. HTTP is read with httparse and written by hand, since hyper is for futures.
//!
//! A task is dropped; a thread has to be brought to end by itself. To stop one that waits for its client, the reading half
//! of its socket is shut. It then reads the end, as if the client had left.
//!
//!     cargo run -p lesson-05 -- http-threads
//!     curl -i http://127.0.0.1:8080/sleep/50
//!     LISTEN=127.0.0.1:0 CONNECTIONS=100 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- http-threads

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::end_by;

use crate::web::{
    accepting::{Accepting, PAUSE},
    blocking::{
        request::{Received, Request, RequestReader},
        response::Responder,
        signals::Signals,
    },
    route::{BACKEND, Reply, Route, primes_below},
    rules,
    settings::Settings,
    tally::{Open, Tally},
};

pub fn main() -> Result<(), String> {
    let settings = Settings::read_for_threads()?;
    let signals = Signals::new().map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    let listener = settings.listen()?;
    let address = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    let server =
        Arc::new(Server { settings, tally: Tally::default(), state: Mutex::default(), changed: Condvar::new() });
    // For the signals' thread, so that it can connect when there is no other left.
    let mut spare = listener.try_clone().map(Some).map_err(|error| format!("cannot listen: {error}"))?;
    {
        let server = Arc::clone(&server);
        let obeying = spawn("signals", move || signals.each(|signal| server.obey(signal, address, spare.take())));
        obeying.map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    }

    let signal = accept(&listener, &server);
    drop(listener); // (1) Nobody else gets in.
    println!("stopping; open connections: {}", server.tally.open());
    server.drain();
    println!("{}", server.tally);
    end_by(signal);
    Ok(())
}

/// What all threads share.
#[derive(Debug)]
struct Server {
    settings: Settings,
    tally: Tally,
    state: Mutex<State>,
    /// A connection has ended, or a signal has come.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Those that are open.
    connections: HashMap<u64, Connection>,
    /// The first signal that has come.
    signal: Option<i32>,
    /// There was another: it's enough.
    hurry: bool,
}

#[derive(Debug)]
struct Connection {
    stream: Arc<TcpStream>,
    /// It waits for a request of which nothing has come yet, or it has got its last answer.
    is_idle: bool,
}

impl Server {
    /// A thread that has panicked has left the state as it should be: no line that changes it can panic.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to stop, or gives up those who are still being served. `spare` is a descriptor to give back.
    fn obey(&self, signal: i32, address: SocketAddr, spare: Option<TcpListener>) {
        let mut state = self.state();
        state.hurry = state.signal.is_some();
        state.signal.get_or_insert(signal);
        self.changed.notify_all();
        drop(state);
        // (2) Whoever blocks in `accept` sees nothing of this, unless somebody comes. It may hold the last descriptor there
        // was, for the client that it waits for.
        drop(spare);
        let _ = TcpStream::connect(match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST, address.port()).into(),
            IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST, address.port()).into(),
            _ => address,
        });
    }

    /// Waits until there is room for another connection. Gives the signal instead, if one has come.
    fn wait_for_room(&self, accepting: &mut Accepting) -> Option<i32> {
        let most = self.settings.connections;
        let mut state = self.state();
        if state.connections.len() >= most {
            accepting.is_full(most);
        }
        let has_to_wait = |state: &mut State| state.signal.is_none() && state.connections.len() >= most;
        state = self.changed.wait_while(state, has_to_wait).unwrap_or_else(PoisonError::into_inner);
        state.signal
    }

    /// Sends the idle clients away, and waits for the others as long as there is time. Whoever is left then is cut off by the
    /// end of the process, and not before: it has to be counted first.
    fn drain(&self) {
        let state = self.state();
        for connection in state.connections.values().filter(|connection| connection.is_idle) {
            // (3) On Linux, what has come already can still be read. Then its thread finds the end.
            let _ = connection.stream.shutdown(Shutdown::Read);
        }
        let goes_on = |state: &mut State| !state.connections.is_empty() && !state.hurry;
        drop(self.changed.wait_timeout_while(state, self.settings.drain, goes_on));
    }

    fn signal(&self) -> Option<i32> {
        self.state().signal
    }

    /// Notes that a connection waits for its next request. Gives whether it may.
    fn is_idle(&self, number: u64) -> bool {
        let mut state = self.state();
        let may_wait = state.signal.is_none();
        if let Some(connection) = state.connections.get_mut(&number) {
            connection.is_idle = true;
        }
        may_wait
    }

    /// Notes that it has got the first bytes of one.
    fn is_busy(&self, number: u64) {
        if let Some(connection) = self.state().connections.get_mut(&number) {
            connection.is_idle = false;
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

/// Accepts until a signal comes, as many at once as are allowed. The others wait in the system's queue.
fn accept(listener: &TcpListener, server: &Arc<Server>) -> i32 {
    let mut accepting = Accepting::default();
    for number in 0.. {
        if let Some(signal) = server.wait_for_room(&mut accepting) {
            return signal;
        }
        let accepted = listener.accept();
        if let Some(signal) = server.signal() {
            return signal;
        }
        match accepted {
            Ok((stream, _)) => {
                let client = Arc::new(Client::new(stream, server, number));
                while let Err(error) = start(&client) {
                    // (4) There is no thread left. So this one waits here, and the others in the queue behind it.
                    accepting.lacks_thread(&error, server.tally.open() - 1, "wait");
                    thread::sleep(PAUSE);
                    if let Some(signal) = server.signal() {
                        return signal;
                    }
                }
                accepting.works();
            }
            // No descriptor is left, or this client has gone already. Neither is a reason to end.
            Err(error) => {
                if let Some(pause) = accepting.failed(&error, server.tally.open()) {
                    thread::sleep(pause);
                }
            }
        }
    }
    unreachable!("there are more numbers than connections")
}

/// A client, who counts as connected until this is dropped.
struct Client {
    server: Arc<Server>,
    number: u64,
    stream: Arc<TcpStream>,
    open: Option<Open>,
}

impl Client {
    fn new(stream: TcpStream, server: &Arc<Server>, number: u64) -> Self {
        let stream = Arc::new(stream);
        let connection = Connection { stream: Arc::clone(&stream), is_idle: true };
        server.state().connections.insert(number, connection);
        Self { server: Arc::clone(server), number, stream, open: Some(server.tally.connected()) }
    }
}

/// Takes the connection off the list when its thread ends, in whatever way.
impl Drop for Client {
    fn drop(&mut self) {
        self.open = None; // First, as the rest says that all is over.
        self.server.state().connections.remove(&self.number);
        self.server.changed.notify_all();
    }
}

/// Starts the thread of a client.
fn start(client: &Arc<Client>) -> io::Result<()> {
    let client = Arc::clone(client);
    spawn("client", move || attend(&client))
}

/// Serves one client, for as many requests as it likes.
fn attend(client: &Client) {
    let Client { server, stream, .. } = client;
    // A small answer goes out at once, and does not wait for another.
    let _ = stream.set_nodelay(true);
    let _ = stream.set_write_timeout(Some(server.settings.patience)); // (5) For a client that stops reading.
    let responder = Responder::new(stream, server.settings.patience);
    let mut reader = RequestReader::new(stream, server.settings.patience);
    loop {
        // What has come behind the last request is a request that has begun.
        if reader.is_empty() && !server.is_idle(client.number) {
            return;
        }
        let received = reader.read(|| server.is_busy(client.number));
        // An error is the client's affair, who may have gone away, or kept us waiting.
        let Ok(Some(received)) = received else { return };
        let goes_on = match received {
            Received::Refused(status) => {
                let _ = responder.refuse(status);
                see_off(client, &mut reader);
                false
            }
            Received::Request(request) => answer(client, &mut reader, responder, &request).unwrap_or(false),
        };
        if !goes_on {
            return;
        }
    }
}

/// Answers a request. Gives whether the connection goes on.
fn answer(
    client: &Client,
    reader: &mut RequestReader<'_>,
    responder: Responder<'_>,
    request: &Request,
) -> io::Result<bool> {
    let server = &client.server;
    let in_hand = server.tally.requested();
    let route = Route::of(request.head.method().as_str(), request.head.uri().path());
    let mut reply = match (read_body(reader, request, route, server.settings.patience), route) {
        (Err(refusal), _) => refusal,
        (Ok(_), Route::Sleep(time)) => {
            thread::sleep(time); // (6) This thread has nothing else to do, nor has anybody else anything from it.
            Reply::waited(time)
        }
        (Ok(_), Route::Primes(below)) => Reply::primes(below, primes_below(below)),
        // There is nothing to hand over to: it is a thread of its own.
        (Ok(_), Route::Mixed(below) | Route::Naive(below)) => {
            thread::sleep(BACKEND);
            Reply::primes(below, primes_below(below))
        }
        (Ok(body), other) => other.answer(body.into()),
    };
    let breaks_off = reply.closes;
    // A server that stops says so with its last answer.
    reply.closes |= !request.keeps_alive || server.signal().is_some();
    // (7) Blocks while the client doesn't read.
    let goes_on = responder.send(reply, in_hand, request)?;
    if breaks_off {
        see_off(client, reader);
    }
    Ok(goes_on)
}

/// Reads the body of a request, or says why not.
fn read_body(
    reader: &mut RequestReader<'_>,
    request: &Request,
    route: Route,
    patience: Duration,
) -> Result<Vec<u8>, Reply> {
    rules::check(&request.head, route)?; // Some are refused without it.
    reader.read_body(request, Instant::now() + patience).map_err(|error| match error.kind() {
        // Systems have two names for a read that has taken too long.
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Reply::too_slow(),
        io::ErrorKind::FileTooLarge => Reply::too_long(),
        _broken => Reply::broken_body(),
    })
}

/// Says goodbye to a client that may not have sent all of its request yet.
fn see_off(client: &Client, reader: &mut RequestReader<'_>) {
    // A signal need not wait for this.
    if !client.server.is_idle(client.number) {
        let _ = client.stream.shutdown(Shutdown::Read);
    }
    // (8) To close a socket with something unread resets the connection, and that may cost the client its answer.
    let _ = client.stream.shutdown(Shutdown::Write);
    let _ = reader.drop_rest();
}
