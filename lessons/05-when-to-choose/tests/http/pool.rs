//! What a pool of threads is bought for, and what it costs.

use std::{process::Command, time::Duration};

use crate::{
    client::{Client, has_ended},
    server::{PATIENCE, Server},
};

const REQUEST: &str = "GET /health HTTP/1.1\r\nhost: test\r\n\r\n";

fn pool(workers: &str, patience: &str) -> Server {
    Server::start("http-pool", &[("WORKERS", workers), ("PATIENCE", patience)])
}

/// Whether nothing comes for a moment. On a slow machine that may be so with every
/// server, and is never otherwise if nothing can come.
fn is_kept_waiting(client: &Client) -> bool {
    let moment = Some(Duration::from_millis(200));
    client.stream.set_read_timeout(moment).expect("it is not zero");
    let nothing = client.stream.peek(&mut [0]).is_err();
    client.stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    nothing
}

#[test]
fn an_idle_client_has_no_worker() {
    let server = pool("1", "600");
    let mut clients: Vec<_> = (0..20).map(|_| Client::to(server.address)).collect();
    for _ in 0..3 {
        for client in &mut clients {
            assert_eq!(client.get("/health").text(), "ok\n");
        }
    }
}

#[test]
fn while_every_worker_has_a_slow_client_the_others_wait() {
    let server = pool("2", "600");
    let mut other = Client::to(server.address);
    assert_eq!(other.get("/health").text(), "ok\n");
    let (half, rest) = REQUEST.split_at(20);
    let mut slow = [(); 2].map(|()| Client::to(server.address));
    for client in &mut slow {
        client.send(half);
    }
    // Until both halves have come to the workers, it is served.
    while !is_kept_waiting(other.send(REQUEST)) {
        assert_eq!(other.answer().text(), "ok\n");
    }
    assert_eq!(slow[0].send(rest).answer().text(), "ok\n");
    assert_eq!(other.answer().text(), "ok\n");
    assert_eq!(slow[1].send(rest).answer().text(), "ok\n");
}

#[test]
fn what_ends_that_is_the_patience() {
    let server = pool("1", "0.3");
    let mut slow = Client::to(server.address);
    slow.send("GET /health HT");
    let mut other = Client::to(server.address);
    assert_eq!(other.get("/health").text(), "ok\n");
    assert!(has_ended(&slow.rest()));
}

#[test]
fn a_request_that_waits_has_a_worker_all_the_time() {
    let server = pool("1", "600");
    let mut waiting = Client::to(server.address);
    waiting.send("GET /sleep/1000 HTTP/1.1\r\nhost: test\r\n\r\n");
    let mut other = Client::to(server.address);
    // Whichever comes first to the only worker: both are served, one after the other.
    assert_eq!(other.get("/health").text(), "ok\n");
    assert_eq!(waiting.answer().text(), "waited 1000 ms\n");
}

/// As many as there are workers, one that accepts, and one that waits for signals.
#[cfg(target_os = "linux")]
#[test]
fn a_crowd_gets_no_more_threads() {
    let server = pool("3", "600");
    let threads = || {
        let path = format!("/proc/{}/task", server.id().as_raw_nonzero());
        std::fs::read_dir(path).expect("it runs").count()
    };
    let mut clients: Vec<_> = (0..100).map(|_| Client::to(server.address)).collect();
    for client in &mut clients {
        client.send("GET /sleep/5 HTTP/1.1\r\nhost: test\r\n\r\n");
    }
    assert_eq!(threads(), 5);
    for client in &mut clients {
        assert_eq!(client.answer().text(), "waited 5 ms\n");
    }
    assert_eq!(threads(), 5);
}

#[test]
fn says_what_is_wrong_with_its_setting() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
    let output = command.arg("http-pool").env("WORKERS", "0").output();
    let output = output.expect("it starts");
    let said = "WORKERS=0 is no whole number from 1 to 10000; without it, it is 16\n";
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors, format!("lesson-05: {said}"));
    assert_eq!(output.status.code(), Some(2));
}
