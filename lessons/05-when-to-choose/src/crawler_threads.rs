//! A crawler on threads: a few that share a list of pages.
//!
//! As many threads as pages may be asked for at once. Whoever is free takes a page whose host is not busy, and
//! waits if there is none. So the list does what the permits do on tokio. A page that takes too long is up to the
//! client's own timeout, since nobody can end a call from outside. You see how many pages each level has, and then a
//! report that is the same on every runtime. After Ctrl-C nothing more is asked for, but what is waited for is waited for
//! until it is there or has taken too long; the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-threads
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-threads

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread::{self, sleep},
};

use tracing::instrument;
use ureq::{
    Agent, Error,
    config::Config,
    http::{
        Uri,
        header::{CONTENT_TYPE, LOCATION},
    },
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use url::Url;

use crate::crawl::{
    answer::{Answer, Attempts, LARGEST, LARGEST_HEAD, USER_AGENT, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

pub fn main() -> Result<(), String> {
    let is_stopped = Arc::new(AtomicBool::new(false));
    let mut stage = Stage::open({
        let is_stopped = Arc::clone(&is_stopped);
        move || is_stopped.store(true, SeqCst)
    })?;
    let agent = agent(&stage.asking);
    while let Some(level) = stage.next_level() {
        let answers = ask_all(&stage.asking, &is_stopped, &agent, level);
        stage.take(answers);
    }
    stage.close();
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
fn ask_all(asking: &Asking, is_stopped: &AtomicBool, agent: &Agent, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let list = List { pages: Mutex::new(Pages { waiting: level, busy: HashMap::new() }), changed: Condvar::new() };
    let work = || {
        let mut answers = Vec::new();
        while let Some(url) = list.take() {
            let answer = ask(asking, is_stopped, agent, &url);
            list.done(&url);
            answers.push((url, answer));
        }
        answers
    };
    thread::scope(|scope| {
        let (mut workers, mut answers) = (Vec::new(), Vec::new());
        while workers.len() < AT_ONCE {
            match thread::Builder::new().spawn_scoped(scope, work) {
                Ok(worker) => workers.push(worker),
                Err(error) => {
                    asking.lacks_thread(&error);
                    answers = work(); // (1)
                    break;
                }
            }
        }
        answers.extend(workers.into_iter().flat_map(|worker| worker.join().expect("it does not panic")));
        answers
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
            pages = self.changed.wait(pages).unwrap_or_else(PoisonError::into_inner); // (2)
        }
    }

    fn done(&self, url: &Url) {
        *self.pages().busy.get_mut(host(url)).expect("it is busy") -= 1;
        self.changed.notify_all();
    }
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
fn ask(asking: &Asking, is_stopped: &AtomicBool, agent: &Agent, url: &Url) -> Answer {
    let mut attempts = Attempts::default();
    loop {
        if is_stopped.load(SeqCst) {
            return Answer::Stopped; // (3)
        }
        let answer = {
            let _counted = asking.count(url);
            match fetch(agent, url) {
                Ok(answer) => answer,
                Err(Error::Timeout(_)) => Answer::TimedOut,
                Err(Error::BodyExceedsLimit(_)) => Answer::TooLarge, // (4)
                Err(error) => Answer::from_error(&error.into_io()),
            }
        };
        asking.note(&answer);
        let Some(pause) = attempts.pause_after(&answer) else { return answer };
        sleep(pause);
    }
}

/// A client whose calls give up in time, and that leaves redirects and statuses to us.
fn agent(asking: &Asking) -> Agent {
    let config = Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
    let config = config.user_agent(USER_AGENT).max_idle_connections(0).max_response_header_size(LARGEST_HEAD);
    let config = config.timeout_global(Some(asking.timeout)).build(); // (5)
    Agent::with_parts(config, DefaultConnector::new(), Everywhere(asking.gateway))
}

/// Says that every host is at this address, since none of them is real.
///
/// ureq's own resolver may have to be given up after a while, so it resolves each name on one more thread, even if the name
/// is an address. It panics if there is no room for that thread.
#[derive(Debug)]
struct Everywhere(SocketAddr);

impl Resolver for Everywhere {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
fn fetch(agent: &Agent, url: &Url) -> Result<Answer, Error> {
    let request = agent.get(format!("http://{}{}", host(url), target(url)));
    let mut response = request.call()?; // (6) The connection is closed with the response.
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(answer) = Answer::from_head(url, response.status().as_u16(), text(LOCATION), text(CONTENT_TYPE)) {
        return Ok(answer);
    }
    let page = response.body_mut().with_config().limit(LARGEST as u64).read_to_vec()?;
    Ok(Answer::Text(page))
}
