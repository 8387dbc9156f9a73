//! A crawler on async-std: a task for each page.
//!
//! As on tokio: all pages of a level are spawned at once, and wait for a permit of their host and one of the crawler.
//! You see what was wrong on the way, and then a report that is the same on every runtime. Ctrl-C stops the asking, and
//! the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-async-std
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-async-std

use std::{collections::HashMap, sync::Arc};

use async_lock::Semaphore;
use async_std::{
    future::timeout,
    net::TcpStream,
    task::{self, sleep},
};
use futures_util::stream::{FuturesUnordered, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, LOCATION, USER_AGENT},
};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;
use url::Url;

use crate::crawl::{
    answer::{self, ATTEMPTS, Answer, LARGEST, backoff, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

pub fn main() -> Result<(), String> {
    let stage = Stage::open()?;
    let mut frontier = stage.frontier();
    task::block_on(async {
        let answers = ask_all(&stage.asking, frontier.robots()).await;
        frontier.obey(answers);
        loop {
            let level = frontier.next_level();
            if level.is_empty() {
                break;
            }
            frontier.take(ask_all(&stage.asking, level).await);
        }
    });
    stage.close(frontier);
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
async fn ask_all(asking: &Asking, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut hosts = HashMap::new();
    let tasks = FuturesUnordered::new();
    for url in level {
        let permits = Arc::clone(&permits);
        let of_host = hosts.entry(host(&url).to_owned()).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST)));
        let (of_host, asking) = (Arc::clone(of_host), asking.clone());
        tasks.push(task::spawn(async move {
            // (1) First the rarer one: whoever waits for its host keeps nobody else from asking.
            let _of_host = of_host.acquire().await;
            let _permit = permits.acquire().await;
            let answer = ask(&asking, &url).await;
            (url, answer)
        }));
    }
    tasks.collect().await
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
async fn ask(asking: &Asking, url: &Url) -> Answer {
    let mut attempt = 1;
    loop {
        if asking.is_stopped() {
            return Answer::NotAsked;
        }
        let answer = {
            let _counted = asking.count(url);
            let fetched = timeout(asking.timeout, fetch(asking, url)).await; // (2)
            fetched.map_or(Answer::TimedOut, |fetched| fetched.unwrap_or(Answer::BrokenOff))
        };
        if !answer.is_worth_a_retry() || attempt == ATTEMPTS {
            return answer;
        }
        sleep(backoff(attempt)).await;
        attempt += 1;
    }
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
async fn fetch(asking: &Asking, url: &Url) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(asking.gateway).await?;
    let (mut client, connection) = http1::handshake(FuturesIo::new(stream)).await?;
    // (3) Dropping the handle lets the task go on, but hyper ends it when it finds that nobody wants the answer any more.
    let _connection = task::spawn(connection);
    let request = Request::get(target(url)).header(HOST, host(url)).header(USER_AGENT, answer::USER_AGENT);
    let mut response = client.send_request(request.body(Empty::<Bytes>::new())?).await?;
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(answer) = Answer::from_head(response.status().as_u16(), text(LOCATION), text(CONTENT_TYPE)) {
        return Ok(answer);
    }
    let mut page = Vec::new();
    while let Some(frame) = response.body_mut().frame().await {
        page.extend_from_slice(frame?.data_ref().map_or(&[], |data| data));
        if page.len() > LARGEST {
            return Ok(Answer::TooLarge); // (4) The rest is not read.
        }
    }
    Ok(Answer::Text(page))
}
