//! A crawler on smol: a task for each page, all of them on one thread.
//!
//! As on tokio: all pages of a level are spawned at once, and wait for a permit of their host and one of the crawler.
//! Whatever takes too long loses a race against a timer, and is dropped. You see how many pages each level has, and then
//! a report that is the same on every runtime. Ctrl-C drops whatever is waited for, and the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-smol
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-smol

use std::{collections::HashMap, error::Error, rc::Rc};

use futures_util::stream::{FuturesUnordered, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT_ENCODING, HOST, USER_AGENT},
};
use smol::{
    LocalExecutor, Timer,
    channel::{self, Receiver},
    future::or,
    lock::Semaphore,
    net::TcpStream,
};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;
use url::Url;

use crate::crawl::{
    answer::{self, Answer, Attempts, LARGEST, LARGEST_BUFFER, LARGEST_HEAD, MOST_HEADERS, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

type Executor = Rc<LocalExecutor<'static>>;

pub fn main() -> Result<(), String> {
    let (stop, stopped) = channel::bounded(1);
    let mut stage = Stage::open(move || {
        stop.close();
    })?;
    let executor = Rc::new(LocalExecutor::new());
    smol::block_on(executor.run(async {
        while let Some(level) = stage.next_level() {
            let answers = ask_all(&executor, &stage.asking, &stopped, level).await;
            stage.take(answers);
        }
    }));
    stage.close();
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
async fn ask_all(executor: &Executor, asking: &Asking, stopped: &Receiver<()>, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let permits = Rc::new(Semaphore::new(AT_ONCE));
    let mut hosts = HashMap::new();
    let tasks = FuturesUnordered::new();
    for url in level {
        let permits = Rc::clone(&permits);
        let of_host = hosts.entry(host(&url).to_owned()).or_insert_with(|| Rc::new(Semaphore::new(PER_HOST)));
        let (of_host, asking, stopped) = (Rc::clone(of_host), asking.clone(), stopped.clone());
        let inner = Rc::clone(executor);
        tasks.push(executor.spawn(async move {
            // (1) First the rarer one: whoever waits for its host keeps nobody else from asking.
            let _of_host = of_host.acquire().await;
            let _permit = permits.acquire().await;
            let stop = async {
                let _ = stopped.recv().await; // It is closed.
                Answer::Stopped
            };
            // (2) Ctrl-C first, and no request after it.
            let answer = or(stop, ask(&inner, &asking, &url)).await;
            (url, answer)
        }));
    }
    tasks.collect().await
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
async fn ask(executor: &Executor, asking: &Asking, url: &Url) -> Answer {
    let mut attempts = Attempts::default();
    loop {
        let answer = {
            let _counted = asking.count(url);
            let too_late = async {
                Timer::after(asking.timeout).await;
                Ok(Answer::TimedOut)
            };
            let fetched = or(fetch(executor, asking, url), too_late).await; // (3)
            fetched.unwrap_or_else(|error| Answer::from_error(&*error))
        };
        asking.note(&answer);
        let Some(pause) = attempts.pause_after(&answer) else { return answer };
        Timer::after(pause).await;
    }
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
async fn fetch(executor: &Executor, asking: &Asking, url: &Url) -> Result<Answer, Box<dyn Error>> {
    let stream = FuturesIo::new(TcpStream::connect(asking.gateway).await?);
    let mut client = http1::Builder::new();
    client.max_headers(MOST_HEADERS).max_header_size(LARGEST_HEAD);
    client.max_buf_size(LARGEST_BUFFER);
    let (mut client, connection) = client.handshake(stream).await?;
    let _connection = executor.spawn(connection); // (4) Dropping the task ends it, and closes the connection.
    let request = Request::get(target(url)).header(HOST, host(url)).header(USER_AGENT, answer::USER_AGENT);
    let request = request.header(ACCEPT_ENCODING, "identity").body(Empty::<Bytes>::new())?;
    let (head, mut body) = client.send_request(request).await?.into_parts();
    if let Some(answer) = Answer::from_head(url, &head) {
        return Ok(answer);
    }
    let mut page = Vec::new();
    while let Some(frame) = body.frame().await {
        page.extend_from_slice(frame?.data_ref().map_or(&[], |data| data));
        if page.len() > LARGEST {
            break; // (5) The rest is not read.
        }
    }
    Ok(Answer::from_body(&head, page))
}
