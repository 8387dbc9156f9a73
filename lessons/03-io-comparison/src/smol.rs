//! A task for each download, on smol with one thread.
//!
//! The client is hyper, as smol's own examples have it. It leaves the sockets and the tasks to us, so the same few lines do
//! for async-std. On the timeline: one lane, and short polls.
//!
//!     cargo run -p lesson-03 -- smol --timeline

use std::{net::SocketAddr, rc::Rc, time::Instant};

use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1, header::HOST};
use smol::{LocalExecutor, net::TcpStream};
use smol_hyper::rt::FuturesIo;
use tracing::instrument;

use crate::{download_error::Cause, settings::Settings, slow_server::SlowServer};

pub fn main() -> Result<(), Cause> {
    let settings = Settings::from_environment(20)?;
    let server = SlowServer::start(settings.flawless_network())?;
    let began = Instant::now();
    let executor = Rc::new(LocalExecutor::new());
    let total =
        smol::block_on(executor.run(download_all(&executor, server.address(), settings.items, |item, bytes| {
            println!("{:.2} s: item {item}, {bytes} bytes", began.elapsed().as_secs_f64());
        })))?;
    println!("{server}");
    println!("Answer: {total} bytes");
    Ok(())
}

pub async fn download_all(
    executor: &Rc<LocalExecutor<'static>>,
    server: SocketAddr,
    items: u32,
    mut show: impl FnMut(u32, usize),
) -> Result<usize, Cause> {
    let mut tasks = Vec::new();
    for item in 0..items {
        tasks.push(executor.spawn(fetch(Rc::clone(executor), server, item)));
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
async fn fetch(executor: Rc<LocalExecutor<'static>>, server: SocketAddr, item: u32) -> Result<Bytes, Cause> {
    let stream = TcpStream::connect(server).await?;
    let (mut client, connection) = http1::handshake(FuturesIo::new(stream)).await?; // (1)
    let _connection = executor.spawn(connection); // (2)
    let request = Request::get(format!("/items/{item}")).header(HOST, server.to_string()).body(Empty::<Bytes>::new())?;
    let answer = client.send_request(request).await?;
    Ok(answer.into_body().collect().await?.to_bytes())
}
