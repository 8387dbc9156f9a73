//! A service that is told to stop, on async-std.
//!
//! The same service as `shutdown`, made as on smol: signals come from the crate
//! `async-signal`, `or` from `futures-lite`, and two channels on which nothing is ever
//! sent stand for token and tracker. That the last sender is gone when no task is left
//! is the way in which async-std's own book ends a chat server. On the timeline: a row
//! for each customer.
//!
//!     cargo run -p lesson-04 -- shutdown-async-std

use std::{convert::Infallible, future::pending, io, time::Duration};

use async_signal::{Signal, Signals};
use async_std::{
    channel::{self, Receiver, Sender},
    io::BufReader,
    net::{TcpListener, TcpStream},
    task::{self, sleep},
};
use futures_lite::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use lesson_kit::{StatusLine, end_by};
use tracing::instrument;

use crate::{
    account::{Account, Entry},
    customers,
    service::{self, GIVEN_UP, LONGEST_QUESTION, Settings},
};

/// Ctrl-C, and what `kill` sends. Windows has nothing like it for a program at a terminal.
const SIGNALS: &[Signal] = if cfg!(windows) { &[Signal::Int] } else { &[Signal::Int, Signal::Term] };

pub fn main() -> io::Result<()> {
    task::block_on(supervisor())
}

async fn supervisor() -> io::Result<()> {
    let settings = Settings::chosen();
    let mut signals = Signals::new(SIGNALS)?; // (1) Before the first customer: a signal that comes early is kept.
    let listener = TcpListener::bind(settings.address).await.map_err(|error| settings.cannot_listen(&error))?;
    let address = listener.local_addr()?;
    println!("serving on {address}; Ctrl-C stops it, and a second one leaves at once");
    let customers = settings.closing_time.map(|_| customers::start(address));

    let account = Account::default();
    let (in_flight, all_gone) = channel::bounded(1);
    let (hold_on, giving_up) = channel::bounded(1);
    let first = next(&mut signals)
        .or(closing_time(settings.closing_time))
        .or(async { match accept(listener, &account, in_flight, giving_up).await {} }) // (2) Dropped with its listener.
        .or(async { match show(&account).await {} })
        .await;
    let (why, left, drain) = (service::reason(first), account.in_flight(), settings.drain);
    println!("{why}: nobody new is accepted; {left} in flight have {drain:?}");

    // (3) `accept` has taken its sender along, so the tasks have the last ones.
    let second = async { all_gone.recv().await.map_or(None, |never: Infallible| match never {}) }
        .or(give_up_after(drain, &hold_on, &all_gone))
        .or(next(&mut signals)) // (4) At once: the runtime's threads end with the process.
        .or(async { match show(&account).await {} })
        .await;
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
    in_flight: Sender<Infallible>,
    giving_up: Receiver<Infallible>,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (in_flight, giving_up) = (in_flight.clone(), giving_up.clone());
                task::spawn(attend(in_flight, stream, account.accept(), giving_up));
            }
            // (5) As when too many files are open. It may be over soon, and is no reason to end.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Serves one customer, or tells them that we have given up. `_in_flight` is the first argument, and so the last that is
/// dropped: when nobody is in flight any more, all entries are closed.
#[instrument(skip_all)]
async fn attend(_in_flight: Sender<Infallible>, mut stream: TcpStream, entry: Entry, giving_up: Receiver<Infallible>) {
    let served = async { Some(serve(&mut stream).await) }
        .or(async { giving_up.recv().await.map_or(None, |never| match never {}) })
        .await;
    match served {
        Some(Ok(())) => entry.answered(),
        Some(Err(_)) => entry.hung_up(),
        None => {
            // (6) It fits into the system's buffer, so this waits for nobody. Dropping the entry counts it.
            let _ = stream.write_all(GIVEN_UP.as_bytes()).await;
        }
    }
}

async fn serve(stream: &mut TcpStream) -> io::Result<()> {
    let mut question = String::new();
    BufReader::new((&mut *stream).take(LONGEST_QUESTION)).read_line(&mut question).await?;
    let answer = match service::time_asked_for(&question)? {
        Ok(time) => work(time).await,
        Err(refusal) => refusal.to_owned(),
    };
    stream.write_all(answer.as_bytes()).await
}

/// Pretends to ask a database.
async fn work(time: Duration) -> String {
    sleep(time).await;
    service::answer(time)
}

/// Waits for the work in flight until the deadline, and then until everybody has been told.
#[instrument(skip_all)]
async fn give_up_after(drain: Duration, hold_on: &Sender<Infallible>, all_gone: &Receiver<Infallible>) -> Option<i32> {
    sleep(drain).await;
    hold_on.close();
    all_gone.recv().await.map_or(None, |never| match never {})
}

/// Waits until the service closes by itself, if it does. No signal makes it.
async fn closing_time(after: Option<Duration>) -> Option<i32> {
    match after {
        Some(time) => sleep(time).await,
        None => pending().await,
    }
    None
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

/// Waits for the next signal, and gives its number.
async fn next(signals: &mut Signals) -> Option<i32> {
    let signal = signals.next().await.expect("the stream of signals has no end");
    signal.ok().map(|signal| signal as i32)
}
