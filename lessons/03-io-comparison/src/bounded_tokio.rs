//! Many downloads, a few at a time, from a server that fails; on tokio with one thread.
//!
//! Sixty items, and at most eight of them on their way: each download needs one of the semaphore's permits, and gives it
//! back when it ends, however it ends. What may work the next time is tried again after a pause. In the end a report says
//! what has become of every item. Press Ctrl-C in the middle: the downloads stop, and the report is about what was done.
//!
//!     cargo run -p lesson-03 -- bounded-tokio
//!     ITEMS=200 BOUND=50 ERRORS=0.7 SEED=2 cargo run -p lesson-03 -- bounded-tokio

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use lesson_kit::{StatusLine, end_by};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::ctrl_c as listen_for_ctrl_c;
use tokio::{
    select,
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::instrument;

use crate::{
    download_error::{Cause, DownloadError},
    report::{Outcome, Report},
    retry::{ATTEMPTS, backoff},
    settings::{BOUNDED, Settings},
    slow_server::SlowServer,
};

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(BOUNDED);
    let server = SlowServer::start(settings.network())?;
    let mut ctrl_c = listen_for_ctrl_c()?; // (1)
    let interrupt = async {
        ctrl_c.recv().await;
        end_by(2);
    };
    let began = Instant::now();
    let report = download_all(server.address(), settings, interrupt).await;
    print!("{report}");
    println!("{server}, in {:.1} s", began.elapsed().as_secs_f64());
    print!("{}", report.causes());
    Ok(())
}

/// Ctrl-C, from now on. `tokio::signal::ctrl_c` would hear of it from the first time that it is polled.
#[cfg(unix)]
fn listen_for_ctrl_c() -> std::io::Result<Signal> {
    signal(SignalKind::interrupt())
}

/// Downloads all items, or as many as are done when `interrupt` comes.
pub async fn download_all(server: SocketAddr, settings: Settings, interrupt: impl Future<Output = ()>) -> Report {
    let mut interrupt = pin!(interrupt);
    let client = Client::builder(TokioExecutor::new()).build_http();
    let permits = Arc::new(Semaphore::new(settings.bound));
    let mut tasks = JoinSet::new();
    for item in 0..settings.items {
        let (client, permits) = (client.clone(), Arc::clone(&permits));
        tasks.spawn(async move {
            let _permit = permits.acquire().await.expect("the semaphore is never closed"); // (2)
            (item, download(&client, server, item, settings).await)
        });
    }
    let mut report = Report::new(settings.items);
    let mut line = StatusLine::new();
    loop {
        line.show(report.progress());
        select! {
            biased; // A download that is done counts as done, also if Ctrl-C comes at the same moment.
            joined = tasks.join_next() => match joined {
                Some(ended) => {
                    let (item, outcome) = ended.expect("a download does not panic");
                    report.note(item, outcome);
                }
                None => return report,
            },
            () = &mut interrupt => {
                tasks.shutdown().await; // (3)
                return report;
            }
        }
    }
}

/// Downloads an item, in as many attempts as it takes or as it may have.
#[instrument(skip_all)]
async fn download(client: &HttpClient, server: SocketAddr, item: u32, settings: Settings) -> Outcome {
    let mut attempts = 1;
    loop {
        let fetched = timeout(settings.timeout, fetch(client, server, item, attempts)).await; // (4)
        match fetched.unwrap_or_else(|elapsed| Err(DownloadError::TimedOut(elapsed.into()))) {
            Err(error) if error.is_worth_a_retry() && attempts < ATTEMPTS => {
                sleep(backoff(settings.pause, attempts)).await; // (5)
                attempts += 1;
            }
            result => return Outcome { attempts, result },
        }
    }
}

type HttpClient = Client<HttpConnector, Empty<Bytes>>;

/// Fetches an item, and gives its size.
#[instrument(skip_all)]
async fn fetch(client: &HttpClient, server: SocketAddr, item: u32, attempt: u32) -> Result<usize, DownloadError> {
    let address = format!("http://{server}/items/{item}?attempt={attempt}");
    let answer = client.get(address.parse().expect("it is an address")).await.map_err(DownloadError::lost)?;
    DownloadError::check(answer.status().as_u16())?;
    let body = answer.into_body().collect().await.map_err(DownloadError::lost)?;
    Ok(body.to_bytes().len())
}
