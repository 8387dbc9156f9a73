//! The sites that are crawled, and the server that stands in for the network.
//!
//! It is part of the stage. All its pages are planned, in [`plan`], and follow from the seed. One server is all hosts: it
//! goes by the header `Host`. It answers on a thread for each connection, or one after the other if there is no room for
//! threads, and closes it then, since some answers are to end in a way that no library for servers would let them end.

mod plan;

use std::{
    collections::HashSet,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use self::plan::{Page, Plan};
use crate::{listening, setting};

pub use self::plan::HOSTS;

/// A free port of this machine.
pub const ANYWHERE: SocketAddr = setting::here(0);

/// How long a slow page takes. Whoever waits for `TIMEOUT` waits much longer, so that a busy machine makes no difference.
const SLOW: Duration = Duration::from_millis(100);

/// How long to wait before accepting again, when the system has refused a connection.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest request that is read.
const LONGEST_REQUEST: usize = 16 * 1024;

/// `SEED`.
///
/// # Errors
///
/// One sentence, if it is no number.
pub fn seed() -> Result<u64, String> {
    setting::number("SEED", 0..=u64::MAX, 1)
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct SiteServer {
    address: SocketAddr,
    is_over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// What the threads of the server share.
struct Sites<T> {
    plan: Plan,
    /// The pages that fail every other time, and have failed the last time.
    have_failed: Mutex<HashSet<String>>,
    /// Is told the host and the path of each request.
    told: T,
}

impl SiteServer {
    /// Starts the sites of `seed` at an address. Each request is `told`: its host and what is asked for.
    ///
    /// # Errors
    ///
    /// One sentence, if the system refuses the address or a thread.
    pub fn start(
        seed: u64,
        address: SocketAddr,
        told: impl Fn(&str, &str) + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let start = || {
            let listener = listening::listen(address)?;
            let address = listener.local_addr()?;
            let is_over = Arc::new(AtomicBool::new(false));
            let sites = Arc::new(Sites { plan: Plan::new(seed), have_failed: Mutex::default(), told });
            let accepting = thread::Builder::new().name("sites".into()).spawn({
                let is_over = Arc::clone(&is_over);
                move || accept(&listener, &is_over, &sites)
            })?;
            Ok(Self { address, is_over, accepting: Some(accepting) })
        };
        start().map_err(|error: io::Error| format!("cannot serve the sites at {address}: {error}"))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the program is ended.
    pub fn go_on(mut self) {
        // The thread doesn't panic, and nobody else can tell it that it is over.
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

impl Drop for SiteServer {
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
        // One more connection, for which `accept` returns.
        if TcpStream::connect(self.address).is_ok() {
            let _ = self.accepting.take().map(JoinHandle::join);
        }
    }
}

/// Starts a thread for each connection.
fn accept<T>(listener: &TcpListener, is_over: &AtomicBool, sites: &Arc<Sites<T>>)
where
    T: Fn(&str, &str) + Send + Sync + 'static,
{
    let mut fails = false;
    loop {
        let accepted = listener.accept();
        if is_over.load(Relaxed) {
            return;
        }
        match accepted {
            Ok((stream, _)) => {
                let stream = Arc::new(stream);
                let answering = thread::Builder::new().name("site".into()).spawn({
                    let (sites, stream) = (Arc::clone(sites), Arc::clone(&stream));
                    move || {
                        // An error is the client's affair, who has read enough.
                        let _ = sites.answer(&stream);
                    }
                });
                // If there is no room for a thread, this one answers. Whoever comes now has to wait for that.
                if answering.is_err() {
                    let _ = sites.answer(&stream);
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut fails, true) {
                    eprintln!("the sites cannot accept: {error}; whoever asks them has to wait");
                }
                thread::sleep(PAUSE);
            }
        }
    }
}

impl<T: Fn(&str, &str)> Sites<T> {
    fn answer(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let Some(Request { host, target, is_head }) = read_request(stream)? else {
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        };
        (self.told)(&host, &target);
        // To HEAD the answer is what it would be to GET, without the body.
        let whole = |kind, body| whole(stream, kind, body, is_head);
        match self.plan.page(&host, &target) {
            Page::Whole(html) => whole("text/html; charset=utf-8", html.as_bytes())?,
            Page::Robots(text) => whole("text/plain", text.as_bytes())?,
            Page::Slow(html) => {
                thread::sleep(SLOW);
                whole("text/html", html.as_bytes())?;
            }
            Page::Dribbled(html) => {
                head(stream, "200 OK", "content-type: text/html\r\n")?;
                for byte in html.bytes().take_while(|_| !is_head) {
                    stream.write_all(&[byte])?;
                }
            }
            Page::FailsFirst(html) => {
                let has_failed = {
                    let mut have_failed = self.have_failed.lock().unwrap_or_else(PoisonError::into_inner);
                    let page = host + &target;
                    // The next one fails again if this one doesn't.
                    let has_failed = have_failed.remove(&page);
                    if !has_failed {
                        have_failed.insert(page);
                    }
                    has_failed
                };
                if has_failed {
                    whole("text/html", html.as_bytes())?;
                } else {
                    status(stream, "503 Service Unavailable", "")?;
                }
            }
            Page::Picture => whole("image/png", b"\x89PNG\r\n\x1a\n and no more")?,
            Page::Redirect(to) => status(stream, "301 Moved Permanently", &format!("location: {to}\r\n"))?,
            Page::Missing => status(stream, "404 Not Found", "")?,
            Page::Unavailable => status(stream, "503 Service Unavailable", "")?,
            Page::CutShort => {
                head(stream, "200 OK", "content-type: text/html\r\ncontent-length: 5000\r\n")?;
                if !is_head {
                    stream.write_all(b"<p>There would be more, but")?;
                }
            }
            Page::Garbage => stream.write_all(b"\x00\xff this is no answer at all\r\n\r\n")?,
            Page::Enormous => {
                head(stream, "200 OK", "content-type: text/html\r\n")?;
                // Until the client has had enough.
                if !is_head {
                    loop {
                        stream.write_all(&[b'x'; 8_192])?;
                    }
                }
            }
            // Until the client has waited long enough.
            Page::Silent => while stream.read(&mut [0; 64])? > 0 {},
        }
        stream.shutdown(Shutdown::Write)?;
        // The client closes as well. Closing first could reset the connection before it has read everything.
        while stream.read(&mut [0; 64])? > 0 {}
        Ok(())
    }
}

fn whole(mut stream: &TcpStream, kind: &str, body: &[u8], is_head: bool) -> io::Result<()> {
    head(stream, "200 OK", &format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len()))?;
    if is_head { Ok(()) } else { stream.write_all(body) }
}

fn status(stream: &TcpStream, status: &str, headers: &str) -> io::Result<()> {
    head(stream, status, &format!("content-length: 0\r\n{headers}"))
}

fn head(mut stream: &TcpStream, status: &str, headers: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n")
}

struct Request {
    /// In small letters and without a port, as in the plan.
    host: String,
    target: String,
    is_head: bool,
}

/// What is asked for; `None` if that is no request.
fn read_request(mut stream: &TcpStream) -> io::Result<Option<Request>> {
    let (mut read, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let length = stream.read(&mut buffer)?;
        read.extend_from_slice(&buffer[..length]);
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&read) {
            Ok(httparse::Status::Complete(_)) => {
                let target = request.path.unwrap_or("/").to_owned();
                let host = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"));
                let host = host.map(|host| String::from_utf8_lossy(host.value).to_ascii_lowercase());
                let is_head = request.method == Some("HEAD");
                return Ok(host.map(|host| {
                    let (name, _port) = host.split_once(':').unwrap_or((&host, ""));
                    Request { host: name.to_owned(), target, is_head }
                }));
            }
            Ok(httparse::Status::Partial) if length > 0 && read.len() < LONGEST_REQUEST => (),
            _ => return Ok(None),
        }
    }
}
