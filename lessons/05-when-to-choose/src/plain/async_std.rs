//! hyper on async-std, and nothing else.

use std::convert::Infallible;

use async_std::{net::TcpListener, task};
use hyper::{server::conn::http1, service::service_fn};
use smol_hyper::rt::FuturesIo;

pub fn main() -> Result<(), String> {
    let listener = TcpListener::from(super::listen()?);
    task::block_on(async {
        loop {
            let (stream, _) = listener.accept().await.map_err(|error| format!("cannot accept: {error}"))?;
            task::spawn(async move {
                let _ = stream.set_nodelay(true);
                let answer = service_fn(async |_| Ok::<_, Infallible>(super::answer()));
                let _ = http1::Builder::new().serve_connection(FuturesIo::new(stream), answer).await;
            });
        }
    })
}
