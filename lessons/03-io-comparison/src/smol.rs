//! A task for each download, on smol with one thread.
//!
//! The client is hyper, as in smol's own examples. It leaves the sockets to us, so the same lines do for async-std. On the timeline: one lane, and short polls.
//!
//!     cargo run -p lesson-03 -- smol --timeline

use std::{net::SocketAddr, pin::pin, time::Instant};

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use smol::{LocalExecutor, net::TcpStream};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;

use crate::{
    download_error::Cause,
    settings::{DOWNLOADS, Settings},
    slow_server::SlowServer,
};

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(DOWNLOADS);
    let server = SlowServer::start(settings.flawless_network())?;
    let began = Instant::now();
    let executor = LocalExecutor::new();
    let total =
        smol::block_on(executor.run(download_all(&executor, server.address(), settings.items, |item, bytes| {
            println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
        })))?;
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

pub async fn download_all(
    executor: &LocalExecutor<'static>,
    server: SocketAddr,
    items: u32,
    mut show: impl FnMut(u32, usize),
) -> Result<usize, Cause> {
    let mut tasks = Vec::new();
    for item in 0..items {
        tasks.push(executor.spawn(fetch(server, item)));
    }
    let mut total = 0;
    for (item, task) in (0..items).zip(tasks) {
        let body = task.await?;
        show(item, body.len());
        total += body.len();
    }
    Ok(total)
}

#[instrument(skip_all)]
async fn fetch(server: SocketAddr, item: u32) -> Result<Bytes, Cause> {
    let stream = TcpStream::connect(server).await?;
    let (mut client, connection) = http1::handshake(FuturesIo::new(stream)).await?; // (1)
    let exchange = pin!(async {
        let request = Request::get(format!("/items/{item}")).header(HOST, server.to_string());
        let answer = client.send_request(request.body(Empty::<Bytes>::new())?).await?;
        Ok(answer.into_body().collect().await?.to_bytes())
    });
    match select(exchange, connection).await {
        // (2)
        Either::Left((body, _)) => body,
        // The server has closed, and said all that it had to say.
        Either::Right((_, exchange)) => exchange.await,
    }
}
