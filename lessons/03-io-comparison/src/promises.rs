//! What the downloads promise, checked in this process, where a test can ask the server what it has seen.
//!
//! Nothing here depends on how fast anything is. Whether downloads are made at once is not asked of a clock: the server
//! answers nobody before so many ask at once, and whoever asks for less waits for ever.

use std::{net::SocketAddr, sync::mpsc, thread, time::Duration};

use proptest::{prelude::*, test_runner::Config};

use crate::{
    bounded_async_std, bounded_smol, bounded_threads, bounded_tokio,
    cell::STRATEGIES,
    download_error::DownloadError,
    report::{Counts, Outcome, Report},
    retry::ATTEMPTS,
    settings::Settings,
    slow_server::{Fate, Network, SlowServer},
    thread_pool,
};

/// No answer takes that long on any machine, unless it never comes.
const LONG: Duration = Duration::from_secs(120);

/// Settings for a network that answers at once.
fn settings(items: u32, bound: usize, seed: u64, errors: f64) -> Settings {
    Settings { items, bound, ordered: false, errors, seed, timeout: LONG, pause: Duration::ZERO }
}

fn network(settings: Settings) -> Network {
    Network::fast(settings.seed, settings.errors)
}

/// Downloads all items with at most so many at once, until the receiver hears something.
type Bounded = fn(SocketAddr, Settings, mpsc::Receiver<()>) -> Report;

const BOUNDED: [(&str, Bounded); 4] = [
    ("bounded-threads", |server, settings, interrupt| {
        let (sender, events) = mpsc::channel();
        let interrupted = sender.clone();
        thread::spawn(move || interrupt.recv().map(|()| interrupted.send(bounded_threads::Event::Interrupted)));
        bounded_threads::download_all(server, settings, sender, &events).expect("there is room for threads")
    }),
    ("bounded-tokio", |server, settings, interrupt| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is room for it");
        runtime.block_on(bounded_tokio::download_all(server, settings, heard(interrupt)))
    }),
    ("bounded-async-std", |server, settings, interrupt| {
        async_std::task::block_on(bounded_async_std::download_all(server, settings, heard(interrupt)))
    }),
    ("bounded-smol", |server, settings, interrupt| {
        let executor = smol::LocalExecutor::new();
        let downloads = bounded_smol::download_all(&executor, server, settings, heard(interrupt));
        smol::block_on(executor.run(downloads))
    }),
];

/// Waits until the receiver hears something: for ever, if it never does.
async fn heard(interrupt: mpsc::Receiver<()>) {
    let (tell, told) = smol::channel::bounded(1);
    let kept = tell.clone();
    thread::spawn(move || interrupt.recv().map(|()| tell.try_send(())));
    told.recv().await.expect("there is still a sender");
    drop(kept);
}

/// Downloads to the end, and gives what the server has seen too.
fn download(bounded: Bounded, settings: Settings) -> (Report, SlowServer) {
    let server = SlowServer::start(network(settings)).expect("there is room for a server");
    let (_never, interrupt) = mpsc::channel();
    (bounded(server.address(), settings, interrupt), server)
}

/// The report that follows from the plan, without any network.
fn planned(settings: Settings) -> Report {
    let network = network(settings);
    let mut report = Report::new(settings.items);
    for item in 0..settings.items {
        let fate = |attempt| network.fate(item, attempt);
        let retried = |fate| !matches!(fate, Fate::Whole | Fate::Missing);
        let attempts = (1..ATTEMPTS).find(|&attempt| !retried(fate(attempt))).unwrap_or(ATTEMPTS);
        let result = match fate(attempts) {
            Fate::Whole => Ok(network.body(item).len()),
            Fate::Missing => Err(DownloadError::NotFound),
            Fate::Unavailable => Err(DownloadError::ServerError(503)),
            Fate::Reset | Fate::CutShort => Err(DownloadError::lost("it was planned")),
            Fate::Silent => Err(DownloadError::TimedOut("it was planned".into())),
        };
        report.note(item, Outcome { attempts, result });
    }
    report
}

/// The first of the seeds from `seed` on with which every attempt is answered in some way: an answer that never comes takes
/// its time, and has a test of its own.
fn answered(seed: u64, items: u32, errors: f64) -> u64 {
    let is_answered = |seed: &u64| {
        let network = Network::fast(*seed, errors);
        (0..items).all(|item| (1..=ATTEMPTS).all(|attempt| network.fate(item, attempt) != Fate::Silent))
    };
    (seed..u64::MAX).find(is_answered).expect("there are many seeds")
}

fn bytes(items: u32, network: Network) -> usize {
    (0..items).map(|item| network.body(item).len()).sum()
}

#[test]
fn every_strategy_downloads_every_byte() {
    let network = Network::fast(5, 0.0);
    for (name, strategy) in STRATEGIES {
        let server = SlowServer::start(network).expect("there is room for a server");
        let total = strategy(server.address(), 20).expect("nothing fails");
        assert_eq!((total, server.requests()), (bytes(20, network), 20), "{name}");
    }
}

#[test]
fn one_after_the_other_there_is_never_more_than_one() {
    let server = SlowServer::start(Network::fast(1, 0.0)).expect("there is room for a server");
    let (_, sequential) = STRATEGIES[0];
    sequential(server.address(), 20).expect("nothing fails");
    assert_eq!(server.most_at_once(), 1);
}

#[test]
fn threads_and_tasks_all_wait_at_once() {
    for (name, strategy) in STRATEGIES.into_iter().filter(|(name, _)| !["sequential", "thread-pool"].contains(name)) {
        let server = SlowServer::gated(Network::fast(1, 0.0), 20).expect("there is room for a server");
        strategy(server.address(), 20).expect("nothing fails");
        assert_eq!(server.most_at_once(), 20, "{name}");
    }
}

