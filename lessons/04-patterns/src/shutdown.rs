//! A service that is told to stop, on tokio.
//!
//! It has customers when Ctrl-C or `kill` comes. From then on it accepts no new
//! customer, and those it has accepted have a few seconds for the rest of their work. A
//! customer that needs longer is told that we have given up. A second signal leaves at
//! once. You will see an account in each case, and the sum is right: every customer
//! that was accepted was answered, was told, had hung up, or is counted as left behind.
//! Then the program ends by the signal, so a shell sees 130 after Ctrl-C and 143 after
//! `kill`. The service has customers of its own for three seconds, if it is not stopped
//! first. One of them never says a word, so there is one to give up on. On the
//! timeline: a row for each customer.
//!
//!     cargo run -p lesson-04 -- shutdown
//!     LISTEN=127.0.0.1:7777 cargo run -p lesson-04 -- shutdown      and ask it: echo 3000 | nc 127.0.0.1 7777

use std::{convert::Infallible, future::pending, io, time::Duration};

use lesson_kit::{StatusLine, end_by};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    select,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::instrument;

use crate::{
    account::{Account, Entry},
    customers,
    service::{self, GIVEN_UP, LONGEST_QUESTION, Settings},
};

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> io::Result<()> {
    let settings = Settings::chosen();
    let mut signals = Signals::listen()?; // (1) Before the first customer: a signal that comes early is kept.
    let listener = TcpListener::bind(settings.address).await.map_err(|error| settings.cannot_listen(&error))?;
    let address = listener.local_addr()?;
    println!("serving on {address}; Ctrl-C stops it, and a second one leaves at once");
    let customers = settings.closing_time.map(|_| customers::start(address));

    let account = Account::default();
    let in_flight = TaskTracker::new();
    let giving_up = CancellationToken::new();
    let first = select! {
        biased; // In this order: no client is accepted once the signal is there.
        signal = signals.next() => Some(signal),
        () = closing_time(settings.closing_time) => None,
        never = accept(listener, &account, &in_flight, &giving_up) => match never {}, // (2) Dropped with its listener.
        never = show(&account) => match never {},
    };
    let (why, left, drain) = (service::reason(first), account.in_flight(), settings.drain);
    println!("{why}: nobody new is accepted; {left} in flight have {drain:?}");

    in_flight.close(); // (3) Nobody else will come, so `wait` can end.
    let second = select! {
        biased; // A signal that comes with the last answer changes nothing.
        () = in_flight.wait() => None,
        () = give_up_after(drain, &giving_up, &in_flight) => None,
        signal = signals.next() => Some(signal), // (4) At once: with the runtime, its tasks are dropped.
        never = show(&account) => match never {},
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

/// Takes in whoever comes, and has a task attend to each.
async fn accept(
    listener: TcpListener,
    account: &Account,
    in_flight: &TaskTracker,
    giving_up: &CancellationToken,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                in_flight.spawn(attend(stream, account.accept(), giving_up.clone()));
            }
            // (5) As when too many files are open. It may be over soon, and is no reason to end.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Serves one customer, or tells them that we have given up.
#[instrument(skip_all)]
async fn attend(mut stream: TcpStream, entry: Entry, giving_up: CancellationToken) {
    select! {
        biased; // An answer that is ready counts.
        served = serve(&mut stream) => match served {
            Ok(()) => entry.answered(),
            Err(_) => entry.hung_up(),
        },
        () = giving_up.cancelled() => {
            // (6) It fits into the system's buffer, so this waits for nobody. Dropping the entry counts it.
            let _ = stream.write_all(GIVEN_UP.as_bytes()).await;
        }
    }
}

async fn serve(stream: &mut TcpStream) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut question = String::new();
    BufReader::new(reader.take(LONGEST_QUESTION)).read_line(&mut question).await?;
    let answer = match service::time_asked_for(&question)? {
        Ok(time) => work(time).await,
        Err(refusal) => refusal.to_owned(),
    };
    writer.write_all(answer.as_bytes()).await
}

/// Pretends to ask a database.
async fn work(time: Duration) -> String {
    sleep(time).await;
    service::answer(time)
}

/// Waits for the work in flight until the deadline, and then until everybody has been told.
#[instrument(skip_all)]
async fn give_up_after(drain: Duration, giving_up: &CancellationToken, in_flight: &TaskTracker) {
    sleep(drain).await;
    giving_up.cancel();
    in_flight.wait().await;
}

/// Waits until the service closes by itself, if it does.
async fn closing_time(after: Option<Duration>) {
    match after {
        Some(time) => sleep(time).await,
        None => pending().await,
    }
}

/// Draws a frame, waits a tick, for ever: dropping it erases the line.
async fn show(account: &Account) -> Infallible {
    let mut line = StatusLine::new();
    let mut frames = ['|', '/', '-', '\\'].into_iter().cycle();
    loop {
        let frame = frames.next().expect("it has no end");
        line.show(format_args!("{frame} {} in flight, {} answered", account.in_flight(), account.answered()));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Ctrl-C, and what `kill` sends. `tokio::signal::ctrl_c` is enough for one Ctrl-C; these also keep the one that comes
/// while nobody waits.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next, and gives its number.
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
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> i32 {
        self.0.recv().await;
        2
    }
}
