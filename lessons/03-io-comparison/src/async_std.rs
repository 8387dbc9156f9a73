//! A task for each download, on async-std.
//!
//! The same as on tokio, but the client is put together by hand: the connector that
//! comes with hyper-util's is tokio's. hyper itself leaves the sockets to us. It knows
//! them by traits of its own, and `FuturesIo` puts these on top of async-std's. On the
//! timeline: a lane for each thread of the pool, and short polls, wherever a thread was
//! free.
//!
//!     cargo run -p lesson-03 -- async-std --timeline

use std::{net::SocketAddr, pin::pin, time::Instant};

use async_std::{net::TcpStream, task};
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
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
    let total = task::block_on(download_all(server.address(), settings.items, |item, bytes| {
        println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
    }))?;
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

pub async fn download_all(server: SocketAddr, items: u32, mut show: impl FnMut(u32, usize)) -> Result<usize, Cause> {
    let mut tasks = Vec::new();
    for item in 0..items {
        tasks.push(task::spawn(fetch(server, item)));
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
