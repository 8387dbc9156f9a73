//! The services that are told to stop: whoever was accepted is answered or told, and the account adds up.
//!
//! The customers are ours here, so that a test knows what is in flight when the signal comes.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use lesson_testing::{Exit, Run, Session, at_once, lines_without_echo};
use rustix::process::Signal;

use crate::LESSON;

const SERVICES: [&str; 4] = ["shutdown", "shutdown-threads", "shutdown-async-std", "shutdown-smol"];

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service that waits for customers, and the port where it does.
fn serving(arguments: &[&str], drain: &str) -> (Session, u16) {
    LESSON.with(&[("DRAIN", drain)]).serving(arguments)
}

/// A customer who has asked, and waits.
fn customer(port: u16, question: &str) -> TcpStream {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it serves");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
    stream.write_all(question.as_bytes()).expect("it reads");
    stream
}

fn answer(mut customer: TcpStream) -> String {
    let mut answer = String::new();
    customer.read_to_string(&mut answer).expect("it answers, and hangs up in good order");
    answer
}

/// Waits until the status line says so.
fn wait_for(session: &mut Session, status: &str) {
    session.wait_until(status, |screen| screen.line_with_cursor().ends_with(status)).expect("it gets there");
}

/// How it ended, and its last two lines: why it stopped, and the account.
fn ending(run: &Run) -> (i32, [String; 2]) {
    let mut lines = lines_without_echo(&run.screen);
    // The echo of Ctrl-C may stand before what was printed next.
    for line in &mut lines {
        *line = line.trim_start_matches("^C").to_owned();
    }
    lines.retain(|line| !line.is_empty());
    assert_eq!(lines.len(), 3, "nothing is left over: {:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    (run.exit.as_shell(), [lines.remove(1), lines.remove(1)])
}

/// The signal comes while somebody's work is going on, and another has not finished the question.
fn drains(variant: &str, signal: Signal, name: &str, exit: i32) {
    let (mut session, port) = serving(&[variant], "600");
    assert_eq!(answer(customer(port, "1\n")), "worked for 1 ms\n", "{variant}");
    let working = customer(port, "700\n");
    let mut asking = customer(port, "5");
    wait_for(&mut session, "2 in flight, 1 answered");
    if signal == Signal::INT {
        session.interrupt().expect("the terminal takes keys");
    } else {
        session.signal(signal).expect("it is running");
    }
    session.wait_until("it to stop", |screen| screen.contains("nobody new is accepted")).expect("it stops");
    asking.write_all(b"0\n").expect("it still reads");
    assert_eq!(answer(asking), "worked for 50 ms\n", "{variant}");
    assert_eq!(answer(working), "worked for 700 ms\n", "{variant}");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "{variant}: nobody listens any more");
    let (ended, [why, account]) = ending(&session.finish().expect("it ends"));
    assert_eq!(ended, exit, "{variant}");
    // On a machine that has better things to do the work can be over before the signal comes. The question can't.
    let in_flight = [1, 2].map(|count| format!("{name}: nobody new is accepted; {count} in flight have 600s"));
    assert!(in_flight.contains(&why), "{variant}: {why}");
    assert_eq!(account, "3 accepted: 3 answered, 0 given up, 0 hung up, 0 left behind", "{variant}");
}

#[test]
fn after_ctrl_c_everybody_is_answered() {
    at_once(&SERVICES, |variant| drains(variant, Signal::INT, "SIGINT", 130));
}

#[test]
fn after_kill_everybody_is_answered() {
    at_once(&SERVICES, |variant| drains(variant, Signal::TERM, "SIGTERM", 143));
}

/// One never finishes the question, one asks for a month, one has left, and one has asked nonsense.
#[test]
fn who_never_finishes_meets_the_deadline() {
    for variant in SERVICES {
        let (mut session, port) = serving(&[variant], "0.2");
        assert_eq!(answer(customer(port, "soon\n")), "send one line with a number of milliseconds\n", "{variant}");
        drop(customer(port, ""));
        let asking = customer(port, "5");
        let working = customer(port, "2678400000\n");
        wait_for(&mut session, "2 in flight, 1 answered");
        session.interrupt().expect("the terminal takes keys");
        assert_eq!(answer(asking), "given up\n", "{variant}");
        assert_eq!(answer(working), "given up\n", "{variant}");
        let (ended, [why, account]) = ending(&session.finish().expect("it ends"));
        assert_eq!(ended, 130, "{variant}");
        assert_eq!(why, "SIGINT: nobody new is accepted; 2 in flight have 200ms", "{variant}");
        assert_eq!(account, "4 accepted: 1 answered, 2 given up, 1 hung up, 0 left behind", "{variant}");
    }
}

