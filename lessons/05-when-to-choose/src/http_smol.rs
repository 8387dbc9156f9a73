//! The web service on smol, with hyper: a task for each connection, all of them on one thread, or on as many as
//! `SMOL_THREADS` says. Each thread then has an executor of its own, and a connection stays with one.
//!
//! hyper knows nothing of smol. It wants sockets with its own traits, which `smol-hyper` gives to everything that reads and
//! writes with the traits of `futures`; and a timer, which is a few lines. The tasks need not be `Send`.
//!
//!     cargo run -p lesson-05 -- http-smol
//!     curl -i http://127.0.0.1:8080/sleep/50
//!     LISTEN=127.0.0.1:0 CONNECTIONS=100 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- http-smol

use std::{
    convert::Infallible,
    io, net,
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};

use async_signal::{Signal, Signals};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response,
    body::{Body, Incoming},
    rt::{self, Sleep},
    server::conn::http1,
    service::service_fn,
};
use lesson_kit::end_by;
use smol::{
    Async, LocalExecutor, Timer,
    channel::{self, Receiver, Sender},
    lock::Semaphore,
    net::{TcpListener, TcpStream},
    unblock,
};
use smol_hyper::rt::FuturesIo;

use crate::{
    limits, setting,
    web::{
        accepting::Accepting,
        content::Content,
        lazy_timer::LazyTimer,
        patience::Patient,
        route::{BACKEND, Reply, Route, primes_below},
        rules,
        settings::{LONGEST_BODY, LONGEST_HEAD, Settings},
        tally::Tally,
        turns::AskedOnce,
    },
};

/// Ctrl-C, and `kill`, which Windows has not for a program at a terminal.
const SIGNALS: &[Signal] = if cfg!(windows) { &[Signal::Int] } else { &[Signal::Int, Signal::Term] };

pub fn main() -> Result<(), String> {
    let settings = Settings::read(limits::connections())?;
    let threads = setting::number("SMOL_THREADS", 1..=1_000, 1)?;
    let executor = Rc::new(LocalExecutor::new());
    // As a task: what is given to `run` directly is polled each time that anything has happened.
    let serving = executor.spawn(serve(settings, threads, Rc::clone(&executor)));
    smol::block_on(executor.run(serving))
}

async fn serve(
    settings: Settings,
    // How many threads have tasks, this one among them.
    threads: usize,
    executor: Rc<LocalExecutor<'static>>,
) -> Result<(), String> {
    let mut signals = Signals::new(SIGNALS).map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    let listener = settings.listen()?;
    let cannot = |error| format!("cannot listen: {error}");
    let server = Server::new(settings);
    let (stop, stopping) = channel::bounded(1);
    let (running, ended) = channel::bounded(1);
    for _ in 1..threads {
        // (9) All threads accept from the same queue. A clone is one more descriptor for it.
        let listener = listener.try_clone().map_err(cannot)?;
        let (server, ended) = (server.clone(), ended.clone());
        let (stopping, running) = (stopping.clone(), running.clone());
        let serving = move || help(listener, server, stopping, running, &ended);
        let started = thread::Builder::new().name("smol".into()).spawn(serving);
        started.map_err(|error| {
            let more = limits::how_to_have_more_threads();
            format!("no room for {threads} threads: {error}; SMOL_THREADS sets fewer, or {more}")
        })?;
    }
    let listener = watched(listener).map_err(cannot)?;

    // (1) Whoever comes first drops the other. With the accepting goes the listener.
    let signal = match select(signals.next(), pin!(accept(listener, server.clone(), executor, stopping, running))).await
    {
        Either::Left((signal, _accepting)) => signal,
        Either::Right((never, _)) => match never {},
    };
    println!("stopping; open connections: {}", server.tally.open());
    drop(stop); // (2) Tells every connection.
    // (3) `recv` gives an error as soon as the last connection has dropped its end.
    let ended = pin!(ended.recv());
    let _ = select(select(ended, Timer::after(settings.drain)), signals.next()).await;
    println!("{}", server.tally);
    if let Some(Ok(signal)) = signal {
        end_by(signal as i32);
    }
    Ok(())
}

fn watched(listener: net::TcpListener) -> io::Result<TcpListener> {
    Async::new(listener).map(TcpListener::from)
}

/// One more thread, with tasks of its own, which goes on until the last of them all is done.
fn help(
    listener: net::TcpListener,
    server: Server,
    stopping: Receiver<()>,
    running: Sender<Infallible>,
    ended: &Receiver<Infallible>,
) {
    let executor = Rc::new(LocalExecutor::new());
    let serving = executor.spawn({
        let executor = Rc::clone(&executor);
        async move {
            // As with too few descriptors: the other threads serve on.
            let Ok(listener) = watched(listener) else { return };
            let accepting = accept(listener, server, executor, stopping.clone(), running);
            let _ = select(pin!(stopping.recv()), pin!(accepting)).await;
        }
    });
    smol::block_on(executor.run(async {
        serving.await;
        let _ = ended.recv().await;
    }));
}

/// What all connections share. A clone is a handle to the same.
#[derive(Clone)]
struct Server {
    settings: Settings,
    tally: Tally,
    permits: Arc<Semaphore>,
    timer: Arc<SmolTimer>,
}

