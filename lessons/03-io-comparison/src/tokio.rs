//! A task for each download, on tokio with one thread.
//!
//! A task that waits for its socket gives its thread to the others, so all downloads
//! wait at the same time, as with `threads`, and on one thread. It takes a client that
//! awaits instead of blocking: here hyper-util's, which comes with a connector for
//! tokio, and which the popular reqwest is built on. On the timeline: one lane, and a
//! few short polls for each download.
//!
//!     cargo run -p lesson-03 -- tokio --timeline

use std::{net::SocketAddr, time::Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::task;
use tracing::instrument;

use crate::{
    download_error::Cause,
    settings::{DOWNLOADS, Settings},
    slow_server::SlowServer,
};

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(DOWNLOADS);
    let server = SlowServer::start(settings.flawless_network())?;
    let began = Instant::now();
    let total = download_all(server.address(), settings.items, |item, bytes| {
        println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
    })
    .await?;
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

pub async fn download_all(server: SocketAddr, items: u32, mut show: impl FnMut(u32, usize)) -> Result<usize, Cause> {
    let client = Client::builder(TokioExecutor::new()).build_http(); // (1)
    let mut tasks = Vec::new();
    for item in 0..items {
        let client = client.clone();
        tasks.push(task::spawn(async move { fetch(&client, server, item).await }));
    }
    let mut total = 0;
    for (item, task) in (0..items).zip(tasks) {
        let body = task.await.expect("a download does not panic")?; // (2)
        show(item, body.len());
        total += body.len();
    }
    Ok(total)
}

#[instrument(skip_all)]
async fn fetch(client: &Client<HttpConnector, Empty<Bytes>>, server: SocketAddr, item: u32) -> Result<Bytes, Cause> {
    let address = format!("http://{server}/items/{item}").parse()?;
    let answer = client.get(address).await?;
    Ok(answer.into_body().collect().await?.to_bytes())
}
