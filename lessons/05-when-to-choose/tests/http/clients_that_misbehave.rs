//! Clients that leave, dawdle, or send what is no HTTP. None of them is to harm another.

use std::{
    io::{ErrorKind, Write},
    time::Duration,
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use rustix::{
    net::sockopt::set_socket_linger,
    process::{Resource, Signal, getrlimit, setrlimit},
};

use crate::{
    client::{Client, has_ended, health},
    server::{ON_THREADS, Server, also_on_python, each},
};

#[test]
fn answers_who_says_no_more_but_listens() {
    each(&[], |server| {
        for path in ["/sleep/30", "/stream/50000", "/primes/100000"] {
            let mut client = Client::to(server.address);
            client.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")).send_no_more();
            assert_eq!(client.answer().status, 200, "{path}");
            assert_eq!(client.rest().expect("it is closed, not reset"), b"");
        }
        // Half a request gets no answer.
        let mut client = Client::to(server.address);
        assert!(has_ended(&client.send("GET /health HT").send_no_more().rest()));
    });
}

#[test]
fn goes_on_when_connections_are_reset() {
    each(&[], |server| {
        for request in ["", "GET /hea", "GET /sleep/50 HTTP/1.0\r\n\r\n", "GET /stream/1000000 HTTP/1.0\r\n\r\n"] {
            for _ in 0..5 {
                let mut client = Client::to(server.address);
                client.send(request);
                set_socket_linger(&client.stream, Some(Duration::ZERO)).expect("it is a socket");
            }
        }
        assert_eq!(health(server.address), "ok\n");
    });
}

#[test]
fn takes_a_request_byte_by_byte() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        for byte in b"POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhello" {
            client.send([*byte]);
        }
        assert_eq!(client.answer().text(), "hello");
    });
}

#[test]
fn a_reader_that_takes_its_time_holds_up_nobody() {
    each(&[], |server| {
        let mut slow = Client::to(server.address);
        slow.send("GET /stream/1000000 HTTP/1.1\r\nhost: test\r\n\r\n");
        for _ in 0..20 {
            assert_eq!(health(server.address), "ok\n");
        }
        assert_eq!(slow.answer().text().lines().count(), 1_000_000);
    });
}

#[test]
fn a_thousand_idle_clients_take_nothing_from_a_busy_one() {
    // Some systems begin with room for fewer.
    let mut descriptors = getrlimit(Resource::Nofile);
    descriptors.current = descriptors.maximum;
    setrlimit(Resource::Nofile, descriptors).expect("it may be raised so far");
    each(&[], |server| {
        let idle: Vec<_> = (0..1_000).map(|_| Client::to(server.address)).collect();
        let mut busy = Client::to(server.address);
        for _ in 0..100 {
            assert_eq!(busy.get("/health").text(), "ok\n");
        }
        for mut client in idle.into_iter().step_by(100) {
            assert_eq!(client.get("/health").text(), "ok\n");
        }
    });
}

#[test]
fn refuses_what_is_wrong_or_too_much() {
    let header = |length: usize| format!("GET /health HTTP/1.0\r\nlong: {}\r\n\r\n", "a".repeat(length));
    let body = "POST /echo HTTP/1.1\r\nhost: test\r\n";
    let cases = [
        ("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".to_owned(), 400),
        ("GET /health\r\n\r\n".to_owned(), 400),
        ("GET /health HTTP/3.0\r\n\r\n".to_owned(), 400),
        ("GET /health HTTP/1.1\r\nno colon\r\n\r\n".to_owned(), 400),
        ("GET /health HTTP/1.1\r\nname : value\r\n\r\n".to_owned(), 400),
        (header(20_000), 431),
        (format!("GET /health HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101)), 431),
        (format!("{body}content-length: 1\r\ncontent-length: 2\r\n\r\nab"), 400),
        (format!("{body}content-length: -1\r\n\r\n"), 400),
        (format!("{body}transfer-encoding: gzip\r\n\r\n"), 400),
        (format!("{body}transfer-encoding: chunked\r\n\r\nxyz\r\n"), 400),
        (format!("{body}content-length: 65537\r\n\r\n"), 413),
        (format!("{body}content-length: 18446744073709551000\r\n\r\n"), 413),
        (format!("{body}transfer-encoding: chunked\r\n\r\n10001\r\n{}", "a".repeat(65_537)), 413),
        (header(16_000), 200),
        (format!("GET /health HTTP/1.0\r\n{}\r\n", "a: b\r\n".repeat(100)), 200),
    ];
    each(&[], |server| {
        for (request, status) in &cases {
            let mut client = Client::to(server.address);
            let shown: String = request.chars().take(60).collect();
            // The server may have had enough before it has read all of it.
            let _ = client.stream.write_all(request.as_bytes());
            let answer = client.head().unwrap_or_else(|error| panic!("{shown:?}: {error}"));
            let answer = answer.unwrap_or_else(|| panic!("{shown:?}: no answer"));
            assert_eq!(answer.status, *status, "{shown:?}");
        }
        // The longest body that is allowed.
        let mut client = Client::to(server.address);
        client.send(format!("{body}content-length: 65536\r\n\r\n")).send(vec![7; 65_536]);
        assert_eq!(client.answer().body, vec![7; 65_536]);
    });
}

/// A request whose body is longer than allowed, but not so long that nobody reads on.
fn too_much() -> Vec<u8> {
    let length = 500_000;
    [format!("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n").into_bytes(), vec![b'a'; length]]
        .concat()
}

#[test]
fn who_sends_too_much_sees_the_whole_answer() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        // The server may have had enough before it has read all of it.
        let _ = client.stream.write_all(&too_much());
        let answer = client.answer();
        assert_eq!((answer.status, answer.text()), (413, "that body is too long\n"));
        assert_eq!(answer.header("connection"), Some("close"));
    });
}

