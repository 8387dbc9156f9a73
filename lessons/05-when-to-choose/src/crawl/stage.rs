//! The settings of a crawl, and the count of what is asked for at once.

use std::{
    collections::BTreeMap,
    io,
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use url::Url;

use crate::{
    crawl::{
        answer::{Answer, host},
        frontier::{Frontier, Level, Step},
        sites::{self, SiteServer},
    },
    limits, setting,
    stop_signal::on_stop_signal,
};

/// How many pages are asked for at once.
pub const AT_ONCE: usize = 5;

/// How many of them of one host: whoever asks for more is a nuisance.
pub const PER_HOST: usize = 2;

/// How long to wait until somebody is found at `SITES`. Between the most distant places it takes less than a second.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sites, and how far their crawl has come.
#[derive(Debug)]
pub struct Stage {
    /// What all who ask for pages share.
    pub asking: Asking,
    frontier: Frontier,
    began: Instant,
    /// The sites, unless somebody else serves them.
    _server: Option<SiteServer>,
}

/// What all who ask for pages share.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Where all hosts are asked, since none of them is real.
    pub gateway: SocketAddr,
    /// How long an attempt may take.
    pub timeout: Duration,
    counts: Arc<Mutex<Counts>>,
}

/// What is asked for at this moment, and the most that was.
#[derive(Debug, Default)]
struct Counts {
    now: BTreeMap<String, usize>,
    most: usize,
    most_of_a_host: usize,
    attempts: usize,
    without_room: usize,
    /// What the system said when it refused a thread.
    without_thread: Option<String>,
}

impl Stage {
    /// Starts the sites, unless `SITES` says where there are some. Ctrl-C calls `stop`. It has to come before a runtime.
    ///
    /// # Errors
    ///
    /// One sentence, if a setting is wrong, nobody is where `SITES` says, or the system refuses something.
    pub fn open(stop: impl Fn() + Send + 'static) -> Result<Self, String> {
        limits::enough_descriptors()?;
        let pages = setting::number("PAGES", 1..=100_000, 500)?;
        let timeout = Duration::from_millis(setting::number("TIMEOUT", 1..=600_000, 1_500)?);
        let (server, gateway, which) = if let Some(gateway) = setting::address("SITES", setting::here(4080))? {
            reach(gateway)?;
            (None, gateway, format!("at {gateway}"))
        } else {
            let seed = sites::seed()?;
            let server = SiteServer::start(seed, sites::ANYWHERE, |_, _| ())?;
            let gateway = server.address();
            (Some(server), gateway, format!("of seed {seed}"))
        };
        on_stop_signal(move || {
            eprintln!("stopping; Ctrl-C again stops at once, without a report");
            stop();
        })?;
        let start = format!("http://{}/", sites::HOSTS[0]);
        let limits = format!("at most {pages} pages, {timeout:?} for each attempt");
        println!("crawling the sites {which}: {limits}");
        let frontier = Frontier::new(Url::parse(&start).expect("it is one"), &sites::HOSTS, pages);
        let asking = Asking { gateway, timeout, counts: Arc::default() };
        Ok(Self { asking, frontier, began: Instant::now(), _server: server })
    }

    /// What is to be asked for next, all at once; `None` when the crawl is over.
    pub fn next_level(&mut self) -> Option<Vec<Url>> {
        let Level { step, urls } = self.frontier.next_level()?;
        match step {
            Step::Robots(_) => println!("what may be asked for? {} robots.txt", urls.len()),
            Step::Pages(1) => println!("1 step away: {} to ask for", urls.len()),
            Step::Pages(steps) => println!("{steps} steps away: {} to ask for", urls.len()),
        }
        Some(urls)
    }

    /// Takes the answers to that, in any order.
    pub fn take(&mut self, answers: Vec<(Url, Answer)>) {
        self.frontier.take(answers);
    }

    /// Prints what was found, and what it took.
    pub fn close(self) {
        print!("{}", self.frontier.into_report());
        let counts = self.asking.counts();
        let Counts { most, most_of_a_host, attempts, without_room, .. } = *counts;
        let elapsed = self.began.elapsed().as_secs_f64();
        println!("{attempts} requests in {elapsed:.1} s, at most {most} at once, {most_of_a_host} of one host");
        if without_room > 0 {
            let limit = limits::descriptors().map_or_else(String::new, |most| format!(" (`ulimit -n` is {most})"));
            println!("{without_room} of them had to be put off, since no file descriptor was left{limit}");
        }
        if let Some(refused) = &counts.without_thread {
            let way_out = limits::how_to_have_more_threads();
            println!("there was not always room for {AT_ONCE} threads ({refused}), so fewer asked; {way_out}");
        }
    }
}

impl Asking {
    /// Counts an attempt until what is returned is dropped.
    pub fn count(&self, url: &Url) -> impl Drop + use<> {
        let mut counts = self.counts();
        counts.attempts += 1;
        let of_host = counts.now.entry(host(url).to_owned()).or_default();
        *of_host += 1;
        let (of_host, all) = (*of_host, counts.now.values().sum());
        counts.most_of_a_host = counts.most_of_a_host.max(of_host);
        counts.most = counts.most.max(all);
        Counted { asking: self.clone(), host: host(url).to_owned() }
    }

    /// Takes note of what an attempt has brought.
    pub fn note(&self, answer: &Answer) {
        self.counts().without_room += usize::from(*answer == Answer::NoRoom);
    }

    /// Takes note that the system has refused a thread, so that fewer ask at once.
    pub fn lacks_thread(&self, refused: &io::Error) {
        self.counts().without_thread = Some(refused.to_string());
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Finds out whether anybody is at `gateway`, since a report of sites that nobody serves helps nobody.
fn reach(gateway: SocketAddr) -> Result<(), String> {
    let reached = TcpStream::connect_timeout(&gateway, PATIENCE);
    reached.map(drop).map_err(|error| {
        format!(
            "nobody can be asked at SITES={gateway}: {error}; start the sites first, in another terminal: \
             `LISTEN={gateway} cargo run -p lesson-05 -- sites`; without SITES, the lesson serves them itself"
        )
    })
}

struct Counted {
    asking: Asking,
    host: String,
}

impl Drop for Counted {
    fn drop(&mut self) {
        *self.asking.counts().now.get_mut(&self.host).expect("it was counted") -= 1;
    }
}
