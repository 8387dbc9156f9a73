//! Many downloads, a few at a time, from a server that fails; on threads.
//!
//! As on tokio: sixty items, at most eight at once, three attempts each, and a report that adds up. The standard library has
//! no semaphore, but a lock and a condition make one. A permit is taken *before* the thread is started, since a thread that
//! waits for its turn costs as much as one that works. A thread in the middle of a call can't be stopped from outside. So
//! Ctrl-C stops the starting of more, the report is printed, and the end of the process takes the rest with it.
//!
//!     cargo run -p lesson-03 -- bounded-threads
//!     ITEMS=200 BOUND=50 ERRORS=0.7 SEED=2 cargo run -p lesson-03 -- bounded-threads

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use lesson_kit::{StatusLine, end_by};
use tracing::instrument;
use ureq::Agent;

use crate::{
    download_error::{Cause, DownloadError},
    report::{Outcome, Report},
    retry::{ATTEMPTS, backoff},
    settings::{BOUNDED, Settings},
    slow_server::SlowServer,
};

/// What the main thread waits for.
pub enum Event {
    /// The download of an item has ended.
    Ended(u32, Outcome),
    /// The system has no room for another thread.
    Refused(io::Error),
    /// Ctrl-C.
    Interrupted,
}

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(BOUNDED);
    let server = SlowServer::start(settings.network())?;
    let (sender, events) = mpsc::channel();
    listen_for_ctrl_c(sender.clone())?; // (1)
    let began = Instant::now();
    let report = download_all(server.address(), settings, sender, &events)?;
    print!("{report}");
    println!("{server}, in {:.1} s", began.elapsed().as_secs_f64());
    print!("{}", report.causes());
    Ok(())
}

/// Downloads all items, or as many as are done when one of the `events` is an interruption.
pub fn download_all(
    server: SocketAddr,
    settings: Settings,
    sender: Sender<Event>,
    events: &Receiver<Event>,
) -> Result<Report, io::Error> {
    thread::Builder::new().spawn(move || start_all(server, settings, &sender))?;
    let mut report = Report::new(settings.items);
    let mut line = StatusLine::new();
    for _ in 0..settings.items {
        line.show(report.progress());
        match events.recv().expect("whoever starts the downloads has a sender") {
            Event::Ended(item, outcome) => report.note(item, outcome),
            Event::Refused(error) => return Err(error),
            Event::Interrupted => break, // (3)
        }
    }
    Ok(report)
}

/// Starts a thread for each item, as soon as there is a permit for it, and for as long as somebody wants to know.
fn start_all(server: SocketAddr, settings: Settings, sender: &Sender<Event>) {
    let agent = agent(settings.timeout);
    let permits = Arc::new(Semaphore::new(settings.bound));
    for item in 0..settings.items {
        let permit = permits.acquire(); // (2)
        let (agent, sender) = (agent.clone(), sender.clone());
        let started = thread::Builder::new().spawn({
            let sender = sender.clone();
            move || {
                let outcome = download(&agent, server, item, settings);
                drop(permit);
                // Nobody listens any more after Ctrl-C.
                let _ = sender.send(Event::Ended(item, outcome));
            }
        });
        if let Err(error) = started {
            let _ = sender.send(Event::Refused(error));
            return;
        }
    }
}

/// Downloads an item, in as many attempts as it takes or as it may have.
#[instrument(skip_all)]
fn download(agent: &Agent, server: SocketAddr, item: u32, settings: Settings) -> Outcome {
    let mut attempts = 1;
    loop {
        match fetch(agent, server, item, attempts) {
            Err(error) if error.is_worth_a_retry() && attempts < ATTEMPTS => {
                sleep(backoff(settings.pause, attempts)); // (5)
                attempts += 1;
            }
            result => return Outcome { attempts, result },
        }
    }
}

/// A client whose calls give up after `limit`.
fn agent(limit: Duration) -> Agent {
    // (4) Nobody can end a call from outside, so it has to know itself when to give up. There is a limit to the whole call
    // as well, but for that one ureq looks the server's name up on a thread of its own, each time.
    let config = Agent::config_builder().proxy(None).http_status_as_error(false);
    let config = config.timeout_connect(Some(limit)).timeout_recv_response(Some(limit));
    let config = config.timeout_recv_body(Some(limit));
    config.input_buffer_size(16 * 1024).output_buffer_size(4 * 1024).build().into()
}

/// Fetches an item, and gives its size.
#[instrument(skip_all)]
fn fetch(agent: &Agent, server: SocketAddr, item: u32, attempt: u32) -> Result<usize, DownloadError> {
    let mut answer = agent.get(format!("http://{server}/items/{item}?attempt={attempt}")).call().map_err(failure)?;
    DownloadError::check(answer.status().as_u16())?;
    let body = answer.body_mut().read_to_vec().map_err(failure)?;
    Ok(body.len())
}

fn failure(error: ureq::Error) -> DownloadError {
    match error {
        ureq::Error::Timeout(_) => DownloadError::TimedOut(error.into()),
        other => DownloadError::lost(other),
    }
}

/// Has a thread wait for Ctrl-C.
#[cfg(unix)]
fn listen_for_ctrl_c(tell: Sender<Event>) -> io::Result<()> {
    use signal_hook::{consts::SIGINT, iterator::Signals};

    let mut signals = Signals::new([SIGINT])?;
    thread::Builder::new().name("ctrl-c".into()).spawn(move || {
        for signal in signals.forever() {
            end_by(signal);
            // When the main thread has its report, nobody needs to know.
            let _ = tell.send(Event::Interrupted);
        }
    })?;
    Ok(())
}

/// Has a thread wait for Ctrl-C, with the crate `ctrlc`.
#[cfg(windows)]
fn listen_for_ctrl_c(tell: Sender<Event>) -> io::Result<()> {
    let set = ctrlc::set_handler(move || {
        end_by(2);
        // When the main thread has its report, nobody needs to know.
        let _ = tell.send(Event::Interrupted);
    });
    set.map_err(io::Error::other)
}

/// So many permits, and whoever wants one waits until there is one.
struct Semaphore {
    permits: Mutex<usize>,
    is_free: Condvar,
}

impl Semaphore {
    fn new(permits: usize) -> Self {
        Self { permits: Mutex::new(permits), is_free: Condvar::new() }
    }

    fn acquire(self: &Arc<Self>) -> Permit {
        let permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut permits =
            self.is_free.wait_while(permits, |permits| *permits == 0).unwrap_or_else(PoisonError::into_inner);
        *permits -= 1;
        Permit(Arc::clone(self))
    }
}

/// Goes back to its semaphore when dropped, so also when its thread panics.
struct Permit(Arc<Semaphore>);

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.permits.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.is_free.notify_one();
    }
}
