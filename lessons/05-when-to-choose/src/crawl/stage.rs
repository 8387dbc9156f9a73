//! The settings of a crawl, its stop, and the count of what is asked for at once.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use url::Url;

use crate::{
    crawl::{
        answer::host,
        frontier::Frontier,
        sites::{self, SiteServer},
    },
    setting,
    stop_signal::on_stop_signal,
};

/// How many pages are asked for at once.
pub const AT_ONCE: usize = 5;

/// How many of them of one host: whoever asks for more is a nuisance.
pub const PER_HOST: usize = 2;

/// The sites, and how to crawl them.
#[derive(Debug)]
pub struct Stage {
    server: SiteServer,
    seed: u64,
    pages: usize,
    timeout: Duration,
    began: Instant,
    /// What all who ask for pages share.
    pub asking: Asking,
}

/// What all who ask for pages share.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Where all hosts are asked, since none of them is real.
    pub gateway: SocketAddr,
    /// How long an attempt may take.
    pub timeout: Duration,
    is_stopped: Arc<AtomicBool>,
    counts: Arc<Mutex<Counts>>,
}

/// What is asked for at this moment, and the most that was.
#[derive(Debug, Default)]
struct Counts {
    now: BTreeMap<String, usize>,
    most: usize,
    most_of_a_host: usize,
    attempts: usize,
}

impl Stage {
    /// Starts the sites. Ctrl-C stops the crawl, which then says what it has found so far.
    ///
    /// # Errors
    ///
    /// One sentence, if a setting is wrong or the system refuses something.
    pub fn open() -> Result<Self, String> {
        let seed = setting::number("SEED", 0..=u64::MAX, 1)?;
        let pages = setting::number("PAGES", 1..=100_000, 500)?;
        let timeout = Duration::from_millis(setting::number("TIMEOUT", 1..=600_000, 1_000)?);
        let server = SiteServer::start(seed).map_err(|error: io::Error| format!("cannot start the sites: {error}"))?;
        let is_stopped = Arc::new(AtomicBool::new(false));
        on_stop_signal({
            let is_stopped = Arc::clone(&is_stopped);
            move || is_stopped.store(true, Relaxed)
        })?;
        let asking = Asking { gateway: server.address(), timeout, is_stopped, counts: Arc::default() };
        Ok(Self { server, seed, pages, timeout, began: Instant::now(), asking })
    }

    /// Where the crawl begins.
    pub fn frontier(&self) -> Frontier {
        let start = format!("http://{}/", sites::HOSTS[0]);
        println!("crawling from {start}, seed {}, at most {} pages, {:?} each", self.seed, self.pages, self.timeout);
        Frontier::new(Url::parse(&start).expect("it is one"), &sites::HOSTS, self.pages)
    }

    /// Prints what was found, and what it took.
    pub fn close(self, frontier: Frontier) {
        print!("{}", frontier.into_report());
        let counts = self.asking.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = self.began.elapsed().as_secs_f64();
        let Counts { most, most_of_a_host, attempts, .. } = *counts;
        println!("{attempts} requests in {elapsed:.1} s, at most {most} at once, {most_of_a_host} of one host");
        drop(self.server);
    }
}

impl Asking {
    /// Whether nothing more is to be asked for.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Relaxed)
    }

    /// Counts an attempt until what is returned is dropped.
    pub fn count(&self, url: &Url) -> impl Drop + use<> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.attempts += 1;
        let of_host = counts.now.entry(host(url).to_owned()).or_default();
        *of_host += 1;
        let (of_host, all) = (*of_host, counts.now.values().sum());
        counts.most_of_a_host = counts.most_of_a_host.max(of_host);
        counts.most = counts.most.max(all);
        Counted { counts: Arc::clone(&self.counts), host: host(url).to_owned() }
    }
}

struct Counted {
    counts: Arc<Mutex<Counts>>,
    host: String,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.now.get_mut(&self.host).expect("it was counted") -= 1;
    }
}
