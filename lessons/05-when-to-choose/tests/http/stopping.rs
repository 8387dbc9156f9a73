//! Ctrl-C and `kill`: nothing that was taken on is lost without a word.

use std::{
    io,
    os::unix::process::ExitStatusExt,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    thread,
};

use lesson_testing::{Exit, Terminal};
use rustix::process::Signal;

use crate::{
    client::Client,
    server::{self, Server, also_on_python, each},
};

/// The clients of the test under load, and what each asks for until the server is gone.
const CLIENTS: u64 = 12;
const PATHS: [&str; 4] = ["/health", "/sleep/3", "/stream/3000", "/primes/2000"];

#[test]
fn under_load_every_request_it_took_on_is_answered_to_the_end() {
    each(&[("DRAIN", "60")], |server| {
        let answered = AtomicU64::new(0);
        let address = server.address;
        thread::scope(|scope| {
            for number in 0..CLIENTS {
                let answered = &answered;
                scope.spawn(move || {
                    for path in PATHS.into_iter().cycle().skip(usize::try_from(number).expect("it is small")) {
                        // Every third client comes with a connection of its own each time.
                        match ask(address, path, number % 3 == 0) {
                            Ok(answers) => answered.fetch_add(answers, SeqCst),
                            Err(_gone) => break,
                        };
                    }
                });
            }
            while answered.load(SeqCst) < 20 * CLIENTS {
                thread::yield_now();
            }
            server.signal(Signal::TERM);
        });
        let (status, said) = server.ended();
        assert_eq!(status.signal(), Some(15), "{said}");
        let answered = answered.load(SeqCst);
        assert!(said.contains(&format!("\nrequests: {answered}, answered: {answered}, ")), "{answered}: {said}");
        assert!(said.ends_with(", cut off: 0\n"), "{said}");
    });
}

/// Asks once, or again and again until the connection ends. Gives how many answers there were. An error means that the
/// server is gone.
///
/// # Panics
///
/// If an answer ends in the middle.
fn ask(address: std::net::SocketAddr, path: &str, once: bool) -> io::Result<u64> {
    let mut client = Client::connect(address)?;
    let mut answers = 0;
    loop {
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        if io::Write::write_all(&mut client.stream, request.as_bytes()).is_err() {
            return Ok(answers);
        }
        match client.try_answer() {
            Ok(Some(answer)) => {
                assert_eq!(answer.status, 200);
                answers += 1;
                if once || answer.header("connection") == Some("close") || answers == 10 {
                    return Ok(answers);
                }
            }
            // It had not begun to read this request.
            Ok(None) => return Ok(answers),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => panic!("an answer ends in the middle"),
            Err(_reset) => return Ok(answers),
        }
    }
}

#[test]
fn idle_clients_do_not_hold_it_up() {
    each(&[("DRAIN", "600")], |server| {
        let mut clients: Vec<_> = (0..20).map(|_| Client::to(server.address)).collect();
        for client in clients.iter_mut().step_by(2) {
            client.get("/health");
        }
        server.signal(Signal::INT);
        let (status, said) = server.ended();
        assert_eq!(status.signal(), Some(2), "{said}");
        assert!(said.contains("requests: 10, answered: 10, not answered to the end: 0; "), "{said}");
        assert!(said.ends_with(", cut off: 0\n"), "{said}");
    });
}

#[test]
fn when_time_is_up_it_says_what_is_lost() {
    each(&[("DRAIN", "0.2")], |server| {
        let mut client = Client::to(server.address);
        client.get("/health");
        let mut other = Client::to(server.address);
        for client in [&mut client, &mut other] {
            // An answer that has begun shows that the request was read. Before that, its connection may just be closed.
            client.send("GET /stream/100000000 HTTP/1.1\r\nhost: test\r\n\r\n").head().expect("it is open");
        }
        server.signal(Signal::TERM);
        let (status, said) = server.ended();
        assert_eq!(status.signal(), Some(15), "{said}");
        assert!(said.starts_with("stopping; open connections: 2\n"), "{said}");
        let lost = "requests: 3, answered: 1, not answered to the end: 2; connections: 2, cut off: 2";
        assert!(said.contains(lost), "{said}");
    });
}

#[test]
fn it_stops_although_its_last_descriptor_is_kept_for_the_next_client() {
    let start = |variant| Server::with_descriptors(variant, 40, &[("CONNECTIONS", "1000"), ("PATIENCE", "600")]);
    let most = |variant| {
        let mut server = start(variant);
        let _clients: Vec<_> = (0..60).map(|_| Client::to(server.address)).collect();
        let said = server.wait_for("cannot accept: ");
        let open =
            said.split_once("is served on (").and_then(|(_, rest)| rest.split(')').next()?.parse::<usize>().ok());
        open.unwrap_or_else(|| panic!("it says how many are connected: {said}"))
    };
    let stops = |variant| {
        // One fewer than there is room for, so that there is one descriptor left, and `accept` waits with that.
        let clients = most(variant) - 1;
        let mut server = start(variant);
        let mut connected: Vec<_> = (0..clients).map(|_| Client::to(server.address)).collect();
        for client in &mut connected {
            assert_eq!(client.get("/health").text(), "ok\n");
        }
        server.signal(Signal::INT);
        let (status, said) = server.ended();
        assert_eq!(status.signal(), Some(2), "{variant}: {said}");
        assert!(said.contains(&format!("answered: {clients}, not answered to the end: 0")), "{variant}: {said}");
        assert!(said.ends_with(", cut off: 0\n"), "{variant}: {said}");
    };
    thread::scope(|scope| {
        for variant in server::all() {
            scope.spawn(move || stops(variant));
        }
    });
}

#[test]
fn a_second_ctrl_c_leaves_at_once() {
    thread::scope(|scope| {
        for &variant in server::all() {
            scope.spawn(move || {
                let terminal = Terminal::new(env!("CARGO_BIN_EXE_lesson-05")).args([variant]).size(140, 24);
                let terminal = terminal.env("LISTEN", "127.0.0.1:0").env("DRAIN", "600").env("PATIENCE", "600");
                let mut session = terminal.start().expect("it starts");
                let address = |line: &str| line.strip_prefix("listening on http://").map(str::to_owned);
                session
                    .wait_until("its address", |screen| screen.lines().iter().any(|line| address(line).is_some()))
                    .expect("it says where it listens");
                let address = session.screen().lines().iter().find_map(|line| address(line)).expect("it was there");
                let mut client = Client::to(address.parse().expect("it is an address"));
                client.get("/health");
                client.send("GET /stream/100000000 HTTP/1.1\r\nhost: test\r\n\r\n").head().expect("it is open");
                session.interrupt().expect("it is there");
                let stopping = |screen: &lesson_testing::Screen| screen.contains("stopping; open connections: 1");
                session.wait_until("its goodbye", stopping).expect("it says goodbye");
                session.interrupt().expect("it is there");
                let run = session.finish().expect("it ends");
                assert_eq!(run.exit, Exit::Signal(2), "{variant}");
                assert!(run.screen.cursor_visible());
                let screen = run.screen.text();
                assert!(
                    screen.contains("requests: 2, answered: 1, not answered to the end: 1;"),
                    "{variant}: {screen}"
                );
            });
        }
    });
}

also_on_python! {
    under_load_every_request_it_took_on_is_answered_to_the_end
    idle_clients_do_not_hold_it_up
    when_time_is_up_it_says_what_is_lost
    it_stops_although_its_last_descriptor_is_kept_for_the_next_client
    a_second_ctrl_c_leaves_at_once
}
