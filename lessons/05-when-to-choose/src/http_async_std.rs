//! The web service on async-std, with hyper: a task for each connection, on a thread for each core.
//!
//! hyper knows nothing of async-std. It wants sockets with its own traits, which `smol-hyper` gives to everything that
//! reads and writes with the traits of `futures`; and a timer, which is a few lines. Signals, the semaphore and the channels
//! come from crates that suit every runtime.
//!
//!     cargo run -p lesson-05 -- http-async-std
//!     curl -i http://127.0.0.1:8080/sleep/50
//!     LISTEN=127.0.0.1:0 CONNECTIONS=100 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- http-async-std

use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use async_channel::{Receiver, Sender};
use async_lock::Semaphore;
use async_signal::{Signal, Signals};
use async_std::{
    future::timeout,
    net::{TcpListener, TcpStream},
    task::{self, sleep},
};
use bytes::Bytes;
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response,
    body::{Body, Incoming},
    rt::{Sleep, Timer},
    server::conn::http1,
    service::service_fn,
};
use lesson_kit::end_by;
use smol_hyper::rt::FuturesIo;

use crate::{
    limits,
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
    task::block_on(serve(Settings::read(limits::connections())?))
}

async fn serve(settings: Settings) -> Result<(), String> {
    let mut signals = Signals::new(SIGNALS).map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    let listener = TcpListener::from(settings.listen()?);
    let server = Server::new(settings);
    let (stop, stopping) = async_channel::bounded(1);
    let (running, ended) = async_channel::bounded(1);

    // (1) Whoever comes first drops the other. With the accepting goes the listener.
    let signal = match select(signals.next(), pin!(accept(listener, server.clone(), stopping, running))).await {
        Either::Left((signal, _accepting)) => signal,
        Either::Right((never, _)) => match never {},
    };
    println!("stopping; open connections: {}", server.tally.open());
    drop(stop); // (2) Tells every connection.
    // (3) `recv` gives an error as soon as the last connection has dropped its end.
    let (ended, time_is_up) = (pin!(ended.recv()), pin!(sleep(settings.drain)));
    let _ = select(select(ended, time_is_up), signals.next()).await;
    println!("{}", server.tally);
    if let Some(Ok(signal)) = signal {
        end_by(signal as i32);
    }
    Ok(())
}

/// What all connections share. A clone is a handle to the same.
#[derive(Clone)]
struct Server {
    settings: Settings,
    tally: Tally,
    permits: Arc<Semaphore>,
    timer: Arc<AsyncStdTimer>,
}

impl Server {
    fn new(settings: Settings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.connections));
        Self { settings, tally: Tally::default(), permits, timer: Arc::new(AsyncStdTimer) }
    }
}

/// Accepts for ever, as many at once as are allowed. The others wait in the system's queue.
async fn accept(
    listener: TcpListener,
    server: Server,
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
                task::spawn(async move {
                    attending.await;
                    drop((open, permit, running)); // (4) Counted, let go, and told, in whatever way it has ended.
                });
            }
            // (5) No descriptor is left, or this client has gone already. Both are no reason to end.
            Err(error) => {
                if let Some(pause) = accepting.failed(&error, server.tally.open()) {
                    sleep(pause).await;
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
        .timer(LazyTimer::new(AsyncStdTimer)) // (6) One that is cheap to set, for it is set for every request.
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
    match timeout(patience, Limited::new(request, LONGEST_BODY).collect()).await {
        Err(_late) => Err(Reply::too_slow()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Reply::too_long()),
        Ok(Err(_broken)) => Err(Reply::broken_body()),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

async fn wait(time: Duration) {
    sleep(time).await;
}

/// Counts on a thread that is there for what blocks, so that the workers stay free for the other connections.
async fn count(below: u32) -> usize {
    task::spawn_blocking(move || primes_below(below)).await
}

/// How hyper waits on async-std.
#[derive(Debug, Clone, Copy)]
pub struct AsyncStdTimer;

impl Timer for AsyncStdTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Nap(Box::pin(sleep(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.sleep(deadline.saturating_duration_since(Instant::now()))
    }
}

/// A timer that hyper knows as one.
struct Nap(Pin<Box<dyn Future<Output = ()> + Send + Sync>>);

impl Sleep for Nap {}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}