impl Server {
    fn new(settings: Settings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.connections));
        Self { settings, tally: Tally::default(), permits, timer: Arc::new(SmolTimer) }
    }
}

/// Accepts for ever, as many at once as are allowed. The others wait in the system's queue.
async fn accept(
    listener: TcpListener,
    server: Server,
    executor: Rc<LocalExecutor<'static>>,
    stopping: Receiver<()>,
    running: Sender<Infallible>,
) -> Infallible {
    let mut accepting = Accepting::default();
    loop {
        let permit = if let Some(permit) = server.permits.try_acquire_arc() {
            permit
        } else {
            accepting.is_full(server.settings.connections);
            server.permits.acquire_arc().await
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                accepting.works();
                let open = server.tally.connected();
                let attending = attend(stream, server.clone(), stopping.clone());
                let running = running.clone();
                let task = executor.spawn(async move {
                    attending.await;
                    drop((open, permit, running)); // (4) Counted, let go, and told, in whatever way it has ended.
                });
                task.detach();
            }
            // (5) No descriptor is left, or this client has gone already. Both are no reason to end.
            Err(error) => {
                if let Some(pause) = accepting.failed(&error, server.tally.open()) {
                    Timer::after(pause).await;
                }
            }
        }
    }
}

/// Serves one client, for as many requests as it likes.
async fn attend(stream: TcpStream, server: Server, stopping: Receiver<()>) {
    // A small answer goes out at once, and does not wait for another.
    let _ = stream.set_nodelay(true);
    // hyper looks twice for the next request, and to these sockets each look is a system call.
    let (socket, turns) = AskedOnce::new(FuturesIo::new(stream));
    let socket = Patient::new(socket, server.timer.clone(), server.settings.patience);
    let mut connection = turns.of(http1::Builder::new()
        .timer(LazyTimer::new(SmolTimer)) // (6) One that is cheap to set, for it is set for every request.
        .header_read_timeout(server.settings.patience) // From the last answer on, so it is for idle clients too.
        .max_header_size(LONGEST_HEAD)
        .half_close(true) // A client may have said all it wants, and still listen.
        .serve_connection(socket, service_fn(|request| answer(request, &server))));
    // An error is the client's affair, who may have sent garbage, or gone away, or kept us waiting.
    let _: Result<(), hyper::Error> = match select(&mut connection, pin!(stopping.recv())).await {
        Either::Left((ended, _)) => ended, // (7) Polled first: what has come already is served first.
        Either::Right(_) => {
            Pin::new(&mut connection.future).graceful_shutdown();
            connection.await
        }
    };
}

async fn answer(request: Request<Incoming>, server: &Server) -> Result<Response<Content>, Infallible> {
    let in_hand = server.tally.requested();
    let route = Route::of(request.method().as_str(), request.uri().path());
    let (is_head, version) = (request.method() == Method::HEAD, request.version());
    let reply = match (read_body(request, route, server.settings.patience).await, route) {
        (Err(refusal), _) => refusal,
        (Ok(_), Route::Sleep(time)) => {
            wait(time).await;
            Reply::waited(time)
        }
        (Ok(_), Route::Primes(below)) => Reply::primes(below, count(below).await),
        (Ok(_), Route::Mixed(below)) => {
            wait(BACKEND).await;
            Reply::primes(below, count(below).await)
        }
        (Ok(_), Route::Naive(below)) => {
            wait(BACKEND).await;
            // (8) Nobody else has this thread meanwhile.
            Reply::primes(below, primes_below(below))
        }
        (Ok(body), other) => other.answer(body),
    };
    Ok(reply.into_response(in_hand, is_head, version))
}

/// Reads the body of a request, or says why not.
async fn read_body(request: Request<Incoming>, route: Route, patience: Duration) -> Result<Bytes, Reply> {
    rules::check(&request, route)?; // Some are refused without it.
    if request.is_end_stream() {
        return Ok(Bytes::new()); // Most requests have none, and shall not pay for a timeout.
    }
    if request.size_hint().lower() > LONGEST_BODY as u64 {
        return Err(Reply::too_long()); // It says so itself.
    }
    let body = Limited::new(request, LONGEST_BODY).collect();
    match select(body, Timer::after(patience)).await {
        Either::Right(_late) => Err(Reply::too_slow()),
        Either::Left((Err(error), _)) if error.is::<LengthLimitError>() => Err(Reply::too_long()),
        Either::Left((Err(_broken), _)) => Err(Reply::broken_body()),
        Either::Left((Ok(body), _)) => Ok(body.to_bytes()),
    }
}

async fn wait(time: Duration) {
    Timer::after(time).await;
}

/// Counts on a thread that is there for what blocks, so that ours stays free for the other connections.
async fn count(below: u32) -> usize {
    unblock(move || primes_below(below)).await
}

/// How hyper waits on smol.
#[derive(Debug, Clone, Copy)]
pub struct SmolTimer;

impl rt::Timer for SmolTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Nap(Timer::after(duration)))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Nap(Timer::at(deadline)))
    }
}

/// A timer that says no more than that it is over.
struct Nap(Timer);

impl Sleep for Nap {}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(drop)
    }
}