#[test]
fn on_threads_who_sends_too_much_is_not_interrupted() {
    for variant in ON_THREADS {
        is_not_interrupted(Server::start(variant, &[]));
    }
}

fn is_not_interrupted(mut server: Server) {
    for request in [&too_much()[..], &[b'\n'; 100], format!("GET / HTTP/1.1\r\na: {}", "a".repeat(500_000)).as_bytes()]
    {
        let mut client = Client::to(server.address);
        assert!(client.send(request).send(b"\0\r\n\r\n").answer().status >= 400);
        assert_eq!(client.rest().expect("it is closed, not reset"), b"");
    }
    // Even if it sends its body when it has the answer.
    let mut client = Client::to(server.address);
    client.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000\r\n\r\n");
    assert_eq!(client.answer().status, 413);
    assert_eq!(client.rest().expect("it is closed, not reset"), b"");
    for _ in 0..100 {
        client.send([b'a'; 10_000]);
    }
    drop(client);
    server.signal(Signal::INT);
    assert!(server.ended().1.ends_with("connections: 4, cut off: 0\n"));
}

#[test]
fn who_never_stops_sending_is_cut_off() {
    each(&[("PATIENCE", "600")], |server| {
        let mut client = Client::to(server.address);
        client.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000000\r\n\r\n");
        let piece = vec![b'a'; 100_000];
        let refused = (0..10_000).find_map(|_| client.stream.write_all(&piece).err());
        let refused = refused.expect("it does not take in all of that");
        assert!(matches!(refused.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{refused}");
    });
}

#[test]
fn who_was_refused_keeps_its_place_no_longer_than_it_may() {
    each(&[("PATIENCE", "0.3"), ("CONNECTIONS", "1")], |server| {
        let mut refused = Client::to(server.address);
        refused.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 100000\r\n\r\n");
        assert_eq!(refused.answer().status, 413);
        assert_eq!(health(server.address), "ok\n");
        assert_eq!(refused.rest().expect("it is closed, not reset"), b"");
    });
}

#[test]
fn who_was_refused_does_not_hold_up_the_end() {
    each(&[("PATIENCE", "600"), ("DRAIN", "600")], |server| {
        let mut refused = Client::to(server.address);
        refused.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 100000\r\n\r\n");
        assert_eq!(refused.answer().status, 413);
        assert_eq!(refused.rest().expect("it is closed, not reset"), b"");
        server.signal(Signal::INT);
        let (_, said) = server.ended();
        assert!(said.contains("answered: 1, not answered to the end: 0; connections: 1, cut off: 0"), "{said}");
    });
}

/// Requests with something wrong in them, and bytes that never were one.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let request = prop_oneof![
        Just("GET /health HTTP/1.1\r\nhost: test\r\n\r\n"),
        Just("GET /stream/9 HTTP/1.1\r\nhost: a\r\n\r\nGET /primes/9 HTTP/1.1\r\nhost: a\r\n\r\n"),
        Just("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhello"),
        Just("POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ];
    let spoilt = (request, vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)).prop_map(|(request, changes)| {
        let mut bytes = request.as_bytes().to_vec();
        for (place, byte) in changes {
            bytes[place.index(request.len())] = byte;
        }
        bytes
    });
    prop_oneof![spoilt, vec(any::<u8>(), 0..400)]
}

#[test]
fn garbage_gets_an_answer_or_an_end_and_harms_nobody() {
    each(&[], |server| {
        let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&garbage(), |bytes| {
            let mut client = Client::to(server.address);
            let _ = client.stream.write_all(&bytes);
            let said = client.send_no_more().rest();
            prop_assert!(has_ended(&said), "the server waits for more");
            if let Ok(said) = said {
                prop_assert!(said.is_empty() || said.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&said));
            }
            Ok::<(), TestCaseError>(())
        });
        outcome.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(health(server.address), "ok\n");
    });
}

also_on_python! {
    answers_who_says_no_more_but_listens
    goes_on_when_connections_are_reset
    takes_a_request_byte_by_byte
    a_reader_that_takes_its_time_holds_up_nobody
    a_thousand_idle_clients_take_nothing_from_a_busy_one
    refuses_what_is_wrong_or_too_much
    who_sends_too_much_sees_the_whole_answer
    who_never_stops_sending_is_cut_off
    who_was_refused_keeps_its_place_no_longer_than_it_may
    who_was_refused_does_not_hold_up_the_end
    garbage_gets_an_answer_or_an_end_and_harms_nobody
}
