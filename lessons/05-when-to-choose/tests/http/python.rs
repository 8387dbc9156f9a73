//! What only Python's server has: a choice of event loops, and a way to say what goes wrong that nobody is to see.

use std::{fs, io::Write, path::Path, process::Command, time::Duration};

use rustix::{net::sockopt::set_socket_linger, process::Signal};

use crate::{
    client::{Client, health},
    server::{PYTHON, Server},
};

/// A folder with a module in the place of uvloop, whether that is installed or not.
fn with_uvloop(source: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    fs::write(folder.path().join("uvloop.py"), source).expect("it is ours");
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

#[test]
fn python_runs_on_the_loop_that_is_named() {
    let folder = with_uvloop(
        "import asyncio, sys
def new_event_loop():
    print('on another loop', file=sys.stderr, flush=True)
    return asyncio.new_event_loop()",
    );
    let mut server = Server::start(PYTHON, &[("LOOP", "uvloop"), ("PYTHONPATH", text(folder.path()))]);
    server.wait_for("on another loop");
    assert_eq!(health(server.address), "ok\n");
}

#[test]
fn python_says_that_a_loop_is_not_there() {
    let folder = with_uvloop("raise ImportError");
    for name in ["uvloop", "twisted"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lesson-05"));
        let command = command.arg(PYTHON).env("LOOP", name).env("PYTHONPATH", folder.path());
        let output = command.output().expect("it starts");
        let sentence = format!(
            "http_server.py: LOOP={name} is no event loop here; it is asyncio, or uvloop where that is installed\n"
        );
        assert_eq!(String::from_utf8_lossy(&output.stderr), sentence);
        assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
    }
}

#[test]
fn python_says_that_there_are_too_few_descriptors() {
    let server = Server::with_descriptors(PYTHON, 16, &[]);
    assert_eq!(health(server.address), "ok\n");
    let mut shell = Command::new("sh");
    let lesson = env!("CARGO_BIN_EXE_lesson-05");
    let output = shell.args(["-c", "ulimit -n 15 && exec \"$0\" \"$1\"", lesson, PYTHON]).output();
    let output = output.expect("there is a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    let sentence = "http_server.py: 15 file descriptors are too few (`ulimit -n` is 15); try `ulimit -n 16` or more";
    assert!(errors.starts_with(sentence) && errors.lines().count() == 1, "{errors}");
    assert_eq!(output.status.code(), Some(1), "{errors}");
}

/// No traceback, no warning.
#[test]
fn python_says_nothing_of_what_clients_do() {
    let mut server = Server::start(PYTHON, &[("PATIENCE", "0.3")]);
    let stream = "GET /stream/100000000 HTTP/1.1\r\nhost: test\r\n\r\n";
    let echo = "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: ";
    let too_much = format!("{echo}{}\r\n\r\n{}", "9".repeat(5_000), "a".repeat(500_000));
    let requests = ["", "GET /hea", "\0\r\n\r\n", stream, &format!("{echo}5\r\n\r\nhe"), &too_much];
    let mut silent = Vec::new();
    for request in requests {
        let client = || {
            let mut client = Client::to(server.address);
            let _ = client.stream.write_all(request.as_bytes());
            client
        };
        // One leaves with a reset, one with an end, and one stays and takes nothing more.
        set_socket_linger(client().stream, Some(Duration::ZERO)).expect("it is a socket");
        client().send_no_more();
        silent.push(client());
    }
    assert_eq!(health(server.address), "ok\n");
    server.signal(Signal::INT);
    let (_, said) = server.ended();
    assert!(said.ends_with(", cut off: 0\n"), "{said}");
    assert_eq!(server.rest_of_errors(), [""; 0]);
}
