//! A crawler on threads: a few that share a list of pages.
//!
//! As many threads as pages may be asked for at once. Whoever is free takes a page whose host is not busy, and
//! waits if there is none. So the list does what the permits do on tokio. A page that takes too long is up to the
//! client's own timeout, since nobody can end a call from outside. You see how many pages each level has, and then a
//! report that is the same on every runtime. After Ctrl-C nothing more is asked for, but a page that has been asked for is
//! waited for until it is there or has taken too long; the report says what is missing.
//!
//!     cargo run -p lesson-05 -- crawler-threads
//!     SEED=2 PAGES=50 cargo run -p lesson-05 -- crawler-threads

mod connection;

use std::{
    collections::HashMap,
    io::Read,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::instrument;
use ureq::{Agent, Error};
use url::Url;

use self::connection::{Everywhere, Strict, ends_with_its_connection};
use crate::crawl::{
    answer::{Answer, Attempts, LARGEST, LARGEST_HEAD, USER_AGENT, host, target},
    stage::{AT_ONCE, Asking, PER_HOST, Stage},
};

pub fn main() -> Result<(), String> {
    let stop = Arc::<Stop>::default();
    let mut stage = Stage::open({
        let stop = Arc::clone(&stop);
        move || stop.order()
    })?;
    let agent = agent(&stage.asking);
    while let Some(level) = stage.next_level() {
        let answers = ask_all(&stage.asking, &stop, &agent, level);
        stage.take(answers);
    }
    stage.close();
    Ok(())
}

/// Asks for all pages of a level.
#[instrument(skip_all)]
fn ask_all(asking: &Asking, stop: &Stop, agent: &Agent, level: Vec<Url>) -> Vec<(Url, Answer)> {
    let list = List { pages: Mutex::new(Pages { waiting: level, busy: HashMap::new() }), changed: Condvar::new() };
    let work = || {
        let mut answers = Vec::new();
        while let Some(url) = list.take() {
            let answer = ask(asking, stop, agent, &url);
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

/// Whether the crawl is to be stopped. Threads ask, and are woken from their pauses.
#[derive(Default)]
struct Stop {
    is_ordered: Mutex<bool>,
    ordered: Condvar,
}

impl Stop {
    fn guard(&self) -> MutexGuard<'_, bool> {
        self.is_ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self) {
        *self.guard() = true;
        self.ordered.notify_all();
    }

    fn is_ordered(&self) -> bool {
        *self.guard()
    }

    /// Waits so long, or until it is ordered.
    fn pause(&self, pause: Duration) {
        let is_on = |is_ordered: &mut bool| !*is_ordered;
        drop(self.ordered.wait_timeout_while(self.guard(), pause, is_on));
    }
}

/// Asks for a page, as often as it takes or as is allowed.
#[instrument(skip_all)]
fn ask(asking: &Asking, stop: &Stop, agent: &Agent, url: &Url) -> Answer {
    let mut attempts = Attempts::default();
    loop {
        if stop.is_ordered() {
            return Answer::Stopped; // (3)
        }
        let answer = {
            let _counted = asking.count(url);
            match fetch(agent, url) {
                Ok(answer) => answer,
                Err(Error::Timeout(_)) => Answer::TimedOut,
                Err(error) => Answer::from_error(&error.into_io()),
            }
        };
        asking.note(&answer);
        let Some(pause) = attempts.pause_after(&answer) else { return answer };
        stop.pause(pause); // (4)
    }
}

/// A client whose calls give up in time, and that leaves redirects and statuses to us.
fn agent(asking: &Asking) -> Agent {
    let config = Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0);
    let config = config.user_agent(USER_AGENT).accept_encoding("identity");
    let config = config.max_idle_connections(0).max_response_header_size(LARGEST_HEAD);
    let config = config.timeout_global(Some(asking.timeout)).build(); // (5)
    Agent::with_parts(config, Strict::connector(), Everywhere(asking.gateway))
}

/// Fetches a page, on a connection of its own.
#[instrument(skip_all)]
fn fetch(agent: &Agent, url: &Url) -> Result<Answer, Error> {
    let request = agent.get(format!("http://{}{}", host(url), target(url)));
    let (head, body) = request.call()?.into_parts(); // (6) The body has the connection.
    if let Some(answer) = Answer::from_head(url, &head) {
        return Ok(answer);
    }
    let mut page = Vec::new();
    // (7) The rest is not read.
    match body.into_reader().take(LARGEST as u64 + 1).read_to_end(&mut page) {
        Err(error) if !ends_with_its_connection(&head, &error) => Err(error.into()),
        _ => Ok(Answer::from_body(&head, page)),
    }
}
