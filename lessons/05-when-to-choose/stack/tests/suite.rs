//! What the three services promise to their clients, asked from outside.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Runs a test on each service.
macro_rules! on_each {
    ($($test:ident)*) => {
        mod stack_threads {
            $(#[test] fn $test() { super::$test(env!("CARGO_BIN_EXE_stack-threads")); })*
        }
        mod stack_smol {
            $(#[test] fn $test() { super::$test(env!("CARGO_BIN_EXE_stack-smol")); })*
        }
        mod stack_tokio {
            $(#[test] fn $test() { super::$test(env!("CARGO_BIN_EXE_stack-tokio")); })*
        }
    };
}

on_each! {
    a_note_is_added_and_read
    what_is_no_note_is_refused
    fifty_clients_lose_no_note
    notes_outlive_the_service
    a_wrong_setting_is_said
}

fn a_note_is_added_and_read(program: &str) {
    let service = Service::start(program, &[]);
    assert_eq!(service.get(), Answer::json(200, "[]"));
    assert_eq!(
        service.add(r#"{"text": "first"}"#),
        Answer::json(201, r#"{"id":1,"text":"first"}"#)
    );
    assert_eq!(service.add(r#"{"text": "zweite ü"}"#).status, 201);
    let both = r#"[{"id":2,"text":"zweite ü"},{"id":1,"text":"first"}]"#;
    assert_eq!(service.get(), Answer::json(200, both));
    assert_eq!(service.ask("HEAD /notes HTTP/1.1", "", "").status, 200);
}

fn what_is_no_note_is_refused(program: &str) {
    let service = Service::start(program, &[]);
    let long = format!(r#"{{"text": "{}"}}"#, "x".repeat(281));
    let huge = format!(r#"{{"text": "{}"}}"#, "x".repeat(20 * 1024));
    for (body, status) in [
        ("{", 400),
        (r#"{"note": "no text"}"#, 422),
        (r#"{"text": " "}"#, 422),
        (&long, 422),
        (&huge, 413),
    ] {
        assert_eq!(service.add(body).status, status, "{}", &body[..body.len().min(20)]);
    }
    let as_text = "Content-Type: text/plain\r\nContent-Length: 2\r\n";
    assert_eq!(service.ask("POST /notes HTTP/1.1", as_text, "{}").status, 415);
    assert_eq!(service.ask("GET /nothing HTTP/1.1", "", "").status, 404);
    let refused = service.ask("DELETE /notes HTTP/1.1", "", "");
    assert_eq!((refused.status, refused.allow), (405, Some("GET,HEAD,POST".into())));
    assert_eq!(service.get(), Answer::json(200, "[]"));
}

fn fifty_clients_lose_no_note(program: &str) {
    let service = Service::start(program, &[("AT_ONCE", "50")]);
    thread::scope(|scope| {
        for number in 0..50 {
            let note = format!(r#"{{"text": "{number}"}}"#);
            let service = &service;
            scope.spawn(move || assert_eq!(service.add(&note).status, 201));
        }
    });
    let notes = service.get().body;
    for number in 0..50 {
        assert!(
            notes.contains(&format!(r#""text":"{number}""#)),
            "{number} in {notes}"
        );
    }
}

fn notes_outlive_the_service(program: &str) {
    let folder =
        tempfile::tempdir().expect("the system has a folder for temporary files");
    let database = folder.path().join("kept.db");
    let database = ("DATABASE", database.to_str().expect("it is ASCII"));
    let mut service = Service::start(program, &[database]);
    assert_eq!(service.add(r#"{"text": "kept"}"#).status, 201);
    // A client that only keeps its connection does not keep the service.
    let _idle = TcpStream::connect(service.address).expect("it listens");
    service.stop();
    let service = Service::start(program, &[database]);
    assert_eq!(service.get(), Answer::json(200, r#"[{"id":1,"text":"kept"}]"#));
}

fn a_wrong_setting_is_said(program: &str) {
    let run = Command::new(program).env("LISTEN", "here").output().expect("it starts");
    assert!(!run.status.success());
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains("LISTEN=here is not an address"), "{said}");
}

/// The threads are not here: tiny_http has no time limit.
#[test]
fn a_client_that_stalls_is_timed_out() {
    for program in [env!("CARGO_BIN_EXE_stack-smol"), env!("CARGO_BIN_EXE_stack-tokio")]
    {
        let service = Service::start(program, &[("PATIENCE", "1")]);
        assert_eq!(service.stall().answer().status, 408, "{program}");
    }
}

/// Nor here: with them the second client waits until a thread is free.
#[test]
fn who_comes_when_all_places_are_taken_is_turned_away() {
    for program in [env!("CARGO_BIN_EXE_stack-smol"), env!("CARGO_BIN_EXE_stack-tokio")]
    {
        let service = Service::start(program, &[("AT_ONCE", "1"), ("PATIENCE", "600")]);
        // It is the first that is turned away if the second was quicker.
        let is_second_turned_away = (0..1_000).any(|_| {
            let mut stalled = service.stall();
            let second = service.get().status;
            // It may have its answer already.
            let _ = stalled.0.write_all(b"}");
            (stalled.answer().status, second) == (422, 503)
        });
        assert!(is_second_turned_away, "{program}");
        assert_eq!(service.get().status, 200, "{program}");
    }
}

/// A service that runs, until it is dropped.
struct Service {
    process: Child,
    address: SocketAddr,
}

impl Service {
    fn start(program: &str, settings: &[(&str, &str)]) -> Self {
        let mut process = Command::new(program)
            .env("LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it has been built");
        let mut line = String::new();
        let output = process.stdout.as_mut().expect("it is a pipe");
        BufReader::new(output).read_line(&mut line).expect("it says where it listens");
        let address =
            line.split_once("http://").and_then(|(_, rest)| rest.split_once('/'));
        let address = address.and_then(|(address, _)| address.parse().ok());
        Self { process, address: address.unwrap_or_else(|| panic!("{line}")) }
    }

    fn get(&self) -> Answer {
        self.ask("GET /notes HTTP/1.1", "", "")
    }

    fn add(&self, body: &str) -> Answer {
        let length = body.len();
        let headers =
            format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        self.ask("POST /notes HTTP/1.1", &headers, body)
    }

    fn ask(&self, line: &str, headers: &str, body: &str) -> Answer {
        let mut client = Client::of(self);
        // What is refused early is closed early; then the answer is what counts.
        let _ = write!(
            client.0,
            "{line}\r\nHost: test\r\nConnection: close\r\n{headers}\r\n{body}"
        );
        client.answer()
    }

    /// A client that sends the beginning of a note, and no more.
    fn stall(&self) -> Client {
        let mut client = Client::of(self);
        let request = "POST /notes HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
                       Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
        client.0.write_all(request.as_bytes()).expect("it is read");
        client
    }

    /// Ends it as Ctrl-C does, and waits for it.
    fn stop(&mut self) {
        #[cfg(unix)]
        {
            let id = rustix::process::Pid::from_child(&self.process);
            let interrupt = rustix::process::Signal::INT;
            rustix::process::kill_process(id, interrupt).expect("it runs");
            assert!(self.process.wait().expect("it is ours").success());
        }
        #[cfg(not(unix))]
        {
            self.process.kill().expect("it runs");
            self.process.wait().expect("it is ours");
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have been stopped.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Client(TcpStream);

impl Client {
    fn of(service: &Service) -> Self {
        let socket = TcpStream::connect(service.address).expect("it listens");
        socket.set_read_timeout(Some(Duration::from_mins(1))).expect("it is no zero");
        Self(socket)
    }

    fn answer(mut self) -> Answer {
        let mut bytes = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            // A server that closes early resets the connection, after its answer.
            assert!(bytes.windows(4).any(|end| end == b"\r\n\r\n"), "{error}");
        }
        let text = String::from_utf8(bytes).expect("all that is sent here is UTF-8");
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
        let header = |name: &str| {
            let mut lines =
                head.lines().skip(1).filter_map(|line| line.split_once(": "));
            let found = lines.find(|(given, _)| given.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_owned())
        };
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("{head}")),
            kind: header("Content-Type"),
            allow: header("Allow"),
            body: body.to_owned(),
        }
    }
}

#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    kind: Option<String>,
    allow: Option<String>,
    body: String,
}

impl Answer {
    fn json(status: u16, body: &str) -> Self {
        let kind = Some("application/json".into());
        Self { status, kind, allow: None, body: body.into() }
    }
}
