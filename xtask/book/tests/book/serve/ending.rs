//! Ctrl-C and `kill`, at any moment.

use super::{
    http::{self, PATIENCE},
    server::{LISTING, PROGRAM, Server, page, port_in, small},
};
use crate::fixture::Fixture;
use lesson_terminal::{Exit, Session, Terminal};
use std::{
    fs::{self, File},
    io::Write,
    net::TcpStream,
    os::unix::process::ExitStatusExt,
    process::Command,
};

const SIGINT: i32 = 2;
const SIGTERM: i32 = 15;

fn start(fixture: &Fixture) -> Session {
    let root = fixture.root().to_str().expect("the folder has a plain name");
    let terminal = Terminal::new(PROGRAM).args(["serve", "--port", "0", "--project", root]);
    terminal.size(200, 24).patience(PATIENCE).start().expect("there is a terminal")
}

/// Waits for its address, and returns the port in it.
fn port(session: &mut Session) -> u16 {
    let mut port = 0;
    let has_address = |line: &String| line.contains("Ctrl-C");
    session
        .wait_until("its address", |screen| {
            screen.lines().into_iter().find(has_address).map(|line| port = port_in(&line)).is_some()
        })
        .expect("it says where it is");
    port
}

fn is_left(fixture: &Fixture) -> bool {
    fs::read_dir(fixture.path("target/serve")).is_ok_and(|mut left| left.next().is_some())
}

/// A listing that can be read only when somebody has written into it, so that a build stands still.
fn make_a_pipe_of_the_listing(fixture: &Fixture) {
    let path = fixture.path(LISTING);
    fs::remove_file(&path).expect("it is there");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()), "the system has pipes");
}

/// Returns when the build stands still.
fn wait_for_the_build(fixture: &Fixture) -> File {
    File::options().write(true).open(fixture.path(LISTING)).expect("the build opens the other end")
}

/// Lets the build go on that stands still.
fn release(fixture: &Fixture, mut pipe: File) {
    // It may be read again, and then shall not stand still again.
    fs::remove_file(fixture.path(LISTING)).expect("it is there");
    fixture.write(LISTING, "pub fn main() {}\n");
    pipe.write_all(b"pub fn main() {}\n").expect("the build reads it");
}

#[test]
fn ctrl_c_while_it_serves() {
    let fixture = small();
    let mut session = start(&fixture);
    let port = port(&mut session);
    // A page stays connected as long as it is shown.
    let mut news = http::News::of(port);
    news.next();
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Signal(SIGINT));
    assert_eq!(run.exit.as_shell(), 130);
    let lines = run.screen.lines();
    assert!(lines.len() == 2 && lines[1].starts_with("^C"), "{lines:?}");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is free again");
    assert!(!is_left(&fixture));
}

#[test]
fn ctrl_c_during_the_first_build() {
    let fixture = small();
    make_a_pipe_of_the_listing(&fixture);
    let mut session = start(&fixture);
    let pipe = wait_for_the_build(&fixture);
    session.interrupt().expect("the terminal takes keys");
    session.wait_until("what it waits for", |screen| screen.text().contains("once more")).expect("it says so");
    release(&fixture, pipe);
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Signal(SIGINT));
    // Neither a backtrace, nor the address of a book that nobody will see.
    let lines = run.screen.lines();
    assert!(lines.len() == 1 && lines[0].starts_with("^Cwaiting for the build to end"), "{lines:?}");
    assert!(!is_left(&fixture), "nothing half-built is left");
}

#[test]
fn ctrl_c_during_a_later_build() {
    let fixture = small();
    let mut session = start(&fixture);
    port(&mut session);
    make_a_pipe_of_the_listing(&fixture);
    let pipe = wait_for_the_build(&fixture);
    session.interrupt().expect("the terminal takes keys");
    release(&fixture, pipe);
    assert_eq!(session.finish().expect("it ends").exit, Exit::Signal(SIGINT));
    assert!(!is_left(&fixture), "nothing half-built is left");
}

#[test]
fn ctrl_c_twice_waits_for_no_build() {
    let fixture = small();
    let mut session = start(&fixture);
    port(&mut session);
    make_a_pipe_of_the_listing(&fixture);
    let _never_released = wait_for_the_build(&fixture);
    session.interrupt().expect("the terminal takes keys");
    session.wait_until("what it waits for", |screen| screen.text().contains("once more")).expect("it says so");
    session.interrupt().expect("the terminal takes keys");
    assert_eq!(session.finish().expect("it ends").exit, Exit::Signal(SIGINT));
}

#[test]
fn the_book_is_served_while_it_is_built() {
    let server = Server::start(small());
    let mut news = server.news();
    news.next();
    make_a_pipe_of_the_listing(&server.fixture);
    let pipe = wait_for_the_build(&server.fixture);
    let html = server.get("/page.html");
    assert!(html.status == 200 && html.body.contains("The first sentence."), "the last good build is served");
    // What is saved during a build is built after it.
    server.fixture.write(super::server::PAGE, &page("Saved meanwhile."));
    release(&server.fixture, pipe);
    while !server.get("/page.html").body.contains("Saved meanwhile.") {
        news.next();
    }
}

#[test]
fn a_system_that_shuts_down() {
    let mut server: Server = Server::start(small());
    assert_eq!(server.terminate().signal(), Some(SIGTERM));
    assert!(!is_left(&server.fixture));
}
