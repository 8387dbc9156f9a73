//! What decent clients do.

use std::process::Command;

use crate::{
    client::Client,
    server::{self, also_on_python, each},
};

#[test]
fn answers_every_route_on_one_connection() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        for (path, status, text) in [
            ("/health", 200, "ok\n"),
            ("/health?verbose", 200, "ok\n"),
            ("/sleep/5", 200, "waited 5 ms\n"),
            ("/primes/1000", 200, "168 primes below 1000\n"),
            ("/stream/3", 200, "line 0\nline 1\nline 2\n"),
            ("/stream/0", 200, ""),
            ("/sleep/10001", 400, "this takes a whole number from 0 to 10000\n"),
            ("/primes/x", 400, "this takes a whole number from 0 to 10000000\n"),
            ("/nowhere", 404, "no such path; / has a list of them\n"),
            ("/echo", 405, "wrong method\n"),
            ("http://test/health", 200, "ok\n"),
        ] {
            let answer = client.get(path);
            assert_eq!((answer.status, answer.text()), (status, text), "{path}");
            assert!(answer.header("date").is_some_and(|date| date.ends_with(" gmt")), "{path}: {answer:?}");
        }
        let home = client.get("/");
        assert_eq!(home.header("content-type"), Some("text/html"));
        assert!(home.text().contains("href=/sleep/50"));
    });
}

#[test]
fn echoes_bodies_of_both_kinds() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        let answer = client.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhello").answer();
        assert_eq!((answer.status, answer.text()), (200, "hello"));
        let chunked = "PUT /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n\
            2\r\nhe\r\n3;extension=1\r\nllo\r\n0\r\ntrailer: 1\r\n\r\n";
        assert_eq!(client.send(chunked).answer().text(), "hello");
        // A client that asks first is told to go on.
        let answer = client
            .send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n")
            .head();
        assert_eq!(answer.expect("the connection is open").map(|answer| answer.status), Some(100));
        assert_eq!(client.send("again").answer().text(), "again");
        assert_eq!(client.get("/health").text(), "ok\n");
    });
}

#[test]
fn answers_requests_sent_together_in_their_order() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        let paths = ["/sleep/20", "/health", "/stream/2", "/primes/10", "/health"];
        client.send(paths.map(|path| format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")).concat());
        let answers = paths.map(|_| client.answer().text().to_owned());
        assert_eq!(answers, ["waited 20 ms\n", "ok\n", "line 0\nline 1\n", "4 primes below 10\n", "ok\n"]);
    });
}

#[test]
fn leaves_the_content_out_when_asked_for_the_head_alone() {
    each(&[], |server| {
        let mut client = Client::to(server.address);
        for path in ["/health", "/stream/5"] {
            let head = client.send(format!("HEAD {path} HTTP/1.1\r\nhost: test\r\n\r\n")).head();
            assert_eq!(head.expect("the connection is open").map(|head| head.status), Some(200), "{path}");
        }
        // What comes next is the next answer.
        assert_eq!(client.get("/health").text(), "ok\n");
    });
}

#[test]
fn closes_when_the_client_wants_it() {
    each(&[], |server| {
        for request in
            ["GET /health HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n", "GET /health HTTP/1.0\r\n\r\n"]
        {
            let mut client = Client::to(server.address);
            assert_eq!(client.send(request).answer().text(), "ok\n");
            assert_eq!(client.rest().expect("it is closed, not reset"), b"", "{request}");
        }
        // HTTP/1.0 has no chunks: the content ends with the connection.
        let mut client = Client::to(server.address);
        let answer = client.send("GET /stream/20000 HTTP/1.0\r\n\r\n").answer();
        assert_eq!(answer.header("transfer-encoding"), None);
        assert_eq!(answer.text().lines().count(), 20_000);
        // So it says that, to a client that would like to keep it too, and after a refusal as well.
        for request in ["GET /stream/3 HTTP/1.0\r\n", "POST /echo HTTP/1.0\r\ncontent-length: 65537\r\n"] {
            let mut client = Client::to(server.address);
            let answer = client.send(format!("{request}connection: keep-alive\r\n\r\n")).answer();
            assert_eq!(answer.header("connection"), Some("close"), "{request}");
        }
        let mut client = Client::to(server.address);
        let answer = client.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n").answer();
        assert_eq!(answer.header("connection"), Some("keep-alive"));
        assert_eq!(client.get("/health").text(), "ok\n");
    });
}

