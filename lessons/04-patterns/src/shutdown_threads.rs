//! A service that is told to stop, on threads.
//!
//! The same service as `shutdown`, with a thread for each customer. No thread can be
//! cancelled, so each has to be woken where it blocks. A thread that waits for signals,
//! by the crate `signal-hook`, tells the main thread. That one wakes the thread in
//! `accept` by connecting to it. At the deadline it wakes those that read by shutting
//! down their sockets, and those that work by a condition variable. On the timeline: a
//! lane for each customer.
//!
//!     cargo run -p lesson-04 -- shutdown-threads

use std::{
    collections::HashMap,
    convert::Infallible,
    io::{self, BufRead, BufReader, ErrorKind::TimedOut, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use lesson_kit::{StatusLine, end_by};
use tracing::instrument;

use crate::{
    account::{Account, Entry},
    customers,
    service::{self, GIVEN_UP, LONGEST_QUESTION, Settings},
};

pub fn main() -> io::Result<()> {
    let settings = Settings::chosen();
    let (tell, events) = mpsc::channel();
    listen_for_signals(tell.clone())?; // (1) Before the first customer: a signal that comes early is kept.
    let listener = TcpListener::bind(settings.address).map_err(|error| settings.cannot_listen(&error))?;
    let address = listener.local_addr()?;
    println!("serving on {address}; Ctrl-C stops it, and a second one leaves at once");
    let customers = settings.closing_time.map(|_| customers::start(address));

    let account = Account::default();
    let (in_flight, all_gone) = mpsc::channel();
    let switch = Arc::new(Switch::default());
    thread::spawn({
        let (account, switch) = (account.clone(), Arc::clone(&switch));
        move || accept(&listener, &account, &in_flight, &switch)
    });
    let first = match wait(&events, settings.closing_time, &account) {
        Some(Event::Signal(signal)) => Some(signal),
        _closing_time => None,
    };
    switch.stop(address); // (2) Ends `accept`, and with it the listener.
    let (why, left, drain) = (service::reason(first), account.in_flight(), settings.drain);
    println!("{why}: nobody new is accepted; {left} in flight have {drain:?}");

    thread::spawn(move || {
        let _senders_gone = all_gone.recv(); // (3) `accept` had one, and each customer's thread has one.
        tell.send(Event::AllGone)
    });
    let mut event = wait(&events, Some(drain), &account);
    if event.is_none() {
        switch.give_up();
        event = wait(&events, None, &account);
    }
    let second = match event {
        Some(Event::Signal(signal)) => Some(signal), // (4) At once: with the main thread, the process ends.
        _all_gone => None,
    };
    println!("{account}");
    if let (Some(customers), None) = (customers, second) {
        println!("{}", customers.report());
    }
    if let Some(signal) = second.or(first) {
        end_by(signal);
    }
    Ok(())
}

/// What the main thread waits for. A thread can wait for one thing at a time, so all of them come by one channel.
enum Event {
    Signal(i32),
    AllGone,
}

/// Tells the threads that the service has stopped, and that it gives up.
#[derive(Default)]
struct Switch {
    is_stopped: AtomicBool,
    /// The sockets that somebody may be reading from, until we give up.
    state: Mutex<State>,
    given_up: Condvar,
}

#[derive(Default)]
struct State {
    has_given_up: bool,
    reading: HashMap<SocketAddr, TcpStream>,
}

impl Switch {
    fn stop(&self, address: SocketAddr) {
        self.is_stopped.store(true, SeqCst);
        let _wakes_accept = TcpStream::connect(address);
    }

    fn give_up(&self) {
        let mut state = self.state();
        state.has_given_up = true;
        for (_, stream) in state.reading.drain() {
            let _wakes_read = stream.shutdown(Shutdown::Read);
        }
        self.given_up.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes in whoever comes, and has a thread attend to each.
fn accept(listener: &TcpListener, account: &Account, in_flight: &Sender<Infallible>, switch: &Arc<Switch>) {
    loop {
        let accepted = listener.accept();
        if switch.is_stopped.load(SeqCst) {
            return;
        }
        let attended = accepted.and_then(|(stream, _)| {
            let (entry, in_flight, switch) = (account.accept(), in_flight.clone(), Arc::clone(switch));
            thread::Builder::new().spawn(move || attend(in_flight, stream, entry, &switch))
        });
        // (5) As when there are too many threads or open files. It may be over soon, and is no reason to end.
        if attended.is_err() {
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Serves one customer, or tells them that we have given up. `_in_flight` is the first argument, and so the last that is
/// dropped: when nobody is in flight any more, all entries are closed.
#[instrument(skip_all)]
fn attend(_in_flight: Sender<Infallible>, mut stream: TcpStream, entry: Entry, switch: &Switch) {
    match serve(&mut stream, switch) {
        Ok(true) => entry.answered(),
        _ if switch.state().has_given_up => {
            // (6) It fits into the system's buffer, so this waits for nobody. Dropping the entry counts it.
            let _ = stream.write_all(GIVEN_UP.as_bytes());
        }
        _ => entry.hung_up(),
    }
}

/// Gives whether there was an answer, or we have given up before.
fn serve(stream: &mut TcpStream, switch: &Switch) -> io::Result<bool> {
    let question = read(stream, switch)?;
    let answer = match service::time_asked_for(&question)? {
        Ok(time) => work(time, switch),
        Err(refusal) => Some(refusal.to_owned()),
    };
    answer.map(|answer| stream.write_all(answer.as_bytes())).transpose().map(|sent| sent.is_some())
}

/// Reads a line, with the socket where `give_up` finds it.
fn read(stream: &mut TcpStream, switch: &Switch) -> io::Result<String> {
    let peer = stream.peer_addr()?;
    let mut state = switch.state();
    if !state.has_given_up {
        state.reading.insert(peer, stream.try_clone()?);
    }
    drop(state);
    #[cfg(windows)] // There a read that has begun is not woken, so it looks by itself.
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut question = String::new();
    let mut reader = BufReader::new(stream.take(LONGEST_QUESTION));
    let read = loop {
        match reader.read_line(&mut question) {
            // Elsewhere there is no time limit. What has come of the line is kept.
            Err(error) if error.kind() == TimedOut && !switch.state().has_given_up => {}
            read => break read,
        }
    };
    switch.state().reading.remove(&peer);
    read.map(|_| question)
}

/// Pretends to ask a database. `None` if we give up before it answers.
fn work(time: Duration, switch: &Switch) -> Option<String> {
    let waited = switch.given_up.wait_timeout_while(switch.state(), time, |state| !state.has_given_up);
    let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
    (!state.has_given_up).then(|| service::answer(time))
}

/// Waits for the next event, and draws a frame every tick meanwhile. `None` if there is none within `limit`.
#[instrument(skip_all)]
fn wait(events: &Receiver<Event>, limit: Option<Duration>, account: &Account) -> Option<Event> {
    let deadline = limit.map(|limit| Instant::now() + limit);
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {} in flight, {} answered", account.in_flight(), account.answered()));
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let tick = Duration::from_millis(100);
        match events.recv_timeout(left.map_or(tick, |left| left.min(tick))) {
            Ok(event) => return Some(event),
            Err(RecvTimeoutError::Timeout) if left.is_none_or(|left| !left.is_zero()) => {}
            Err(_) => break,
        }
    }
    None
}

/// Has a thread wait for Ctrl-C and for what `kill` sends.
#[cfg(unix)]
fn listen_for_signals(tell: Sender<Event>) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGINT, SIGTERM},
        iterator::Signals,
    };

    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        // When the main thread has gone, nobody needs to know.
        signals.forever().try_for_each(|signal| tell.send(Event::Signal(signal)))
    })?;
    Ok(())
}

/// Has a thread wait for Ctrl-C, with the crate `ctrlc`. Windows has nothing like `kill` for a program at a terminal.
#[cfg(windows)]
fn listen_for_signals(tell: Sender<Event>) -> io::Result<()> {
    let set = ctrlc::set_handler(move || {
        // When the main thread has gone, nobody needs to know.
        let _ = tell.send(Event::Signal(2));
    });
    set.map_err(io::Error::other)
}
