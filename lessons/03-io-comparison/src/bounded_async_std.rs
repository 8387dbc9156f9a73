//! Many downloads, a few at a time, from a server that fails; on async-std.
//!
//! As on tokio: sixty items, at most eight at once, three attempts each, and a report that adds up. async-std has neither
//! a semaphore nor a set of tasks, so these come from crates that work on every runtime. And dropping the handle of a
//! task would let the task go on alone, so at Ctrl-C each is cancelled by hand.
//!
//!     cargo run -p lesson-03 -- bounded-async-std
//!     ITEMS=200 BOUND=50 ERRORS=0.7 SEED=2 cargo run -p lesson-03 -- bounded-async-std

use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Instant,
};

use async_lock::Semaphore;
use async_signal::{Signal, Signals};
use async_std::{
    future::{pending, timeout},
    net::TcpStream,
    task::{self, JoinHandle, sleep},
};
use futures_util::{
    StreamExt,
    future::{Either, join_all, select},
    stream::FuturesUnordered,
};
use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use lesson_kit::{StatusLine, end_by};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;

use crate::{
    download_error::{Cause, DownloadError},
    report::{Outcome, Report},
    retry::{ATTEMPTS, backoff},
    settings::{BOUNDED, Settings},
    slow_server::SlowServer,
};

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(BOUNDED);
    let server = SlowServer::start(settings.network())?;
    let mut ctrl_c = Signals::new([Signal::Int])?; // (1)
    let interrupt = async {
        ctrl_c.next().await;
        end_by(2);
    };
    let began = Instant::now();
    let report = task::block_on(download_all(server.address(), settings, interrupt));
    print!("{report}");
    println!("{server}, in {:.1} s", began.elapsed().as_secs_f64());
    print!("{}", report.causes());
    Ok(())
}

/// Downloads all items, or as many as are done when `interrupt` comes.
pub async fn download_all(server: SocketAddr, settings: Settings, interrupt: impl Future<Output = ()>) -> Report {
    let mut interrupt = pin!(interrupt);
    let is_over = Arc::new(AtomicBool::new(false));
    let permits = Arc::new(Semaphore::new(settings.bound));
    let mut tasks = FuturesUnordered::new();
    for item in 0..settings.items {
        let (permits, is_over) = (Arc::clone(&permits), Arc::clone(&is_over));
        tasks.push(task::spawn(async move {
            let _permit = permits.acquire().await; // (2)
            if is_over.load(SeqCst) {
                pending::<()>().await; // It is about to be cancelled: another, cancelled before it, gave the permit back.
            }
            (item, download(server, item, settings).await)
        }));
    }
    let mut report = Report::new(settings.items);
    let mut line = StatusLine::new();
    loop {
        line.show(report.progress());
        match select(tasks.next(), interrupt.as_mut()).await {
            Either::Left((Some((item, outcome)), _)) => report.note(item, outcome),
            Either::Left((None, _)) => return report,
            Either::Right(_) => {
                is_over.store(true, SeqCst);
                join_all(tasks.into_iter().map(JoinHandle::cancel)).await; // (3)
                return report;
            }
        }
    }
}

/// Downloads an item, in as many attempts as it takes or as it may have.
#[instrument(skip_all)]
async fn download(server: SocketAddr, item: u32, settings: Settings) -> Outcome {
    let mut attempts = 1;
    loop {
        let fetched = timeout(settings.timeout, fetch(server, item, attempts)).await; // (4)
        match fetched.unwrap_or_else(|elapsed| Err(DownloadError::TimedOut(elapsed.into()))) {
            Err(error) if error.is_worth_a_retry() && attempts < ATTEMPTS => {
                sleep(backoff(settings.pause, attempts)).await; // (5)
                attempts += 1;
            }
            result => return Outcome { attempts, result },
        }
    }
}

/// Fetches an item, and gives its size.
#[instrument(skip_all)]
async fn fetch(server: SocketAddr, item: u32, attempt: u32) -> Result<usize, DownloadError> {
    let stream = TcpStream::connect(server).await.map_err(DownloadError::lost)?;
    let (mut client, connection) = http1::handshake(FuturesIo::new(stream)).await.map_err(DownloadError::lost)?;
    let exchange = pin!(async {
        let request = Request::get(format!("/items/{item}?attempt={attempt}")).header(HOST, server.to_string());
        let request = request.body(Empty::<Bytes>::new()).expect("it is a request");
        let answer = client.send_request(request).await.map_err(DownloadError::lost)?;
        DownloadError::check(answer.status().as_u16())?;
        let body = answer.into_body().collect().await.map_err(DownloadError::lost)?;
        Ok(body.to_bytes().len())
    });
    match select(exchange, connection).await {
        // (6)
        Either::Left((size, _)) => size,
        // The server has closed, and said all that it had to say.
        Either::Right((_, exchange)) => exchange.await,
    }
}
