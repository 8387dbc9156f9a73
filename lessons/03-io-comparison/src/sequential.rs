//! One download after the other: the baseline.
//!
//! Twenty items from a slow server. A program that asks for one, waits for it, and only
//! then asks for the next, waits for the sum of all delays. The processor has next to
//! nothing to do meanwhile. On the timeline: one lane, and the calls of `fetch` in a
//! row, each a wait.
//!
//!     cargo run -p lesson-03 -- sequential --timeline

use std::{net::SocketAddr, time::Instant};

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
    let mut total = 0;
    for item in 0..items {
        let body = fetch(&agent, server, item)?; // (1)
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
