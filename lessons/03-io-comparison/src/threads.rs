//! A thread for each download.
//!
//! The same client as in `sequential`, and the same calls that block. But each blocks a thread of its own, so all of them
//! wait at the same time, and it takes as long as the slowest. On the timeline: a lane for each download.
//!
//!     cargo run -p lesson-03 -- threads --timeline

use std::{net::SocketAddr, thread, time::Instant};

use tracing::instrument;
use ureq::Agent;

use crate::{
    download_error::Cause,
    settings::{DOWNLOADS, Settings},
    slow_server::SlowServer,
};

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(DOWNLOADS);
    let server = SlowServer::start(settings.flawless_network())?;
    let began = Instant::now();
    let total = download_all(server.address(), settings.items, |item, bytes| {
        println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
    })?;
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

pub fn download_all(server: SocketAddr, items: u32, mut show: impl FnMut(u32, usize)) -> Result<usize, Cause> {
    let agent = agent();
    let mut threads = Vec::new();
    for item in 0..items {
        let agent = agent.clone();
        // (1) `thread::spawn` would panic if there is no room for another.
        threads.push(thread::Builder::new().spawn(move || fetch(&agent, server, item))?);
    }
    let mut total = 0;
    for (item, thread) in (0..items).zip(threads) {
        let body = thread.join().expect("a download does not panic")?; // (2)
        show(item, body.len());
        total += body.len();
    }
    Ok(total)
}

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
