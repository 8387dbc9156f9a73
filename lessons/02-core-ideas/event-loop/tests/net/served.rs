//! hyper, a server that knows nothing of this loop, serves a page on it.

use std::{
    convert::Infallible,
    env,
    io::{self, Read, Write},
    net::SocketAddr,
    pin::Pin,
    process::{Command, Stdio},
    task::{Context, Poll, ready},
    thread,
};

use event_loop::{EventLoop, net::TcpStream, spawn};
use futures_util::{AsyncRead, AsyncWrite};
use hyper::{
    Request, Response,
    body::Incoming,
    rt::{Read as HyperRead, ReadBufCursor, Write as HyperWrite},
    server::conn::http1,
    service::service_fn,
};

use crate::support::{listen, run_on, std_client};

/// A stream, in the shape that hyper wants.
struct ForHyper(TcpStream);

impl HyperRead for ForHyper {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, mut to: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut buffer = [0; 4_096];
        let room = buffer.len().min(to.remaining());
        let length = ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer[..room]))?;
        to.put_slice(&buffer[..length]);
        Poll::Ready(Ok(()))
    }
}

impl HyperWrite for ForHyper {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_close(cx)
    }
}

async fn page(request: Request<Incoming>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(format!("<h1>You asked for {}</h1>", request.uri().path())))
}

/// Set for a child: the address that it asks.
const SERVER: &str = "EVENT_LOOP_SERVER";

/// The client is a process of its own: this executable again, with this test alone.
#[test]
fn hyper_serves_a_page_to_another_process() {
    if let Ok(address) = env::var(SERVER) {
        return ask(address.parse().expect("the parent gives an address"));
    }
    let event_loop = EventLoop::new();
    run_on(&event_loop, async {
        let (mut listener, address) = listen();
        let client = Command::new(env::current_exe().expect("it runs"))
            .args(["--exact", "served::hyper_serves_a_page_to_another_process", "--nocapture"])
            .env(SERVER, address.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started again");
        // Waits on a thread, since to wait for a process blocks.
        let client = thread::spawn(move || client.wait_with_output().expect("it can be waited for"));
        for _ in 0..CONNECTIONS {
            let (stream, _) = listener.accept().await.expect("the client comes");
            spawn(http1::Builder::new().serve_connection(ForHyper(stream), service_fn(page)))
                .await
                .expect("no panic")
                .expect("the client speaks HTTP");
        }
        let output = client.join().expect("it does not panic");
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("1 passed"), "{said}");
    });
}

const CONNECTIONS: usize = 3;

/// What the child does: two requests on each connection, the second of which is the last.
fn ask(server: SocketAddr) {
    for connection in 0..CONNECTIONS {
        let mut stream = std_client(server);
        for (request, end) in [("first", ""), ("last", "connection: close\r\n")] {
            let path = format!("/{connection}/{request}");
            write!(stream, "GET {path} HTTP/1.1\r\nhost: {server}\r\n{end}\r\n").expect("the server reads");
            let expected = format!("<h1>You asked for {path}</h1>");
            let mut answer = Vec::new();
            while !answer.ends_with(expected.as_bytes()) {
                let mut byte = [0];
                assert_eq!(stream.read(&mut byte).expect("the server answers"), 1, "{answer:?}");
                answer.extend(byte);
            }
            let answer = String::from_utf8(answer).expect("it is text");
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.contains(&format!("content-length: {}\r\n", expected.len())), "{answer}");
        }
        assert_eq!(stream.read(&mut [0]).expect("no error"), 0, "the server closes after the last");
    }
}
