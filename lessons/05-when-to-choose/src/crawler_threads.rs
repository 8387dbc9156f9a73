//! A crawler on threads: a few that share a list of pages.
//!
//! As many threads as pages may be asked for at once. Whoever is free takes the first page whose host is not busy, and
//! waits if there is none. So the list does what the permits do on tokio. A page that takes too long is up to the
//! client's own timeouts, since nobody can end a call from outside. You see what was wrong on the way, and then a report
//! that is the same on every runtime. Ctrl-C stops the asking, and the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-threads
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-threads

use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, sleep},
};

use tracing::instrument;
use ureq::{
    Agent, Error,
    http::header::{CONTENT_TYPE, HOST, LOCATION},
};
use url::Url;

use crate::crawl::{
    answer::{ATTEMPTS, Answer, LARGEST, USER_AGENT, backoff, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

pub fn main() -> Result<(), String> {
    let stage = Stage::open()?;
    let mut frontier = stage.frontier();
    let agent = agent(&stage.asking);
    frontier.obey(ask_all(&stage.asking, &agent, frontier.robots()));
    loop {
        let level = frontier.next_level();
        if level.is_empty() {
            break;
        }
        frontier.take(ask_all(&stage.asking, &agent, level));
    }
    stage.close(frontier);
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
fn ask_all(asking: &Asking, agent: &Agent, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let list = List { pages: Mutex::new(Pages { waiting: level, busy: HashMap::new() }), changed: Condvar::new() };
    let work = || {
        let mut answers = Vec::new();
        while let Some(url) = list.take() {
            let answer = ask(asking, agent, &url);
            list.done(&url);
            answers.push((url, answer));
        }
        answers
    };
    thread::scope(|scope| {
        let workers = [(); AT_ONCE].map(|()| scope.spawn(work));
        workers.into_iter().flat_map(|worker| worker.join().expect("it does not panic")).collect()
    })
}

/// The pages that wait, and the hosts that are busy.
struct List {
    pages: Mutex<Pages>,
    changed: Condvar,
}

struct Pages {
    waiting: Vec<Url>,
    busy: HashMap<String, usize>,
}

impl List {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next page whose host is not busy; `None` when all are taken.
    fn take(&self) -> Option<Url> {
        let mut pages = self.pages();
        loop {
            let Pages { waiting, busy } = &mut *pages;
            if waiting.is_empty() {
                return None;
            }
            let is_free = |url: &Url| busy.get(host(url)).is_none_or(|&busy| busy < PER_HOST);
            if let Some(next) = waiting.iter().position(is_free) {
                let url = waiting.swap_remove(next);
                *busy.entry(host(&url).to_owned()).or_default() += 1;
                if waiting.is_empty() {
                    self.changed.notify_all(); // Whoever waits has nothing to wait for any more.
                }
                return Some(url);
            }
            pages = self.changed.wait(pages).unwrap_or_else(PoisonError::into_inner); // (1)
        }
    }

    fn done(&self, url: &Url) {
        *self.pages().busy.get_mut(host(url)).expect("it is busy") -= 1;
        self.changed.notify_all();
    }
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
fn ask(asking: &Asking, agent: &Agent, url: &Url) -> Answer {
    let mut attempt = 1;
    loop {
        if asking.is_stopped() {
            return Answer::NotAsked;
        }
        let answer = {
            let _counted = asking.count(url);
            fetch(asking, agent, url).unwrap_or_else(|error| match error {
                Error::Timeout(_) => Answer::TimedOut,
                Error::BodyExceedsLimit(_) => Answer::TooLarge, // (4)
                _ => Answer::BrokenOff,
            })
        };
        if !answer.is_worth_a_retry() || attempt == ATTEMPTS {
            return answer;
        }
        sleep(backoff(attempt));
        attempt += 1;
    }
}

/// A client whose calls give up in time, and that leaves redirects and statuses to us.
fn agent(asking: &Asking) -> Agent {
    let config = Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
    let config = config.user_agent(USER_AGENT).max_idle_connections(0);
    // (2) Each of these may take so long.
    let limit = Some(asking.timeout);
    config.timeout_connect(limit).timeout_recv_response(limit).timeout_recv_body(limit).build().into()
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
fn fetch(asking: &Asking, agent: &Agent, url: &Url) -> Result<Answer, Error> {
    let request = agent.get(format!("http://{}{}", asking.gateway, target(url))).header(HOST, host(url));
    let mut response = request.call()?; // (3) The connection is closed with the response.
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(answer) = Answer::from_head(response.status().as_u16(), text(LOCATION), text(CONTENT_TYPE)) {
        return Ok(answer);
    }
    let page = response.body_mut().with_config().limit(LARGEST as u64).read_to_vec()?;
    Ok(Answer::Text(page))
}
