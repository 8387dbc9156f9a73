//! Many downloads, a few at a time, from a server that fails; on smol with one thread.
//!
//! As on tokio: sixty items, at most eight at once, three attempts each, and a report
//! that adds up. The semaphore is smol's own, and the set is one of futures. To drop a
//! task would cancel it too. But it is the executor that drops its future, on one of
//! its next turns, and there may be none; so at Ctrl-C each is cancelled, and awaited.
//!
//!     cargo run -p lesson-03 -- bounded-smol
//!     ITEMS=200 BOUND=50 ERRORS=0.7 SEED=2 cargo run -p lesson-03 -- bounded-smol

use std::{
    net::SocketAddr,
    pin::pin,
    rc::Rc,
    time::{Duration, Instant},
};

use async_signal::{Signal, Signals};
use futures_util::{
    StreamExt,
    future::{Either, join_all, select},
    stream::FuturesUnordered,
};
use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use lesson_kit::{StatusLine, end_by};
use smol::{LocalExecutor, Task, Timer, future::or, io, lock::Semaphore, net::TcpStream};
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
    let executor = LocalExecutor::new();
    let report = smol::block_on(executor.run(download_all(&executor, server.address(), settings, interrupt)));
    print!("{report}");
    println!("{server}, in {:.1} s", began.elapsed().as_secs_f64());
    print!("{}", report.causes());
    Ok(())
}

/// Downloads all items, or as many as are done when `interrupt` comes.
pub async fn download_all(
    executor: &LocalExecutor<'static>,
    server: SocketAddr,
    settings: Settings,
    interrupt: impl Future<Output = ()>,
) -> Report {
    let mut interrupt = pin!(interrupt);
    let permits = Rc::new(Semaphore::new(settings.bound));
    let mut tasks = FuturesUnordered::new();
    for item in 0..settings.items {
        let permits = Rc::clone(&permits);
        tasks.push(executor.spawn(async move {
            let _permit = permits.acquire().await; // (2)
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
                join_all(tasks.into_iter().map(Task::cancel)).await; // (3)
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
        let fetched = or(fetch(server, item, attempts), give_up_after(settings.timeout)).await; // (4)
        match fetched {
            Err(error) if error.is_worth_a_retry() && attempts < ATTEMPTS => {
                Timer::after(backoff(settings.pause, attempts)).await; // (5)
                attempts += 1;
            }
            result => return Outcome { attempts, result },
        }
    }
}

async fn give_up_after(limit: Duration) -> Result<usize, DownloadError> {
    Timer::after(limit).await;
    Err(DownloadError::TimedOut(io::Error::from(io::ErrorKind::TimedOut).into()))
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
