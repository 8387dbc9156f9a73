//! hyper on smol, and nothing else.

use std::convert::Infallible;

use hyper::{server::conn::http1, service::service_fn};
use smol::{Async, LocalExecutor, net::TcpListener};
use smol_hyper::rt::FuturesIo;

pub fn main() -> Result<(), String> {
    let listener = Async::new(super::listen()?).map_err(|error| format!("cannot listen: {error}"))?;
    let listener = TcpListener::from(listener);
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        loop {
            let (stream, _) = listener.accept().await.map_err(|error| format!("cannot accept: {error}"))?;
            let connection = executor.spawn(async move {
                let _ = stream.set_nodelay(true);
                let answer = service_fn(async |_| Ok::<_, Infallible>(super::answer()));
                let _ = http1::Builder::new().serve_connection(FuturesIo::new(stream), answer).await;
            });
            connection.detach();
        }
    }))
}
