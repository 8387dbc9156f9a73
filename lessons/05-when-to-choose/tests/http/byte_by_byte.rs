//! What each server answers to these bytes, and what becomes of the connection: RFC 9110 and 9112, row by row.

use std::{io::Write, thread, time::Duration};

use self::Fate::{Ends, GoesOn};
use crate::{
    client::{Client, has_ended},
    server::{self, Server, also_on_python},
};

/// What becomes of a connection after the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It serves the next request.
    GoesOn,
    /// It ends, and nothing that came behind the request was taken for another.
    Ends,
}

/// The status codes of all answers, and the fate of the connection.
type Right = (&'static [u16], Fate);

struct Row {
    request: Vec<u8>,
    threads: Right,
    /// On the three that speak HTTP by hyper.
    hyper: Right,
    /// In Python.
    python: Right,
}

impl Row {
    /// Where Python answers in its own way.
    fn in_python(self, python: Right) -> Self {
        Self { python, ..self }
    }

    fn right(&self, variant: &str) -> Right {
        match variant {
            server::PYTHON => self.python,
            _ if server::ON_THREADS.contains(&variant) => self.threads,
            _ => self.hyper,
        }
    }
}

fn row(request: impl Into<Vec<u8>>, right: Right) -> Row {
    Row { request: request.into(), threads: right, hyper: right, python: right }
}

/// Where hyper answers by itself, and not as the threads and Python do. The book's page has a table of these.
fn differs(request: impl Into<Vec<u8>>, threads: Right, hyper: Right) -> Row {
    Row { request: request.into(), threads, hyper, python: threads }
}

/// A request for `/health` with these headers, and a host unless they have one.
fn get(version: &str, headers: &str) -> String {
    let host = if headers.contains("host:") { "" } else { "host: test\r\n" };
    format!("GET /health HTTP/{version}\r\n{host}{headers}\r\n")
}

fn of(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n")
}

/// A body for the echo.
fn post(headers: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: test\r\n{headers}\r\n{body}")
}

fn chunks(body: &str) -> String {
    post("transfer-encoding: chunked\r\n", body)
}

fn coded(codings: &str) -> String {
    // A server that reads on would find another request here.
    post(&format!("transfer-encoding: {codings}\r\n"), "0\r\n\r\n") + &of("/health")
}

/// A request whose client waits for a word before it sends its body.
fn asking(line: &str, headers: &str) -> String {
    format!("{line} HTTP/1.1\r\nhost: test\r\n{headers}\r\nexpect: 100-continue\r\n\r\n")
}

const OK: Right = (&[200], GoesOn);
const LAST: Right = (&[200], Ends);
const BAD: Right = (&[400], Ends);

fn table() -> Vec<Row> {
    heads().into_iter().chain(bodies()).chain(chunked_bodies()).collect()
}

#[rustfmt::skip]
fn heads() -> Vec<Row> {
    let one_zero = |headers: &str| get("1.0", headers);
    let host = |host: &str| get("1.1", &format!("host:{host}\r\n"));
    let stream = |version: &str| format!("GET /stream/3 HTTP/{version}\r\nhost: test\r\nconnection: keep-alive\r\n\r\n");
    vec![
        // Which connections go on (RFC 9112, 9.3).
        row(get("1.1", ""), OK),
        row(get("1.1", "connection: close\r\n"), LAST),
        row(get("1.1", "connection: close, keep-alive\r\n"), LAST),
        row(get("1.1", "connection: keep-alive, close\r\n"), LAST),
        row(get("1.1", "connection: close\r\nconnection: keep-alive\r\n"), LAST),
        row(get("1.1", "connection: closed\r\n"), OK),
        row(one_zero(""), LAST),
        row(one_zero("connection: keep-alive\r\n"), OK),
        row(one_zero("connection: Keep-Alive\r\n"), OK),
        row(one_zero("connection: keep-alive, close\r\n"), LAST),
        row(stream("1.1"), OK),
        row(stream("1.0"), LAST),

        // Versions (RFC 9110, 2.5).
        differs(get("1.2", ""), OK, BAD),
        differs(get("1.9", ""), OK, BAD),
        row(get("1.10", ""), BAD),
        row(get("2.0", ""), BAD),
        row(get("0.9", ""), BAD),
        row("GET /health\r\n\r\n", BAD),
        differs("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", BAD, (&[], Ends)),

        // Hosts (RFC 9112, 3.2).
        row("GET /health HTTP/1.1\r\n\r\n", BAD),
        row("GET /health HTTP/1.0\r\n\r\n", LAST),
        row("GET http://test/health HTTP/1.1\r\n\r\n", BAD),
        row(get("1.1", "host: test\r\nhost: test\r\n"), BAD),
        row(get("1.1", "host: test\r\nhost: other\r\n"), BAD),
        row(get("1.0", "host: test\r\nhost: other\r\n"), BAD),
        row(host(""), OK),
        row(host(" test:80 "), OK),
        row(host(" [::1]:80"), OK),
        row(host(" a_b.c"), OK),
        row(host(" a b"), BAD),
        row(host(" u@a"), BAD),
        row(host(" a/b"), BAD),
        row(host(" a,b/"), BAD),
        row(host(" a:x"), BAD),
        row(host(" [a]"), BAD),
        // The host is refused before the body, for which it would have to wait.
        row("POST /echo HTTP/1.1\r\ncontent-length: 5\r\n\r\n", BAD),

        // Targets (RFC 9112, 3.2).
        row(of("http://test/health"), OK),
        row(of("http://u@test/health"), BAD),
        row(of("http:///health"), BAD),
        differs(of("/health?a#"), BAD, OK),
        differs(of("/health#b"), BAD, OK),
        differs(of("http://test/health#b"), BAD, OK),
        row(of("*"), (&[404], GoesOn)),
        row(of("/hea lth"), BAD),
        row(b"GET /\xff HTTP/1.1\r\nhost: test\r\n\r\n", BAD),

        // Headers (RFC 9112, 5).
        row(get("1.1", "a : b\r\n"), BAD),
        row(get("1.1", "a\r\n"), BAD),
        row(get("1.1", ": b\r\n"), BAD),
        row(get("1.1", "a: b\r\n c\r\n"), BAD),
        row(get("1.1", "a: b\0\r\n"), BAD),
        row(get("1.1", "a: b\rc\r\n"), BAD),

        // The client asks whether to send its body (RFC 9110, 10.1.1).
        row(asking("POST /echo", "content-length: 65537"), (&[413], Ends)),
        row(asking("POST /nope", "content-length: 5"), (&[404], Ends)),
        row(asking("POST /nope", "transfer-encoding: chunked"), (&[404], Ends)),
        row(asking("DELETE /echo", "content-length: 5"), (&[405], Ends)),
        row(asking("GET /sleep/x", "content-length: 5"), (&[400], Ends)),
        row(asking("POST /echo", "content-length: 5\r\nhost: b"), BAD),
        row(asking("POST /nope", "content-length: 0"), (&[404], GoesOn)),
        row(asking("POST /nope", "a: b"), (&[404], GoesOn)),
        row("POST /nope HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhello", (&[404], GoesOn)),
        // HTTP/1.0 does not know of it.
        row("POST /nope HTTP/1.0\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\nhello", (&[404], Ends)),
    ]
}

#[rustfmt::skip]
fn bodies() -> Vec<Row> {
    vec![
        // Lengths (RFC 9112, 6.3).
        row(post("content-length: 5\r\n", "hello"), OK),
        row(post("content-length: \t5 \r\n", "hello"), OK),
        row(post("content-length: 5\r\ncontent-length: 5\r\n", "hello"), OK),
        row(post("content-length: 5\r\ncontent-length: 6\r\n", "hello!"), BAD),
        row(post("content-length: \u{a0}5\r\n", "hello"), BAD),
        row(b"POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: \xa05\r\n\r\nhello", BAD),
        row(post("content-length: \u{b}5\r\n", "hello"), BAD),
        row(post("content-length: +5\r\n", "hello"), BAD),
        row(post("content-length: 0x5\r\n", "hello"), BAD),
        row(post("content-length: \r\n", ""), BAD),
        row(post("content-length: 65537\r\n", ""), (&[413], Ends)),
        row(post("content-length: 18446744073709551613\r\n", ""), (&[413], Ends)),
        differs(post("content-length: 18446744073709551615\r\n", ""), (&[413], Ends), (&[431], Ends)),
        row(post("content-length: 18446744073709551616\r\n", ""), BAD).in_python((&[413], Ends)),

        // Codings (RFC 9112, 6.1).
        row(post("transfer-encoding: Chunked\r\n", "0\r\n\r\n"), OK),
        row(post("transfer-encoding: ,chunked\r\n", "0\r\n\r\n"), OK),
        differs(post("transfer-encoding: chunked,\r\n", "0\r\n\r\n"), OK, BAD),
        row(coded("gzip, chunked"), (&[501], Ends)),
        row(coded("gzip\r\ntransfer-encoding: chunked"), (&[501], Ends)),
        row(coded("chunked, chunked"), BAD),
        row(coded("chunked\r\ntransfer-encoding: chunked"), BAD),
        row(coded("identity"), BAD),
        row(coded("identity, chunked"), BAD),
        row(coded("identity\r\ntransfer-encoding: chunked"), BAD),
        row(coded("gzip"), BAD),
        row(coded("chunked, gzip"), BAD),
        row(coded("xchunked"), BAD),
        row(coded("chunked;a=b"), BAD),
        row(coded("\u{b}chunked"), BAD),
        row(coded(""), BAD),
        row(get("1.1", "transfer-encoding: gzip, chunked\r\n"), (&[501], Ends)),
        differs(post("transfer-encoding: chunked\r\ncontent-length: x\r\n", "5\r\nhello\r\n0\r\n\r\n"), BAD, LAST),
        row("POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", BAD),
        // With a length beside it a body is read, and nothing more.
        row(post("transfer-encoding: chunked\r\ncontent-length: 5\r\n", "5\r\nhello\r\n0\r\n\r\n"), LAST),
        row(post("content-length: 5\r\ntransfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"), LAST),
    ]
}

#[rustfmt::skip]
fn chunked_bodies() -> Vec<Row> {
    vec![
        // Chunks (RFC 9112, 7.1).
        row(chunks("5\r\nhello\r\n0\r\n\r\n"), OK),
        row(chunks("00000000000000000005;a=\"b\"\r\nhello\r\n0 \r\n\r\n"), OK),
        row(chunks("5\r\nhello\r\n0\r\na: b\r\n\r\n"), OK),
        row(chunks(&("1\r\na\r\n".repeat(9_000) + "0\r\n\r\n")), OK),
        row(chunks("\r\n\r\n"), BAD),
        row(chunks(";a\r\n\r\n"), BAD),
        row(chunks(" 5\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("+5\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("0x5\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("0_5\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("fffffffffffffffff\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("5\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("5;a\nb\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("5;a\rb\r\nhello\r\n0\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\n0\r\n\r\n"), BAD),
        row(chunks("5\r\nhello!\r\n0\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\n\r\n"), BAD),
        row(chunks(&format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(20_000))), BAD),
        row(chunks("5\r\nhello\r\n0\r\nabc\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\na : b\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\n: b\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\na: b\r\n c\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\na: b\0\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n"), BAD),
        row(chunks("5\r\nhello\r\n0\r\na: b\nc: d\r\n\r\n"), BAD),
    ]
}

/// Sends a request, and says what is wrong with what comes.
fn ask(server: &Server, request: &[u8], (statuses, fate): Right) -> Result<(), String> {
    let mut client = Client::to(server.address);
    client.stream.set_read_timeout(Some(Duration::from_secs(15))).expect("it is not zero");
    // The server may have had enough before it has read all of it.
    let _ = client.stream.write_all(request);
    let mut came = Vec::new();
    while fate == Ends || came.len() < statuses.len() {
        match client.try_answer() {
            Ok(Some(answer)) => came.push(answer.status),
            Ok(None) => break,
            // The end of a connection in which something was left.
            Err(error) if came == statuses && has_ended(&Err(error.kind().into())) => break,
            Err(error) => return Err(format!("{came:?}, then {error}")),
        }
    }
    if came != statuses {
        return Err(format!("{came:?} instead of {statuses:?}"));
    }
    if fate == GoesOn {
        let _ = client.stream.write_all(b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
        let next = client.try_answer();
        if !matches!(&next, Ok(Some(answer)) if answer.status == 200 && answer.text() == "ok\n") {
            return Err(format!("it does not go on: {next:?}"));
        }
    }
    Ok(())
}

#[test]
fn every_row_holds_on_every_server() {
    let table = &table();
    let wrong = |variant: &str| {
        let server = Server::start(variant, &[]);
        let wrong = table.iter().filter_map(|row| {
            let shown = || row.request.escape_ascii().to_string().chars().take(160).collect::<String>();
            let why = ask(&server, &row.request, row.right(variant)).err()?;
            Some(format!("{variant}: {}\n    {why}\n", shown()))
        });
        // Some of them take all the time there is.
        wrong.take(5).collect::<String>()
    };
    let wrong = thread::scope(|scope| {
        let wrong = &wrong;
        let servers: Vec<_> = server::all().iter().map(|variant| scope.spawn(move || wrong(variant))).collect();
        servers.into_iter().map(|server| server.join().expect("it does not panic")).collect::<String>()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The end of what the client sends, in the middle of a request.
#[test]
fn a_body_that_is_cut_short_is_refused() {
    server::each(&[], |server| {
        for request in [
            post("content-length: 5\r\n", "he"),
            chunks("5\r\nhe"),
            chunks("5\r\nhello\r\n0\r\na: b"),
            "POST /nope HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhe".to_owned(),
        ] {
            let mut client = Client::to(server.address);
            assert_eq!(client.send(&request).send_no_more().answer().status, 400, "{request:?}");
            assert!(has_ended(&client.rest()), "{request:?}");
        }
    });
}

also_on_python! {
    every_row_holds_on_every_server
    a_body_that_is_cut_short_is_refused
}
