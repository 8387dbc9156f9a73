//! A crawler on tokio: a task for each page.
//!
//! All pages of a level are spawned at once, and wait for two permits: one of their host, so that no site is bothered by
//! many requests at a time, and one of the crawler, so that it never has too much at hand. A page that takes too long is
//! dropped, and its connection with it. You see how many pages each level has, and then a report that is the same on
//! every runtime. Ctrl-C drops whatever is waited for, and the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-tokio
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-tokio

use std::{collections::HashMap, error::Error, sync::Arc};

use http_body_util::{BodyExt, Empty};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT_ENCODING, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    select,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::instrument;
use url::Url;

use crate::crawl::{
    answer::{self, Answer, Attempts, LARGEST, LARGEST_BUFFER, LARGEST_HEAD, MOST_HEADERS, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

pub fn main() -> Result<(), String> {
    let (stop, stopped) = watch::channel(false);
    let mut stage = Stage::open(move || {
        stop.send_replace(true);
    })?;
    crawl(&mut stage, &stopped);
    stage.close();
    Ok(())
}

#[tokio::main]
async fn crawl(stage: &mut Stage, stopped: &watch::Receiver<bool>) {
    while let Some(level) = stage.next_level() {
        let answers = ask_all(&stage.asking, stopped, level).await;
        stage.take(answers);
    }
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
async fn ask_all(asking: &Asking, stopped: &watch::Receiver<bool>, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut hosts = HashMap::new();
    let mut tasks = JoinSet::new();
    for url in level {
        let permits = Arc::clone(&permits);
        let of_host = hosts.entry(host(&url).to_owned()).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST)));
        let (of_host, asking, mut stopped) = (Arc::clone(of_host), asking.clone(), stopped.clone());
        tasks.spawn(async move {
            // (1) First the rarer one: whoever waits for its host keeps nobody else from asking.
            let _of_host = of_host.acquire().await.expect("nobody closes it");
            let _permit = permits.acquire().await.expect("nobody closes it");
            let answer = select! {
                biased; // (2) Ctrl-C first, and no request after it.
                _ = stopped.wait_for(|&is_stopped| is_stopped) => Answer::Stopped,
                answer = ask(&asking, &url) => answer,
            };
            (url, answer)
        });
    }
    tasks.join_all().await
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
async fn ask(asking: &Asking, url: &Url) -> Answer {
    let mut attempts = Attempts::default();
    loop {
        let answer = {
            let _counted = asking.count(url);
            let fetched = timeout(asking.timeout, fetch(asking, url)).await; // (3)
            match fetched {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => Answer::from_error(&*error),
                Err(_) => Answer::TimedOut,
            }
        };
        asking.note(&answer);
        let Some(pause) = attempts.pause_after(&answer) else { return answer };
        sleep(pause).await;
    }
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
async fn fetch(asking: &Asking, url: &Url) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let stream = TokioIo::new(TcpStream::connect(asking.gateway).await?);
    let mut client = http1::Builder::new();
    client.max_headers(MOST_HEADERS).max_header_size(LARGEST_HEAD);
    client.max_buf_size(LARGEST_BUFFER);
    let (mut client, connection) = client.handshake(stream).await?;
    let mut connections = JoinSet::new();
    connections.spawn(connection); // (4) Dropping the set ends the task, and closes the connection.
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
