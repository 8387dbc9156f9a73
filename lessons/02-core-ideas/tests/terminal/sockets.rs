//! The loop that waits for sockets, and the one that doesn't.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    time::Duration,
};

use crate::{LESSON, blocking::assert_is_table_of_frames};
use lesson_testing::{Exit, Reason::Poll, Session, figures, lines_without_echo};

/// No peer on this machine takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn each_line_goes_there_and_back() {
    let recording = LESSON.record("reactor");
    // One poll to connect or to accept, and one for each of the three lines. The first can find the other end there
    // already, and the last finds the end of the lines.
    for task in ["ask", "echo"] {
        let polls = recording.reasons(task).concat().iter().filter(|reason| **reason == Poll).count();
        assert!((3..=5).contains(&polls), "{task}: {polls} polls");
    }
    assert_eq!(recording.threads.len(), 1);
}

/// The reactor as a server.
fn listening() -> (Session, u16) {
    LESSON.serving(["reactor"])
}

fn client(port: u16) -> TcpStream {
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    client.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    client
}

/// One client says nothing, the next is answered, and a third leaves without a word.
#[test]
fn a_server_answers_whoever_asks() {
    let (mut session, port) = listening();
    let silent = client(port);
    let mut asks = client(port);
    drop(client(port));
    let mut answer = [0; 6];
    for _ in 0..3 {
        asks.write_all(b"hello\n").expect("it reads");
        asks.read_exact(&mut answer).expect("it answers");
        assert_eq!(&answer, b"hello\n");
    }
    asks.shutdown(Shutdown::Write).expect("it is connected");
    assert_eq!(asks.read(&mut answer).expect("it closes"), 0);
    let count = |screen: &str, what| screen.lines().filter(|line| line.ends_with(what)).count();
    session
        .wait_until("two of three to have gone", |screen| {
            count(&screen.text(), "has come") == 3 && count(&screen.text(), "has gone") == 2
        })
        .expect("it says who comes and goes");
    drop(silent);
    session
        .wait_until("the third to have gone", |screen| count(&screen.text(), "has gone") == 3)
        .expect("it says who comes and goes");
}

#[cfg(unix)]
#[test]
fn ctrl_c_reactor() {
    let (mut session, port) = listening();
    let mut waits = client(port);
    session.wait_until("the client to be there", |screen| screen.contains("has come")).expect("it is");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the program");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert_eq!(lines_without_echo(&run.screen).len(), 2, "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    assert_eq!(waits.read(&mut [0]).expect("the system closes it in good order"), 0);
}

#[test]
fn a_wrong_address_is_a_sentence() {
    for wrong in ["7777", "localhost:7777", "127.0.0.1", "127.0.0.1:77777"] {
        let expected =
            format!("lesson-02: LISTEN={wrong} is no address; write one with its port, such as LISTEN=127.0.0.1:7777");
        assert_eq!(LESSON.with(&[("LISTEN", wrong)]).sentence(["reactor"], 2), expected);
    }
}

#[test]
fn an_empty_address_is_none() {
    let run = LESSON.with(&[("LISTEN", "")]).run(["reactor"]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    assert_eq!(run.screen.lines().last().map(String::as_str), Some("< Goodbye!"));
}

#[test]
fn an_address_that_is_taken_is_a_sentence() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let address = taken.local_addr().expect("it has one").to_string();
    let sentence = LESSON.with(&[("LISTEN", &address)]).sentence(["reactor"], 1);
    assert!(sentence.starts_with(&format!("lesson-02: cannot listen on {address} (")), "{sentence}");
    assert!(sentence.ends_with("); LISTEN=127.0.0.1:0 takes any port that is free"), "{sentence}");
}

const ROWS: [&str; 2] = ["std::net::TcpStream", "event_loop::net::TcpStream"];

/// How often it is measured before we believe that nothing is drawn. A machine that has better things to do can keep a
/// thread waiting for longer than the server takes.
const ATTEMPTS: usize = 10;

#[test]
fn who_blocks_on_a_socket_freezes_the_spinner() {
    for _ in 0..ATTEMPTS {
        let recording = LESSON.record("blocked-socket");
        let results = figures(&recording);
        let names: Vec<_> = results.iter().map(|&(row, column, _)| (row, column)).collect();
        assert_eq!(names, ROWS.map(|row| (row, "frames")));
        assert!(results[0].2 < 1.0, "{results:?}");
        if results[1].2 >= 1.0 {
            return;
        }
    }
    panic!("nothing was ever drawn beside our own socket");
}

#[test]
fn the_table_of_frames_is_all_that_is_left() {
    assert_is_table_of_frames("blocked-socket", &ROWS);
}
