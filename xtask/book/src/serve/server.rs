//! Takes connections, and lets each request be answered.

use super::{answer::Server, edition::Latest};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task, time};

/// How long to wait when the system has no more connections to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves for ever.
pub async fn run(listener: TcpListener, port: u16, latest: Latest) {
    let server = Arc::new(Server { port, latest });
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            time::sleep(PAUSE).await;
            continue;
        };
        let server = Arc::clone(&server);
        task::spawn(async move {
            let service = service_fn(|request| {
                let server = Arc::clone(&server);
                async move { Ok::<_, Infallible>(server.answer(&request).await) }
            });
            // An error here is a reader that went away, or one that does not speak HTTP.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