#[test]
fn works_with_curl() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: there is no curl");
        return;
    }
    each(&[], |server| {
        let url = |path: &str| format!("http://{}{path}", server.address);
        let curl = |arguments: &[&str]| {
            let output = Command::new("curl").args(["-sS", "-m", "60"]).args(arguments).output().expect("it was there");
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8(output.stdout).expect("it is text")
        };
        assert_eq!(curl(&[&url("/health"), &url("/sleep/1"), &url("/stream/1")]), "ok\nwaited 1 ms\nline 0\n");
        assert_eq!(curl(&["-d", "a=b", &url("/echo")]), "a=b");
        assert_eq!(curl(&["-X", "PUT", "-d", "c", &url("/echo")]), "c");
        assert!(curl(&["-I", &url("/stream/9")]).starts_with("HTTP/1.1 200 OK"));
        // HTTP/1.0, which has no end of a stream but that of the connection.
        let old = ["-0", "-H", "Connection: keep-alive"];
        assert_eq!(curl(&[&old[..], &[&url("/stream/2")]].concat()), "line 0\nline 1\n");
        assert_eq!(curl(&[&old[..], &[&url("/health"), &url("/health")]].concat()), "ok\nok\n");
    });
}

#[test]
fn works_with_ab() {
    if Command::new("ab").arg("-V").output().is_err() {
        let is_required = cfg!(target_os = "linux") && std::env::var_os("CI").is_some();
        assert!(!is_required, "there is no ab; install apache2-utils");
        println!("skipped: there is no ab");
        return;
    }
    each(&[], |server| {
        let url = format!("http://{}/health", server.address);
        // It speaks HTTP/1.0, and waits for the end of a connection unless it is told of another.
        let output = Command::new("ab").args(["-k", "-q", "-s", "60", "-n", "200", "-c", "4", &url]).output();
        let output = output.expect("it was there");
        let said = String::from_utf8_lossy(&output.stdout);
        let says = |name: &str, count: &str| {
            said.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.trim() == count))
        };
        let is_right = says("Complete requests:", "200") && says("Failed requests:", "0");
        assert!(is_right && says("Keep-Alive requests:", "200"), "{output:?}");
    });
}

#[test]
fn says_what_is_wrong_with_a_setting() {
    for variant in server::all() {
        for (name, value, said) in [
            ("LISTEN", "here", "LISTEN=here is no IP address with a port; write one such as LISTEN=127.0.0.1:8080"),
            ("PATIENCE", "0", "PATIENCE=0 is no number of seconds from 0.001 to 3600; without it, it is 30"),
            ("DRAIN", "-1", "DRAIN=-1 is no number of seconds from 0 to 3600; without it, it is 5"),
            ("CONNECTIONS", "0", "CONNECTIONS=0 is no whole number from 1 to 1000000; without it, it is "),
            ("LISTEN", "192.0.2.1:1", "LISTEN=127.0.0.1:0 takes any port that is free"),
        ] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
            let output = command.arg(variant).env(name, value).output().expect("it starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            let code = if said.contains("takes any port") { 1 } else { 2 };
            assert_eq!(output.status.code(), Some(code), "{variant} {name}={value}: {errors}");
            assert!(errors.contains(said) && errors.lines().count() == 1, "{variant} {name}={value}: {errors}");
        }
    }
}

also_on_python! {
    answers_every_route_on_one_connection
    echoes_bodies_of_both_kinds
    answers_requests_sent_together_in_their_order
    leaves_the_content_out_when_asked_for_the_head_alone
    closes_when_the_client_wants_it
    works_with_curl
    works_with_ab
    says_what_is_wrong_with_a_setting
}
