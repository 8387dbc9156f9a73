//! What the server answers.

use std::{
    convert::Infallible,
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    header::{ALLOW, CONTENT_TYPE},
    service::Service,
};
use tokio::time::sleep;

use super::{Counted, Counts, Fate, Network};

const USAGE: &str = "\
A slow server. It has the items
  /items/0 and so on    what happens is planned by the seed, for each item and each attempt
  /items/0?attempt=2    what happens the second time
";

/// Answers the requests of one connection.
#[derive(Debug, Clone)]
pub struct Answering {
    network: Network,
    counts: Arc<Counts>,
    resets: Arc<AtomicBool>,
}

impl Answering {
    pub fn new(network: Network, counts: Arc<Counts>) -> Self {
        Self { network, counts, resets: Arc::default() }
    }

    /// Whether the connection is to be reset now.
    pub fn ends_in_a_reset(&self) -> bool {
        self.resets.load(Relaxed)
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Text> {
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are understood\n");
            response.headers_mut().insert(ALLOW, "GET, HEAD".parse().expect("it is a header's value"));
            return response;
        }
        let (path, query) = (request.uri().path(), request.uri().query());
        match (path, item(path), attempt(query)) {
            ("/", ..) => plain(StatusCode::OK, USAGE),
            (_, Some(item), Some(attempt)) => self.send(item, attempt).await,
            (_, Some(_), None) => plain(StatusCode::BAD_REQUEST, "attempts are counted from 1: ?attempt=1\n"),
            _ => plain(StatusCode::NOT_FOUND, "there is no such page; / says what there is\n"),
        }
    }

    /// Does with this attempt what is planned.
    async fn send(self, item: u32, attempt: u32) -> Response<Text> {
        let counted = self.counts.count();
        self.counts.gate().await;
        let delay = self.network.delay(item, attempt);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let fate = self.network.fate(item, attempt);
        let text = match fate {
            Fate::Missing => return plain(StatusCode::NOT_FOUND, "there is no such item\n"),
            Fate::Unavailable => return plain(StatusCode::SERVICE_UNAVAILABLE, "try again later\n"),
            // The client gives up in the end, and closes; then this is dropped.
            Fate::Silent => std::future::pending().await,
            Fate::Whole | Fate::Reset | Fate::CutShort => self.network.body(item),
        };
        self.resets.store(fate == Fate::Reset, Relaxed);
        let length = text.len();
        let sent = if fate == Fate::Whole { length } else { length / 2 };
        let text = Bytes::from(text).slice(..sent);
        respond(
            StatusCode::OK,
            Text { rest: Some(text), promised: length - sent, is_flushed: false, _counted: Some(counted) },
        )
    }
}

impl Service<Request<Incoming>> for Answering {
    type Response = Response<Text>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Text>, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let answering = self.clone();
        Box::pin(async { Ok(answering.answer(request).await) })
    }
}

/// The number in `/items/NUMBER`.
fn item(path: &str) -> Option<u32> {
    number(path.strip_prefix("/items/")?)
}

/// The number in `attempt=NUMBER`; 1 if there is no query.
fn attempt(query: Option<&str>) -> Option<u32> {
    query.map_or(Some(1), |query| number(query.strip_prefix("attempt=")?)).filter(|&attempt| attempt > 0)
}

/// A number in digits alone.
fn number(text: &str) -> Option<u32> {
    Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn plain(status: StatusCode, text: &'static str) -> Response<Text> {
    respond(
        status,
        Text { rest: Some(Bytes::from_static(text.as_bytes())), promised: 0, is_flushed: false, _counted: None },
    )
}

fn respond(status: StatusCode, text: Text) -> Response<Text> {
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, "text/plain; charset=utf-8".parse().expect("it is a header's value"));
    response
}

/// A body that may promise more than it has.
#[derive(Debug)]
pub struct Text {
    rest: Option<Bytes>,
    /// How many bytes will never come.
    promised: usize,
    /// What there is has been sent.
    is_flushed: bool,
    /// The request is being answered until its body is sent.
    _counted: Option<Counted>,
}

impl Body for Text {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(match self.rest.take() {
            Some(text) => Some(Ok(Frame::data(text))),
            None if self.promised == 0 => None,
            // hyper sends what it has whenever there is nothing more to be had for now.
            None if !std::mem::replace(&mut self.is_flushed, true) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            None => Some(Err(io::Error::other("this was planned"))),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && self.promised == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.rest.as_ref().map_or(0, Bytes::len) + self.promised) as u64)
    }
}
