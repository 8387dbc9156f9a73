//! The counterpart of a crawler: all the sites that it asks, which do as a test says.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::net::sockopt::set_socket_linger;

/// No crawler on this machine takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves until it is dropped.
pub struct Site {
    pub address: SocketAddr,
    asked: Arc<Mutex<HashMap<String, usize>>>,
    connections: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

/// A request, and the connection on which it has come.
pub struct Visit {
    /// Host and path, such as `alpha.example/page`.
    pub page: String,
    /// How often this page was asked for, this time included.
    pub nth: usize,
    /// The request as it was sent.
    pub head: String,
    stream: TcpStream,
}

impl Site {
    /// Gives every visit to `answer`, on a thread of its own. An error of that is the visitor's affair. Nobody asks for
    /// robots.txt in vain: without an answer to that, there is none.
    pub fn start(answer: impl Fn(&mut Visit) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let asked = Arc::<Mutex<HashMap<String, usize>>>::default();
        let (connections, is_over) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let accepting = thread::spawn({
            let (asked, connections, is_over) = (Arc::clone(&asked), Arc::clone(&connections), Arc::clone(&is_over));
            move || {
                thread::scope(|scope| {
                    loop {
                        let (stream, _) = listener.accept().expect("it listens");
                        if is_over.load(SeqCst) {
                            return;
                        }
                        connections.fetch_add(1, SeqCst);
                        scope.spawn(|| {
                            let Ok(mut visit) = Visit::begin(stream, &asked) else { return };
                            let _ = answer(&mut visit);
                        });
                    }
                });
            }
        });
        Self { address, asked, connections, is_over, accepting: Some(accepting) }
    }

    /// A site where the start links to `links`, and all else is up to `answer`, which gives false where it doesn't care.
    /// There it is a page, and robots.txt is missing.
    pub fn linking_to(links: &[&str], answer: impl Fn(&mut Visit) -> io::Result<bool> + Send + Sync + 'static) -> Self {
        let start = links.iter().map(|link| format!("<a href=\"{link}\">")).collect::<Vec<_>>().concat();
        Self::start(move |visit| {
            if answer(visit)? {
                return Ok(());
            }
            match visit.page.as_str() {
                "alpha.example/" => visit.page(&start),
                page if page.ends_with("/robots.txt") => visit.status("404 Not Found", ""),
                page => {
                    let text = format!("this is {page}");
                    visit.page(&text)
                }
            }
        })
    }

    /// How often a page was asked for.
    pub fn asked(&self, page: &str) -> usize {
        self.asked.lock().expect("nobody panics").get(page).copied().unwrap_or_default()
    }

    /// How many connections there were, also those on which nothing was asked for. All that were begun before this is
    /// called are counted: they are accepted in their order, and the last is ours.
    pub fn connections(&self) -> usize {
        let mut last = TcpStream::connect(self.address).expect("it listens");
        last.write_all(b"GET /last HTTP/1.1\r\nhost: of.the.test\r\n\r\n").expect("it reads");
        last.read_exact(&mut [0]).expect("it answers");
        self.connections.load(SeqCst) - 1
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.is_over.store(true, SeqCst);
        // One more connection, for which `accept` returns.
        drop(TcpStream::connect(self.address));
        let ended = self.accepting.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the site has panicked");
    }
}

impl Visit {
    fn begin(mut stream: TcpStream, asked: &Mutex<HashMap<String, usize>>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("a crawler asks in ASCII");
        let path = head.strip_prefix("GET ").and_then(|rest| rest.split_once(" HTTP/1.1\r\n")).expect("it is HTTP").0;
        let host = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
        let page = host.expect("HTTP/1.1 has a host") + path;
        let mut asked = asked.lock().expect("nobody panics");
        let nth = asked.entry(page.clone()).or_default();
        *nth += 1;
        Ok(Self { page, nth: *nth, head, stream })
    }

    /// Sends these bytes, and nothing else.
    pub fn sends(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Answers with a page.
    pub fn page(&mut self, html: &str) -> io::Result<()> {
        let length = html.len();
        self.sends(format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{html}"))?;
        self.ends()
    }

    /// Answers with a status, and headers of which each ends its line.
    pub fn status(&mut self, status: &str, headers: &str) -> io::Result<()> {
        self.sends(format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n"))?;
        self.ends()
    }

    pub fn redirects(&mut self, to: &str) -> io::Result<()> {
        self.status("302 Found", &format!("location: {to}\r\n"))
    }

    /// Says that there is no more, and waits until the crawler has closed too. Closing while there is something unread
    /// would reset the connection.
    pub fn ends(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        self.is_left()
    }

    /// Waits until the crawler has closed the connection.
    pub fn is_left(&mut self) -> io::Result<()> {
        while self.stream.read(&mut [0; 64])? > 0 {}
        Ok(())
    }

    /// Vanishes: whatever is sent or read then is lost.
    pub fn resets(&mut self) -> io::Result<()> {
        // Closing is enough when the time to linger is zero.
        set_socket_linger(&self.stream, Some(Duration::ZERO))?;
        self.stream.shutdown(Shutdown::Read)
    }
}
