//! A port that can't be had.

use super::server::{PROGRAM, Server, small};
use std::{
    net::TcpListener,
    process::{Command, Output},
};

fn serve(port: &str) -> Output {
    // No project is needed: the port is asked for first.
    let words = ["serve", "--project", "no-such-folder", "--port", port];
    Command::new(PROGRAM).args(words).output().expect("the program is built and starts")
}

#[test]
fn a_port_in_use_is_one_sentence_with_the_command_to_use() {
    let server = Server::start(small());
    let output = serve(&server.port.to_string());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let said = String::from_utf8(output.stderr).expect("it is UTF-8");
    assert_eq!(said.lines().count(), 1, "{said}");
    let beginning = format!("error: port {} is in use; ", server.port);
    let free = said.strip_prefix(&beginning).and_then(|rest| rest.split(' ').next()).expect("another one is named");
    assert!(said.ends_with(&format!("{free} is free: `cargo xtask serve --port {free}`\n")), "{said}");
    let free = free.parse().expect("it is a port");
    // Somebody else may have taken it since. But if nobody has, it is one that can be had.
    if let Ok(taken) = TcpListener::bind(("127.0.0.1", free)) {
        assert!(taken.local_addr().is_ok_and(|address| address.port() > server.port));
    }
}

#[test]
fn a_port_that_is_no_port_is_a_mistake_on_the_command_line() {
    for port in ["many", "65536", "-1"] {
        assert_eq!(serve(port).status.code(), Some(2), "{port}");
    }
}
