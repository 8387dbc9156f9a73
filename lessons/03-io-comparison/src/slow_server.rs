//! The slow network that this lesson downloads from: an HTTP server on loopback that takes its time and, if it is told
//! to, fails.
//!
//! It is part of the stage. All it does is planned, in [`plan`], so that a run can be repeated: the same seed gives the
//! same delays, the same bodies and the same failures. It serves one request a connection. So each download pays for its
//! own connection, whatever client it is made with, and a reset hits nobody else.
//!
//! It runs on one thread of its own, and counts what it is asked.

mod answer;
mod plan;

use std::{
    fmt,
    io::{self, Error},
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    runtime::Runtime,
    sync::{oneshot, watch},
    time::sleep,
};

use self::answer::Answering;
pub use self::plan::{Fate, Network};

/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct SlowServer {
    address: SocketAddr,
    counts: Arc<Counts>,
    /// Dropped first, which tells the thread to end.
    running: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A runtime that may be dropped on a thread that has one itself, as a variant's has: if there is no room for the server.
struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    fn new() -> io::Result<Self> {
        tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    fn get(&self) -> &Runtime {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // It waits for no thread, and has none.
            runtime.shutdown_background();
        }
    }
}

/// What the server has been asked for items so far.
#[derive(Debug)]
struct Counts {
    requests: AtomicU64,
    /// Requests that are being answered.
    now: AtomicUsize,
    /// The most of them at once. A test can wait for it.
    most: watch::Sender<usize>,
    /// Nobody is answered before this many ask at once.
    gate: usize,
}

impl SlowServer {
    /// Starts a server for `network` on a free port of this machine.
    ///
    /// # Errors
    ///
    /// If the system refuses a socket or a thread.
    pub fn start(network: Network) -> io::Result<Self> {
        Self::listen(network, (Ipv4Addr::LOCALHOST, 0).into(), 0)
    }

    /// Starts one that answers nobody before `gate` requests are there at once: a client that never asks for so many
    /// waits for ever.
    #[cfg(test)]
    pub fn gated(network: Network, gate: usize) -> io::Result<Self> {
        Self::listen(network, (Ipv4Addr::LOCALHOST, 0).into(), gate)
    }

    /// Starts one that listens on `address`.
    ///
    /// # Errors
    ///
    /// If the address is taken or not ours.
    pub fn at(network: Network, address: SocketAddr) -> io::Result<Self> {
        Self::listen(network, address, 0)
    }

    fn listen(network: Network, address: SocketAddr, gate: usize) -> io::Result<Self> {
        let runtime = OwnRuntime::new()?;
        let listener = {
            // Not a call of `block_on`, which would panic on a thread that has a runtime of its own.
            let _context = runtime.get().enter();
            bind(address)?
        };
        let address = listener.local_addr()?;
        let most = watch::Sender::new(0);
        let counts = Arc::new(Counts { requests: AtomicU64::new(0), now: AtomicUsize::new(0), most, gate });
        let (running, ended) = oneshot::channel();
        let serving = serve(listener, network, Arc::clone(&counts));
        let thread = thread::Builder::new().name("server".into()).spawn(move || {
            // Leaving drops the runtime, and with it every connection.
            runtime.get().block_on(async {
                tokio::select! {
                    () = serving => (),
                    _ = ended => (),
                }
            });
        })?;
        Ok(Self { address, counts, running: Some(running), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The most requests for items that were being answered at once.
    pub fn most_at_once(&self) -> usize {
        *self.counts.most.borrow()
    }

    /// How many requests for items there were.
    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Relaxed)
    }
}

#[cfg(test)]
impl SlowServer {
    /// Waits until no request is being answered: all that there were have ended, or their clients have gone.
    pub fn wait_until_idle(&self) {
        self.wait_until("nobody to wait for an answer", || self.counts.now.load(Relaxed) == 0);
    }

    /// Waits until so many requests have been there at once.
    pub fn wait_until_at_once(&self, requests: usize) {
        self.wait_until("requests to come", || self.most_at_once() >= requests);
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let since = std::time::Instant::now();
        while !is_so() {
            assert!(since.elapsed() < Duration::from_secs(60), "gave up waiting for {what}: {self}");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// One line for the end of a run.
impl fmt::Display for SlowServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests, at most {} at once", self.requests(), self.most_at_once())
    }
}

impl Drop for SlowServer {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take() {
            // A panic of it has been reported by now.
            let _ = thread.join();
        }
    }
}

/// Listens on `address`, with room for a crowd that comes all at once.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows this would mean something else: that others may take the address away.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(4_096)
}

/// Accepts for ever.
async fn serve(listener: TcpListener, network: Network, counts: Arc<Counts>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(attend(stream, Answering::new(network, Arc::clone(&counts))));
            }
            // Most likely there are too many of them, and some will go.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Serves one client.
async fn attend(stream: TcpStream, answering: Answering) {
    let mut connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), answering.clone());
    // An error is the client's affair, who may have sent garbage or gone away; or it is the failure that was planned.
    let _: Result<(), hyper::Error> = (&mut connection).await;
    if answering.ends_in_a_reset() {
        // Closing resets now. If that can't be had, the body is cut short, which is as bad for the client.
        let _: Result<(), Error> = connection.into_parts().io.inner().set_zero_linger();
    }
}

impl Counts {
    /// Counts a request until what is returned is dropped.
    fn count(self: &Arc<Self>) -> Counted {
        self.requests.fetch_add(1, Relaxed);
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.send_if_modified(|most| {
            let is_more = now > *most;
            *most = now.max(*most);
            is_more
        });
        Counted(Arc::clone(self))
    }

    /// Waits until the gate is open.
    async fn gate(&self) {
        // The sender is ours, so it is there.
        let _ = self.most.subscribe().wait_for(|most| *most >= self.gate).await;
    }
}

/// A request that is being answered.
#[derive(Debug)]
struct Counted(Arc<Counts>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}
