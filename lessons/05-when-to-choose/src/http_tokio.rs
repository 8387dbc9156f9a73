//! The web service on tokio, with hyper: a task for each connection, on a worker thread for each core.
//!
//! Try it with curl or a browser, in another terminal: `/` has a list of what there is. Ctrl-C stops it: who is being
//! served is served to the end, and the last line accounts for every request. A second Ctrl-C doesn't wait for them.
//!
//!     cargo run -p lesson-05 -- http-tokio
//!     curl -i http://127.0.0.1:8080/sleep/50
//!     LISTEN=127.0.0.1:0 CONNECTIONS=100 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- http-tokio

use std::{convert::Infallible, io, net, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response,
    body::{Body, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use lesson_kit::end_by;
use tokio::{
    net::{TcpListener, TcpStream},
    pin, select,
    sync::{Semaphore, mpsc, watch},
    task,
    time::{sleep, timeout},
};

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
    },
};

pub fn main() -> Result<(), String> {
    serve(Settings::read(limits::connections())?)
}

#[tokio::main]
async fn serve(settings: Settings) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|error| format!("cannot wait for Ctrl-C: {error}"))?;
    let listener = listen(settings.listen()?).map_err(|error| format!("cannot listen: {error}"))?;
    let server = Server::new(settings);
    let (stop, stopping) = watch::channel(());
    let (running, mut ended) = mpsc::channel(1);

    let signal = select! { // (1) Whoever comes first drops the other. With the accepting goes the listener.
        biased; // In this order: no client is accepted once the signal is there.
        signal = signals.next() => signal,
        never = accept(listener, server.clone(), stopping, running) => match never {},
    };
    println!("stopping; open connections: {}", server.tally.open());
    drop(stop); // (2) Tells every connection.
    select! {
        _ = ended.recv() => (), // (3) `None` as soon as the last connection has dropped its end.
        () = sleep(settings.drain) => (),
        _ = signals.next() => (),
    }
    println!("{}", server.tally);
    end_by(signal);
    Ok(())
}

/// Ctrl-C and `kill`, as tokio gives them: without a thread.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one of them, and gives its number.
    async fn next(&mut self) -> i32 {
        select! {
            _ = self.interrupt.recv() => 2,
            _ = self.terminate.recv() => 15,
        }
    }
}

/// Ctrl-C. Windows has nothing like `kill` for a program at a terminal.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> i32 {
        self.0.recv().await;
        2
    }
}

fn listen(listener: net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// What all connections share. A clone is a handle to the same.
#[derive(Clone)]
struct Server {
    settings: Settings,
    tally: Tally,
    permits: Arc<Semaphore>,
    timer: Arc<TokioTimer>,
}

impl Server {
    fn new(settings: Settings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.connections));
        Self { settings, tally: Tally::default(), permits, timer: Arc::new(TokioTimer::new()) }
    }
}

/// Accepts for ever, as many at once as are allowed. The others wait in the system's queue.
async fn accept(
    listener: TcpListener,
    server: Server,
    stopping: watch::Receiver<()>,
    running: mpsc::Sender<Infallible>,
) -> Infallible {
    let mut accepting = Accepting::default();
    loop {
        if server.permits.available_permits() == 0 {
            accepting.is_full(server.settings.connections);
        }
        let permit = Arc::clone(&server.permits).acquire_owned().await.expect("nobody closes it");
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
async fn attend(stream: TcpStream, server: Server, mut stopping: watch::Receiver<()>) {
    // A small answer goes out at once, and does not wait for another.
    let _ = stream.set_nodelay(true);
    let socket = Patient::new(TokioIo::new(stream), server.timer.clone(), server.settings.patience);
    let connection = http1::Builder::new()
        .timer(LazyTimer::new(TokioTimer::new())) // (6) One that is cheap to set, for it is set for every request.
        .header_read_timeout(server.settings.patience) // From the last answer on, so it is for idle clients too.
        .max_header_size(LONGEST_HEAD)
        .half_close(true) // A client may have said all it wants, and still listen.
        .serve_connection(socket, service_fn(|request| answer(request, &server)));
    pin!(connection);
    // An error is the client's affair, who may have sent garbage, or gone away, or kept us waiting.
    let _: Result<(), hyper::Error> = select! {
        biased; // (7) What has come already is served first.
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
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
    task::spawn_blocking(move || primes_below(below)).await.expect("counting does not panic")
}
