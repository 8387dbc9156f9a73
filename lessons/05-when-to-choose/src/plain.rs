//! The plainest servers that there can be, one for each of the others: what the service costs is the difference. Every
//! request gets the same answer; there are no limits, no timeouts and no goodbye.

pub mod async_std;
pub mod smol;
pub mod threads;
pub mod tokio;

use std::net::{SocketAddr, TcpListener};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response,
    header::{CONTENT_TYPE, HeaderValue},
};

use crate::{listening, setting};

/// What is answered, in the same words as at `/health`.
const TEXT: &str = "ok\n";

/// Where to listen without `LISTEN`. Whoever measures reads where that is.
const ANYWHERE: SocketAddr = setting::here(0);

/// The bytes that the service sends too, as hyper wants them.
fn answer() -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from_static(TEXT.as_bytes())));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    answer
}

fn listen() -> Result<TcpListener, String> {
    let listener = listening::listen(setting::address("LISTEN", ANYWHERE)?.unwrap_or(ANYWHERE))
        .map_err(|error| format!("cannot listen: {error}"))?;
    let address = listener.local_addr().map_err(|error| format!("cannot listen: {error}"))?;
    println!("listening on http://{address}");
    Ok(listener)
}
