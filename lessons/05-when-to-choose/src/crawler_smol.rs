//! A crawler on smol: a task for each page, all of them on one thread.
//!
//! As on tokio: all pages of a level are spawned at once, and wait for a permit of their host and one of the crawler.
//! Whatever takes too long loses a race against a timer, and is dropped. You see what was wrong on the way, and then a
//! report that is the same on every runtime. Ctrl-C stops the asking, and the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-smol
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-smol

use std::{collections::HashMap, rc::Rc};

use futures_util::stream::{FuturesUnordered, StreamExt};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, LOCATION, USER_AGENT},
};
use smol::{LocalExecutor, Timer, future::or, lock::Semaphore, net::TcpStream};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;
use url::Url;

use crate::crawl::{
    answer::{self, ATTEMPTS, Answer, LARGEST, backoff, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

type Executor = Rc<LocalExecutor<'static>>;

pub fn main() -> Result<(), String> {
    let stage = Stage::open()?;
    let mut frontier = stage.frontier();
    let executor = Rc::new(LocalExecutor::new());
    smol::block_on(executor.run(async {
        let answers = ask_all(&executor, &stage.asking, frontier.robots()).await;
        frontier.obey(answers);
        loop {
            let level = frontier.next_level();
            if level.is_empty() {
                break;
            }
            frontier.take(ask_all(&executor, &stage.asking, level).await);
        }
    }));
    stage.close(frontier);
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
async fn ask_all(executor: &Executor, asking: &Asking, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let permits = Rc::new(Semaphore::new(AT_ONCE));
    let mut hosts = HashMap::new();
    let tasks = FuturesUnordered::new();
    for url in level {
        let permits = Rc::clone(&permits);
        let of_host = hosts.entry(host(&url).to_owned()).or_insert_with(|| Rc::new(Semaphore::new(PER_HOST)));
        let (of_host, asking, inner) = (Rc::clone(of_host), asking.clone(), Rc::clone(executor));
        tasks.push(executor.spawn(async move {
            // (1) First the rarer one: whoever waits for its host keeps nobody else from asking.
            let _of_host = of_host.acquire().await;
            let _permit = permits.acquire().await;
            let answer = ask(&inner, &asking, &url).await;
            (url, answer)
        }));
    }
    tasks.collect().await
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
async fn ask(executor: &Executor, asking: &Asking, url: &Url) -> Answer {
    let mut attempt = 1;
    loop {
        if asking.is_stopped() {
            return Answer::NotAsked;
        }
        let answer = {
            let _counted = asking.count(url);
            let too_late = async {
                Timer::after(asking.timeout).await;
                Ok(Answer::TimedOut)
            };
            let fetched = or(fetch(executor, asking, url), too_late).await; // (2)
            fetched.unwrap_or(Answer::BrokenOff)
        };
        if !answer.is_worth_a_retry() || attempt == ATTEMPTS {
            return answer;
        }
        Timer::after(backoff(attempt)).await;
        attempt += 1;
    }
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
async fn fetch(executor: &Executor, asking: &Asking, url: &Url) -> Result<Answer, Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(asking.gateway).await?;
    let (mut client, connection) = http1::handshake(FuturesIo::new(stream)).await?;
    let _connection = executor.spawn(connection); // (3) Dropping the task ends it, and closes the connection.
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
