//! What happens at the limits: of patience, of connections, of descriptors.

use std::time::{Duration, Instant};

use crate::{
    client::{Client, has_ended, health},
    few_descriptors,
    server::{Server, also_on_python, each, each_of},
};

/// Short, but hardly any test depends on how long it takes: each waits for what it leads to.
const IMPATIENT: [(&str, &str); 1] = [("PATIENCE", "0.2")];

/// Shorter than the patience that hyper has of its own, which is half a minute.
const LONG: Duration = Duration::from_secs(25);

#[test]
fn who_takes_too_long_is_sent_away() {
    each(&IMPATIENT, |server| {
        // Nothing, half a head, and nothing more after an answer.
        for (request, answer) in
            [("", 0), ("GET /health HTTP/1.1\r\nho", 0), ("GET /health HTTP/1.1\r\nhost: test\r\n\r\n", 1)]
        {
            let mut client = Client::to(server.address);
            client.send(request);
            (0..answer).for_each(|_| assert_eq!(client.answer().status, 200));
            let begun = Instant::now();
            let end = client.rest();
            assert!(has_ended(&end), "{request:?}: {end:?}");
            assert!(begun.elapsed() < LONG, "{request:?} is waited for by hyper alone");
        }
        let mut client = Client::to(server.address);
        let answer = client.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhe").answer();
        assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
        assert!(has_ended(&client.rest()));
    });
}

#[test]
fn a_byte_now_and_then_buys_no_time() {
    each(&IMPATIENT, |server| {
        let mut client = Client::to(server.address);
        let begun = Instant::now();
        client.send("GET /health HTTP/1.1\r\n");
        // Until the server has had enough, which is when writing or reading fails.
        let mut piece = [0];
        client.stream.set_read_timeout(Some(Duration::from_millis(20))).expect("it is not zero");
        while std::io::Write::write_all(&mut client.stream, b"a: b\r\n").is_ok() {
            match std::io::Read::read(&mut client.stream, &mut piece) {
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                }
                _ended => break,
            }
            assert!(begun.elapsed() < LONG, "it goes on for ever");
        }
    });
}

#[test]
fn who_stops_reading_is_cut_off() {
    // There is room for one alone, so the next gets in when the one is out.
    each(&[("PATIENCE", "0.3"), ("CONNECTIONS", "1")], |server| {
        let mut deaf = Client::to(server.address);
        deaf.send("GET /stream/100000000 HTTP/1.1\r\nhost: test\r\n\r\n");
        server.wait_for("all places are taken (1; CONNECTIONS sets how many there are)");
        assert_eq!(health(server.address), "ok\n");
    });
}

/// The client never reads, and the server's system takes in what it has room for. There was a time when each server took its
/// own multiple of the patience.
#[test]
fn who_never_reads_is_cut_off_once_its_time_is_up() {
    let patience = Duration::from_secs(6);
    each(&[("PATIENCE", "6"), ("CONNECTIONS", "1")], |server| {
        let mut deaf = Client::to(server.address);
        let begun = Instant::now();
        deaf.send("GET /stream/100000000 HTTP/1.1\r\nhost: test\r\n\r\n");
        server.wait_for("all places are taken (1; CONNECTIONS sets how many there are)");
        assert_eq!(health(server.address), "ok\n");
        let took = begun.elapsed();
        assert!((patience..patience * 2).contains(&took), "{took:?}");
    });
}

/// Before there was room for so many, the first packet of a connection was dropped, and sent again a second later.
#[cfg(target_os = "linux")]
#[test]
fn a_crowd_has_room_in_the_queue() {
    let allowed =
        std::fs::read_to_string("/proc/sys/net/core/somaxconn").ok().and_then(|most| most.trim().parse().ok());
    let crowd = 600.min(allowed.unwrap_or(128));
    // Only one of them is accepted, so all others stay in the queue.
    each(&[("CONNECTIONS", "1"), ("PATIENCE", "600")], |server| {
        let first = Client::to(server.address);
        let address = server.address;
        let connect = |_| std::net::TcpStream::connect_timeout(&address, LONG).expect("there is room");
        let crowd: Vec<_> = (0..crowd).map(connect).collect();
        drop((first, crowd));
    });
}

#[test]
fn as_many_clients_as_are_allowed_and_the_next_when_one_has_left() {
    each(&[("CONNECTIONS", "2")], |server| {
        let mut clients = [(); 2].map(|()| Client::to(server.address));
        for client in &mut clients {
            assert_eq!(client.get("/health").text(), "ok\n");
        }
        let mut waiting = Client::to(server.address);
        waiting.send("GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
        server.wait_for("all places are taken (2;");
        let [first, mut second] = clients;
        assert_eq!(second.get("/sleep/20").text(), "waited 20 ms\n");
        drop(first);
        assert_eq!(waiting.answer().text(), "ok\n");
        assert_eq!(second.get("/health").text(), "ok\n");
    });
}

#[test]
fn without_descriptors_it_serves_whom_it_has_and_says_so() {
    let start = |variant| Server::with_descriptors(variant, 40, &[("CONNECTIONS", "1000")]);
    each_of(start, |server| {
        let mut clients: Vec<_> = (0..60).map(|_| Client::to(server.address)).collect();
        let said = server.wait_for("cannot accept: ");
        assert!(said.contains("`ulimit -n` is 40") && said.contains("is served on"), "{said}");
        assert_eq!(clients[0].get("/health").text(), "ok\n");
        // Those in front leave, and those at the end get in.
        let mut last = clients.pop().expect("there are sixty");
        last.send("GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
        drop(clients);
        assert_eq!(last.answer().text(), "ok\n");
        server.wait_for("accepting again");
    });
}

#[test]
fn with_too_few_descriptors_for_a_runtime_it_says_so() {
    for variant in ["http-tokio", "http-async-std", "http-smol"] {
        few_descriptors::are_too_few_for(variant);
        let server = Server::with_descriptors(variant, 16, &[]);
        assert_eq!(Client::to(server.address).get("/health").text(), "ok\n");
    }
}

also_on_python! {
    #[cfg(target_os = "linux")] a_crowd_has_room_in_the_queue
    who_takes_too_long_is_sent_away
    a_byte_now_and_then_buys_no_time
    who_stops_reading_is_cut_off
    who_never_reads_is_cut_off_once_its_time_is_up
    as_many_clients_as_are_allowed_and_the_next_when_one_has_left
    without_descriptors_it_serves_whom_it_has_and_says_so
}
