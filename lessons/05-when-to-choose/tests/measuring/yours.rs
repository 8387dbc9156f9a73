//! A load on a service of one's own, whatever it does.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use lesson_data::recording::Recording;
use lesson_testing::{Exit, Terminal};

use crate::{rows, run, text, words};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";

/// A service that does this on every connection.
fn service(serve: impl Fn(&mut TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let address = listener.local_addr().expect("it listens");
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(&mut stream));
        }
    });
    address
}

/// One that gives this answer to every request, after this time.
fn answers(answer: &'static str, after: Duration) -> SocketAddr {
    service(move |stream| {
        while has_request(stream) {
            thread::sleep(after);
            let _ = stream.write_all(answer.as_bytes()); // The load may be over.
        }
    })
}

/// Reads a request, which comes in one piece since it is short.
fn has_request(stream: &mut TcpStream) -> bool {
    stream.read(&mut [0; 1_024]).is_ok_and(|length| length > 0)
}

/// What is told of it: a row of the closed loop, and one of the open loop.
fn load(address: SocketAddr) -> (Vec<f64>, Vec<f64>) {
    let url = format!("http://{address}/path?a=b");
    let text = text(&run("load", &[("URL", &url), ("CLIENTS", "3"), ("SECONDS", "0.05")]));
    let heads = text.lines().filter(|line| line.starts_with("server, clients  ")).map(words);
    let closed = "server, clients served /s spread % median ms p99 ms errors % closed %";
    let open = "server, clients rate /s open median ms open p99 ms quiet ms worst ms";
    assert_eq!(heads.collect::<Vec<_>>(), [closed, open]);
    for word in ["ahead", "undecided", "http-"] {
        assert!(!text.contains(word), "it is compared with nothing: {text}");
    }
    let [closed, open] = rows(&text, "yours, 3", 2).try_into().expect("there are two");
    assert!(closed[0] > 0.0 && open[0] > 0.0, "{text}");
    (closed, open)
}

/// Whether a share is none or all of them, as it is printed.
fn is(share: f64, percent: f64) -> bool {
    (share - percent).abs() < 0.05
}

#[test]
fn a_decent_service_has_no_errors() {
    let (closed, _) = load(answers(OK, Duration::ZERO));
    assert!(is(closed[4], 0.0) && is(closed[5], 0.0), "{closed:?}");
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nok\n\r\n0\r\n\r\n";
    let (closed, _) = load(answers(chunks, Duration::ZERO));
    assert!(is(closed[4], 0.0) && is(closed[5], 0.0), "{closed:?}");
}

#[test]
fn errors_are_counted() {
    let (closed, _) = load(answers("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", Duration::ZERO));
    assert!(is(closed[4], 100.0) && is(closed[5], 0.0), "{closed:?}");
}

#[test]
fn connections_that_are_closed_are_counted_and_made_anew() {
    // With a word, with an end that is that of the answer, and without a word.
    let closing = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nok\n";
    for answer in [closing, "HTTP/1.0 200 OK\r\n\r\nok\n", OK] {
        let (closed, _) = load(service(move |stream| {
            if has_request(stream) {
                let _ = stream.write_all(answer.as_bytes()); // The load may be over.
            }
        }));
        // What is counted begins and ends in the middle of something.
        assert!(is(closed[4], 0.0) && closed[5] > 50.0, "{answer:?}: {closed:?}");
    }
}

#[test]
fn a_connection_that_breaks_off_is_an_error() {
    let address = service(|stream| {
        // It is needed to begin, and then to have something to break off.
        if has_request(stream) && stream.write_all(OK.as_bytes()).is_ok() && has_request(stream) {
            let _ = stream.write_all(&OK.as_bytes()[..30]);
        }
    });
    let (closed, _) = load(address);
    assert!(closed[4] > 10.0 && closed[4] < 90.0, "{closed:?}");
}

#[test]
fn a_service_that_takes_its_time_gets_it() {
    let (closed, open) = load(answers(OK, Duration::from_millis(70)));
    assert!(closed[2] >= 70.0 && open[1] >= 70.0, "{closed:?}, {open:?}");
}

#[test]
fn what_is_no_service_is_a_sentence() {
    let refused = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let nowhere = refused.local_addr().expect("it listens");
    drop(refused);
    let deaf = service(|_| {});
    let strange = answers("SSH-2.0-OpenSSH_9.2\r\n", Duration::ZERO);
    let yours = "yours with 3 connections: ";
    for (address, code, said) in [
        (format!("http://{nowhere}/"), 1, format!("nothing listens on {nowhere}; start your service, or mend URL")),
        (format!("http://{deaf}/"), 1, format!("{yours}the server has ")),
        (format!("http://{strange}/"), 1, format!("{yours}that is no answer in HTTP/1.1: ")),
        ("http://example.com/".to_owned(), 2, "URL=http://example.com/ may be another's machine, for ".to_owned()),
        ("here".to_owned(), 2, "URL=here is no address in plain HTTP; write one such as URL=http://127.".to_owned()),
    ] {
        let output = run("load", &[("URL", &address), ("CLIENTS", "3"), ("SECONDS", "0.05")]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{address}: {errors}");
        assert!(errors.starts_with(&format!("lesson-05: {said}")), "{address}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{address}: {errors}");
    }
}

#[test]
fn its_table_is_kept_as_json() {
    let url = format!("http://{}/", answers(OK, Duration::ZERO));
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let file = folder.path().join("yours.json");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    command.args(["load", "--set", &format!("URL={url}"), "--set", "CLIENTS=2", "--set", "SECONDS=0.05"]);
    let output = command.arg("--record").arg(&file).output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    let json = fs::read_to_string(&file).expect("it is there");
    let recording = Recording::parse(&json).expect("it is a recording");
    for column in ["served", "median", "p99", "errors", "closed", "open p99"] {
        assert!(recording.result("yours, 2", column).is_some(), "{column}: {json}");
    }
}

#[test]
fn ctrl_c_ends_it() {
    let url = format!("http://{}/", answers(OK, Duration::ZERO));
    let terminal = Terminal::new(env!("CARGO_BIN_EXE_lesson-05")).args(["load"]).size(140, 24);
    let terminal = terminal.env("URL", &url).env("SECONDS", "600").env("CLIENTS", "2");
    let mut session = terminal.start().expect("it starts");
    session.wait_until("its loop", |screen| screen.contains("closed loop:")).expect("it begins");
    session.interrupt().expect("it is there");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Signal(2));
    assert!(run.screen.cursor_visible());
}