#[test]
fn a_pool_waits_with_all_its_workers_and_no_more() {
    for is_ordered in [true, false] {
        let server = SlowServer::gated(Network::fast(1, 0.0), 8).expect("there is room for a server");
        let mut seen = Vec::new();
        let show = |item, _| seen.push(item);
        let total = if is_ordered {
            thread_pool::in_order(server.address(), 20, show)
        } else {
            thread_pool::download_all(server.address(), 20, show)
        };
        assert_eq!(total.expect("nothing fails"), bytes(20, Network::fast(1, 0.0)));
        assert_eq!(server.most_at_once(), 8);
        seen.sort_unstable();
        assert_eq!(seen, (0..20).collect::<Vec<_>>());
    }
}

#[test]
fn in_order_means_in_order() {
    let slow = Network { slowest: Duration::from_millis(20), ..Network::fast(1, 0.0) };
    let server = SlowServer::start(slow).expect("there is room for a server");
    let mut seen = Vec::new();
    thread_pool::in_order(server.address(), 20, |item, _| seen.push(item)).expect("nothing fails");
    assert_eq!(seen, (0..20).collect::<Vec<_>>());
}

#[test]
fn the_bound_is_reached_and_never_exceeded() {
    for (name, bounded) in BOUNDED {
        let settings = settings(24, 5, answered(1, 24, 0.5), 0.5);
        let server = SlowServer::gated(network(settings), 5).expect("there is room for a server");
        let (_never, interrupt) = mpsc::channel();
        let report = bounded(server.address(), settings, interrupt);
        assert_eq!(server.most_at_once(), 5, "{name}");
        assert_eq!(report.to_string(), planned(settings).to_string(), "{name}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]

    /// Whatever fails, each item is in the report once, with what was planned for it, and the same on every runtime.
    #[test]
    fn reports_add_up(seed in any::<u32>(), items in 1_u32..14, bound in 1_usize..9, errors in 0.0..=1.0_f64) {
        let settings = settings(items, bound, answered(seed.into(), items, errors), errors);
        let expected = planned(settings);
        for (name, bounded) in BOUNDED {
            let (report, server) = download(bounded, settings);
            let Counts { ok, not_found, failed, open } = report.counts();
            prop_assert_eq!((ok + not_found + failed, open), (items as usize, 0), "{}", name);
            prop_assert_eq!(report.to_string(), expected.to_string(), "{}", name);
            prop_assert!(server.most_at_once() <= bound, "{}: {}", name, server);
        }
    }
}

#[test]
fn retries_stop() {
    let settings = settings(9, 3, answered(1, 9, 1.0), 1.0);
    for (name, bounded) in BOUNDED {
        let (report, server) = download(bounded, settings);
        assert_eq!(report.counts().ok, 0, "{name}");
        let missing = report.counts().not_found as u64;
        assert_eq!(server.requests(), missing + (9 - missing) * u64::from(ATTEMPTS), "{name}");
        assert!(report.counts().failed > 0 && missing > 0, "{name}: {report}");
    }
}

#[test]
fn a_server_that_never_answers_hangs_nobody() {
    let silent = |seed: &u64| (1..=ATTEMPTS).all(|attempt| Network::fast(*seed, 1.0).fate(0, attempt) == Fate::Silent);
    let seed = (0..u64::MAX).find(silent).expect("there is one");
    let settings = Settings { timeout: Duration::from_millis(50), ..settings(1, 1, seed, 1.0) };
    for (name, bounded) in BOUNDED {
        let (report, _) = download(bounded, settings);
        assert_eq!(report.to_string(), planned(settings).to_string(), "{name}");
        assert!(report.causes().starts_with("  timed out: "), "{name}: {}", report.causes());
    }
}

#[test]
fn an_error_says_what_caused_it() {
    let lost = |seed: &u64| (1..=ATTEMPTS).all(|attempt| Network::fast(*seed, 1.0).fate(0, attempt) == Fate::CutShort);
    let seed = (0..u64::MAX).find(lost).expect("there is one");
    for (name, bounded) in BOUNDED {
        let (report, _) = download(bounded, settings(1, 1, seed, 1.0));
        let causes = report.causes();
        assert!(causes.starts_with("  connection lost: ") && causes.len() > 25, "{name}: {causes}");
    }
}

/// Why there are two kinds of asynchronous clients here.
#[test]
#[should_panic(expected = "there is no reactor running, must be called from the context of a Tokio 1.x runtime")]
fn a_client_made_for_tokio_panics_elsewhere() {
    use hyper_util::{client::legacy::Client, rt::TokioExecutor};

    let client: Client<_, http_body_util::Empty<hyper::body::Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let _ = smol::block_on(client.get("http://127.0.0.1:1/".parse().expect("it is an address")));
}

/// The server is a gate that never opens, so the downloads that have begun are all in the middle when they are stopped.
#[test]
fn what_is_interrupted_stops_and_is_reported() {
    let settings = settings(24, 4, 1, 0.0);
    for (name, bounded) in BOUNDED {
        let server = SlowServer::gated(network(settings), 1_000).expect("there is room for a server");
        let (interrupt, interrupted) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                server.wait_until_at_once(4);
                interrupt.send(()).expect("it is not over yet");
            });
            let report = bounded(server.address(), settings, interrupted);
            assert_eq!(report.counts(), Counts { open: 24, ..Counts::default() }, "{name}");
            assert!(report.to_string().contains("0 failed, 24 not done\n"), "{name}: {report}");
        });
        assert_eq!(server.requests(), 4, "{name}");
        // A thread can't be stopped in the middle of a call; the end of its process will do that.
        if name != "bounded-threads" {
            server.wait_until_idle();
        }
    }
}
