//! The slow server alone, asked through bare sockets.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::Stdio,
    time::Duration,
};

use crate::LESSON;
use lesson_testing::Session;
#[cfg(unix)]
use lesson_testing::lines_without_echo;

/// No answer takes that long, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server, where so many of the attempts fail.
fn listening(errors: &str) -> (Session, u16) {
    LESSON.with(&[("ERRORS", errors)]).serving(["server"])
}

/// Sends `request` as it is, and gives all that comes back before the connection ends.
fn say(port: u16, request: &[u8]) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    // It may have heard enough before the end.
    let _ = stream.write_all(request);
    let mut heard = Vec::new();
    // A reset ends it as well.
    let _ = stream.read_to_end(&mut heard);
    String::from_utf8_lossy(&heard).into_owned()
}

/// The status and the body of the answer to `METHOD path`.
fn ask(port: u16, what: &str) -> (u16, String) {
    let answer = say(port, format!("{what} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?} has a head"));
    let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    (status.unwrap_or_else(|| panic!("{head:?} has a status")), body.to_owned())
}

#[test]
fn it_answers_as_a_server_does() {
    let (_session, port) = listening("0");
    let (status, body) = ask(port, "GET /items/7");
    assert_eq!(status, 200);
    assert!(body.starts_with("item      7 of seed ") && body.len() > 1_000, "{body}");
    assert_eq!(ask(port, "GET /items/7"), (200, body.clone()));
    assert_eq!(ask(port, "GET /items/7?attempt=2"), (200, body));
    assert_ne!(ask(port, "GET /items/7").1, ask(port, "GET /items/8").1);
    assert_eq!(ask(port, "HEAD /items/7"), (200, String::new()));
    assert_eq!(ask(port, "POST /items/7").0, 405);
    let (status, body) = ask(port, "GET /");
    assert!(status == 200 && body.contains("/items/0"), "{body}");
    for unknown in ["/items", "/items/", "/items/x", "/items/-1", "/items/+1", "/items/4294967296", "/other"] {
        assert_eq!(ask(port, &format!("GET {unknown}")).0, 404, "{unknown}");
    }
    for wrong in ["attempt=0", "attempt=x", "try=1", ""] {
        assert_eq!(ask(port, &format!("GET /items/7?{wrong}")).0, 400, "{wrong}");
    }
}

#[test]
fn garbage_does_not_take_it_down() {
    let (mut session, port) = listening("0");
    let long = [b"GET /items/0 HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; 600_000]].concat();
    for garbage in [b"\0\xff\x16\x03\x01\r\n\r\n".as_slice(), b"what?\r\n\r\n", b"GET /items/7 HTTP/9.9\r\n\r\n", &long]
    {
        let answer = say(port, garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }
    // One that leaves without a word, and one that leaves in the middle.
    drop(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens"));
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens").write_all(b"GET /it").expect("it reads");
    assert_eq!(ask(port, "GET /items/7").0, 200);
    assert_eq!(session.screen().lines().len(), 1, "nothing is said of it: {:?}", session.screen());
}

/// What happens to each of some attempts, as a client sees it.
fn fates(port: u16) -> Vec<&'static str> {
    let fate = |(item, attempt): (u32, u32)| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(3))).expect("it is not zero");
        let request = format!("GET /items/{item}?attempt={attempt} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut heard = Vec::new();
        let ended = stream.read_to_end(&mut heard);
        let heard = String::from_utf8_lossy(&heard).into_owned();
        let length = heard.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        match (ended, heard.get(9..12), heard.split_once("\r\n\r\n")) {
            (Ok(_), Some("404"), _) => "missing",
            (Ok(_), Some("503"), _) => "unavailable",
            (Ok(_), Some("200"), Some((_, body))) if Some(body.len()) == length => "whole",
            (Ok(_), Some("200"), _) => "cut short",
            (Err(error), ..) if error.kind() == std::io::ErrorKind::ConnectionReset => "reset",
            (Err(_), None, _) => "silent",
            other => panic!("{other:?}"),
        }
    };
    let attempts: Vec<_> = (0..12).flat_map(|item| [(item, 1), (item, 2)]).collect();
    // All at once, as each takes a while.
    std::thread::scope(|scope| {
        let asked: Vec<_> = attempts.into_iter().map(|attempt| scope.spawn(move || fate(attempt))).collect();
        asked.into_iter().map(|asked| asked.join().expect("it does not panic")).collect()
    })
}

#[test]
fn the_same_seed_fails_in_the_same_way() {
    let (_one, port) = listening("0.7");
    let first = fates(port);
    for fate in ["whole", "missing", "unavailable", "reset", "cut short", "silent"] {
        assert!(first.contains(&fate), "{fate} is not among {first:?}");
    }
    let (_other, port) = listening("0.7");
    assert_eq!(fates(port), first);
}

#[cfg(unix)]
#[test]
fn ctrl_c_server() {
    let (mut session, port) = listening("0");
    let mut waits = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the program");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert_eq!(lines_without_echo(&run.screen).len(), 1, "{:?}", run.screen);
    assert!(!matches!(waits.read(&mut [0]), Ok(1..)));
}

#[test]
fn it_ends_with_whoever_started_it() {
    let mut command = LESSON.command(["server"]);
    command.env("LISTEN", "127.0.0.1:0").env("LESSON_03_LIFELINE", "1");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it can be started");
    // This closes its standard input.
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("\n0 requests, at most 0 at once\n"));
}

#[test]
fn a_wrong_address_is_a_sentence() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let taken = taken.local_addr().map(|address| (address, taken)).expect("it has one");
    for (address, sentence, code) in [
        ("8080".to_owned(), "LISTEN=8080 is no address; write one with its port, such as LISTEN=127.0.0.1:8080", 2),
        (taken.0.to_string(), "; LISTEN=127.0.0.1:0 takes any port that is free", 1),
    ] {
        let said = LESSON.with(&[("LISTEN", &address)]).sentence(["server"], code);
        assert!(said.ends_with(sentence), "{said}");
    }
}
