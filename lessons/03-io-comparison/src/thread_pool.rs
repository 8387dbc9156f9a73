//! A pool of threads, each of which takes one download after the other.
//!
//! Twenty items and eight threads. A thread that is done takes the next item, so eight
//! downloads wait at once, and never more: a pool is a bound as well. The results come
//! in the order in which they are done. To have them in the order of the items, the
//! program has to keep those that come too early. On the timeline: a lane for each
//! worker, and its calls in a row.
//!
//!     cargo run -p lesson-03 -- thread-pool --timeline
//!     ORDERED=1 cargo run -p lesson-03 -- thread-pool

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
        mpsc::{self, Receiver},
    },
    thread,
    time::Instant,
};

use tracing::instrument;
use ureq::Agent;

use crate::{
    download_error::Cause,
    settings::{DOWNLOADS, Settings},
    slow_server::SlowServer,
};

const WORKERS: usize = 8;

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(DOWNLOADS);
    let server = SlowServer::start(settings.flawless_network())?;
    let began = Instant::now();
    let show = |item: u32, bytes: usize| {
        println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
    };
    let total = if settings.ordered {
        in_order(server.address(), settings.items, show)?
    } else {
        download_all(server.address(), settings.items, show)?
    };
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

/// Shows each download as soon as it and all before it are done, as Python's `Executor.map` does.
pub fn in_order(server: SocketAddr, items: u32, mut show: impl FnMut(u32, usize)) -> Result<usize, Cause> {
    let mut early = BTreeMap::new();
    let (mut next, mut total) = (0, 0);
    for (item, body) in start(server, items)? {
        early.insert(item, body?); // (4)
        while let Some(body) = early.remove(&next) {
            show(next, body.len());
            total += body.len();
            next += 1;
        }
    }
    Ok(total)
}

/// Shows each download as soon as it is done, as Python's `as_completed` does.
pub fn download_all(server: SocketAddr, items: u32, mut show: impl FnMut(u32, usize)) -> Result<usize, Cause> {
    let mut total = 0;
    for (item, body) in start(server, items)? {
        let body = body?; // (3)
        show(item, body.len());
        total += body.len();
    }
    Ok(total)
}

/// Starts the workers, and gives what they download, as it comes.
fn start(server: SocketAddr, items: u32) -> io::Result<Receiver<Download>> {
    let agent = agent();
    let next = Arc::new(AtomicU32::new(0));
    let (sender, downloads) = mpsc::channel();
    for _ in 0..WORKERS {
        let (agent, next, sender) = (agent.clone(), Arc::clone(&next), sender.clone());
        thread::Builder::new().spawn(move || {
            loop {
                let item = next.fetch_add(1, Relaxed); // (1)
                if item >= items || sender.send((item, fetch(&agent, server, item))).is_err() {
                    return; // (2)
                }
            }
        })?;
    }
    Ok(downloads)
}

/// An item, and what came of it.
type Download = (u32, Result<Vec<u8>, ureq::Error>);

/// A client without a proxy, and with buffers that suit a few kilobytes. Its usual ones are so large that to fill them with
/// zeros for each connection would cost more than the rest of a download.
fn agent() -> Agent {
    let config = Agent::config_builder().proxy(None);
    config.input_buffer_size(16 * 1024).output_buffer_size(4 * 1024).build().into()
}

#[instrument(skip_all)]
fn fetch(agent: &Agent, server: SocketAddr, item: u32) -> Result<Vec<u8>, ureq::Error> {
    agent.get(format!("http://{server}/items/{item}")).call()?.body_mut().read_to_vec()
}
