//! hyper on tokio, and nothing else.

use std::convert::Infallible;

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task};

#[tokio::main]
pub async fn main() -> Result<(), String> {
    let listener = super::listen()?;
    let listener = listener.set_nonblocking(true).and_then(|()| TcpListener::from_std(listener));
    let listener = listener.map_err(|error| format!("cannot listen: {error}"))?;
    loop {
        let (stream, _) = listener.accept().await.map_err(|error| format!("cannot accept: {error}"))?;
        task::spawn(async move {
            let _ = stream.set_nodelay(true);
            let answer = service_fn(async |_| Ok::<_, Infallible>(super::answer()));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}