/// Whichever signal comes second, and the shell sees that one.
#[test]
fn a_second_signal_leaves_at_once() {
    for variant in SERVICES {
        for (first, second, exit) in [(Signal::INT, Signal::INT, 130), (Signal::INT, Signal::TERM, 143)] {
            let (mut session, port) = serving(&[variant], "600");
            let _asking = customer(port, "5");
            let _working = customer(port, "2678400000\n");
            wait_for(&mut session, "2 in flight, 0 answered");
            session.signal(first).expect("it is running");
            session.wait_until("it to stop", |screen| screen.contains("nobody new is accepted")).expect("it stops");
            session.signal(second).expect("it is running");
            let (ended, [_, account]) = ending(&session.finish().expect("it ends"));
            assert_eq!(ended, exit, "{variant}");
            assert_eq!(account, "2 accepted: 0 answered, 0 given up, 0 hung up, 2 left behind", "{variant}");
        }
    }
}

/// The numbers in the line that `name` stands in.
fn figures(lines: &[String], name: &str) -> Vec<u32> {
    let line = lines.iter().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {lines:?}"));
    line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
}

/// By itself, with its own customers: what the service has counted is what the customers have met with.
fn adds_up(variant: &str) {
    let run = LESSON.run([variant]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[1].starts_with("closing time: nobody new is accepted; "), "{lines:?}");
    let [accepted, answered, given_up, hung_up, left_behind] = figures(&lines, " accepted: ")[..] else {
        panic!("{lines:?}");
    };
    assert_eq!((accepted, hung_up, left_behind), (answered + given_up, 0, 0), "{lines:?}");
    assert!(answered >= 3 && given_up >= 1, "{lines:?}");
    assert_eq!(figures(&lines, "customers: ")[..2], [answered, given_up], "{lines:?}");
}

#[test]
fn both_sides_count_the_same() {
    at_once(&SERVICES, adds_up);
}

/// Ctrl-C reaches the parent and the service. The parent waits for the service, and does not hurry it with a second one.
/// Then it draws what it has recorded.
#[test]
fn in_a_recording_there_is_time_to_drain() {
    let (mut session, port) = serving(&["shutdown", "--timeline"], "1");
    let asking = customer(port, "5");
    wait_for(&mut session, "1 in flight, 0 answered");
    session.interrupt().expect("the terminal takes keys");
    assert_eq!(answer(asking), "given up\n");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    let lines = run.screen.lines();
    let account = lines.iter().position(|line| line == "1 accepted: 0 answered, 1 given up, 0 hung up, 0 left behind");
    let timeline = lines.iter().position(|line| line.starts_with("shutdown on tokio "));
    assert!(account.is_some() && timeline > account, "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
}

/// How often it is tried. It stops by itself after a while, on a machine that has better things to do before the signal.
const ATTEMPTS: usize = 10;

#[test]
fn python_shutdown() {
    adds_up("python-shutdown");
    for _ in 0..ATTEMPTS {
        let mut session = LESSON.start(["python-shutdown"]);
        session.wait_until("it to serve", |screen| screen.contains("Ctrl-C stops it")).expect("it serves");
        // A terminal whose program is over takes no keys.
        let _ = session.interrupt();
        session.wait_until("it to stop", |screen| screen.contains("nobody new is accepted")).expect("it stops");
        let is_interrupted = session.screen().contains("SIGINT: ");
        session.signal(Signal::TERM).expect("it is running");
        let run = session.finish().expect("it ends");
        assert!(run.screen.contains(" left behind"), "{:?}", run.screen);
        match run.exit.as_shell() {
            143 if is_interrupted => return,
            other => assert!([0, 130, 143].contains(&other), "{:?}", run.screen),
        }
    }
    panic!("it stopped by itself {ATTEMPTS} times");
}

#[test]
fn what_is_set_wrong_is_a_sentence() {
    for variant in SERVICES {
        for (name, value, expected) in [
            ("LISTEN", "7777", "is no address; write one with its port, such as LISTEN=127.0.0.1:7777"),
            ("DRAIN", "soon", "is no number of seconds from 0 to 1000000; without it, it is 2"),
            ("DRAIN", "-1", "is no number of seconds from 0 to 1000000; without it, it is 2"),
        ] {
            let sentence = LESSON.with(&[(name, value)]).sentence([variant], 2);
            assert_eq!(sentence, format!("lesson-04: {name}={value} {expected}"));
        }
    }
}

#[test]
fn a_port_that_is_taken_is_a_sentence() {
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
    let address = taken.local_addr().expect("it has one").to_string();
    for variant in SERVICES {
        let sentence = LESSON.with(&[("LISTEN", &address)]).sentence([variant], 1);
        assert!(sentence.starts_with(&format!("lesson-04: cannot listen on {address} (")), "{sentence}");
        assert!(sentence.ends_with("); LISTEN=127.0.0.1:0 takes any port that is free"), "{sentence}");
    }
}
