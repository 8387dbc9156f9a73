//! A service that is told to stop, on smol.
//!
//! The same service as `shutdown`. smol's parts are loose. Signals come from the crate
//! `async-signal`, as a stream. What waits for the first of several is `or`. And there
//! is neither a token nor a tracker: both are made of a channel on which nothing is
//! ever sent, since its receiver hears when the last sender is gone. On the timeline: a
//! row for each customer.
//!
//!     cargo run -p lesson-04 -- shutdown-smol

use std::{convert::Infallible, future::pending, io, time::Duration};

use async_signal::{Signal, Signals};
use lesson_kit::{StatusLine, end_by};
use smol::{
    LocalExecutor, Timer,
    channel::{self, Receiver, Sender},
    future::FutureExt,
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    stream::StreamExt,
};
use tracing::instrument;

use crate::{
    account::{Account, Entry},
    customers,
    service::{self, GIVEN_UP, LONGEST_QUESTION, Settings},
};

/// Ctrl-C, and what `kill` sends. Windows has nothing like it for a program at a terminal.
const SIGNALS: &[Signal] = if cfg!(windows) { &[Signal::Int] } else { &[Signal::Int, Signal::Term] };

pub fn main() -> io::Result<()> {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(supervisor(&executor)))
}

async fn supervisor(executor: &LocalExecutor<'_>) -> io::Result<()> {
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
        .or(async { match accept(listener, &account, in_flight, giving_up, executor).await {} }) // (2) Dropped.
        .or(async { match show(&account).await {} })
        .await;
    let (why, left, drain) = (service::reason(first), account.in_flight(), settings.drain);
    println!("{why}: nobody new is accepted; {left} in flight have {drain:?}");

    // (3) `accept` has taken its sender along, so the tasks have the last ones.
    let second = async { all_gone.recv().await.map_or(None, |never: Infallible| match never {}) }
        .or(give_up_after(drain, &hold_on, &all_gone))
        .or(next(&mut signals)) // (4) At once: with the executor, its tasks are dropped.
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
    executor: &LocalExecutor<'_>,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (in_flight, giving_up) = (in_flight.clone(), giving_up.clone());
                executor.spawn(attend(in_flight, stream, account.accept(), giving_up)).detach();
            }
            // (5) As when too many files are open. It may be over soon, and is no reason to end.
            Err(_) => {
                Timer::after(Duration::from_millis(100)).await;
            }
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
    Timer::after(time).await;
    service::answer(time)
}

/// Waits for the work in flight until the deadline, and then until everybody has been told.
#[instrument(skip_all)]
async fn give_up_after(drain: Duration, hold_on: &Sender<Infallible>, all_gone: &Receiver<Infallible>) -> Option<i32> {
    Timer::after(drain).await;
    hold_on.close();
    all_gone.recv().await.map_or(None, |never| match never {})
}

/// Waits until the service closes by itself, if it does. No signal makes it.
async fn closing_time(after: Option<Duration>) -> Option<i32> {
    match after {
        Some(time) => Timer::after(time).await,
        None => pending().await,
    };
    None
}

/// Draws a frame, waits a tick, for ever: dropping it erases the line.
async fn show(account: &Account) -> Infallible {
    let mut line = StatusLine::new();
    let mut frames = ['|', '/', '-', '\\'].into_iter().cycle();
    loop {
        let frame = frames.next().expect("it has no end");
        line.show(format_args!("{frame} {} in flight, {} answered", account.in_flight(), account.answered()));
        Timer::after(Duration::from_millis(100)).await;
    }
}

/// Waits for the next signal, and gives its number.
async fn next(signals: &mut Signals) -> Option<i32> {
    let signal = signals.next().await.expect("the stream of signals has no end");
    signal.ok().map(|signal| signal as i32)
}
