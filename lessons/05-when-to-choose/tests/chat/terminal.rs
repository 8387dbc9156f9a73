//! What a person sees who starts a chat.

use std::net::TcpListener;

use lesson_testing::{Exit, Program, at_once, lines_without_echo};

use crate::client::Client;

const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-05"));

const CHATS: [&str; 4] = ["chat-threads", "chat-tokio", "chat-async-std", "chat-smol"];

/// Has tests of its own, which are named after it.
const PYTHON: [&str; 1] = ["python-chat"];

const DEMONSTRATION: [&str; 26] = [
    " ada < * your name, please",
    " ada > ada",
    " ada < * welcome, ada; nobody else is here",
    " bob < * your name, please",
    " bob > bob",
    " bob < * welcome, bob; here: ada",
    " ada < * bob has joined",
    " eve < * your name, please",
    " eve > eve",
    " eve < * welcome, eve; here: ada, bob",
    " ada < * eve has joined",
    " bob < * eve has joined",
    " ada > hello, both of you",
    " bob < <ada> hello, both of you",
    " eve < <ada> hello, both of you",
    " bob > /to ada who is she?",
    " ada < <bob, to you> who is she?",
    " eve > /list",
    " eve < * here: ada, bob, eve",
    " eve > /leave",
    " eve < * bye; 0 lines of yours passed on",
    " ada < * eve has left",
    " bob < * eve has left",
    " ada < * the chat ends; 1 line of yours passed on",
    " bob < * the chat ends; 1 line of yours passed on",
    "the chat has ended: 3 clients joined, 2 lines passed on, 0 missed by slow readers; 0 cut off",
];

#[test]
fn the_demonstration_is_the_same_on_all_four() {
    play_the_demonstration(&CHATS);
}

#[test]
fn python_plays_the_same_demonstration() {
    play_the_demonstration(&PYTHON);
}

fn play_the_demonstration(chats: &[&str]) {
    for (variant, (run, output)) in at_once(chats, |variant| (LESSON.run([variant]), LESSON.output([variant]))) {
        assert_eq!(run.exit, Exit::Code(0), "{variant}: {:?}", run.screen);
        assert_eq!(run.screen.lines(), DEMONSTRATION, "{variant}");
        assert!(run.screen.cursor_visible(), "{variant}");
        // In a pipe, too.
        assert!(output.status.success(), "{variant}");
        let text = String::from_utf8(output.stdout).expect("it is text");
        assert_eq!(text.lines().collect::<Vec<_>>(), DEMONSTRATION, "{variant}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{variant}");
    }
}

#[test]
fn ctrl_c_ends_a_chat_in_good_order() {
    end_by_ctrl_c(&CHATS);
}

#[test]
fn ctrl_c_ends_python_in_good_order() {
    end_by_ctrl_c(&PYTHON);
}

fn end_by_ctrl_c(chats: &[&str]) {
    at_once(chats, |variant| {
        let terminal = LESSON.terminal([variant]).env("LISTEN", "127.0.0.1:0");
        let mut session = terminal.start().expect("the lesson can be started");
        session.wait_until("it to listen", |screen| screen.contains("Ctrl-C ends it")).expect("it listens");
        let line = session.screen().lines().remove(0);
        let address = line.strip_prefix("listening on ").and_then(|rest| rest.split(": ").next()?.parse().ok());
        let mut client = Client::connect(address.unwrap_or_else(|| panic!("{line:?} names an address")));
        client.gets("* your name, please");
        session.interrupt().expect("the terminal takes keys");
        assert_eq!(client.rest(), ["* the chat ends; 0 lines of yours passed on"], "{variant}");
        let run = session.finish().expect("it ends");
        assert_eq!(run.exit.as_shell(), 130, "{variant}: {:?}", run.screen);
        let lines = lines_without_echo(&run.screen);
        let end = "the chat has ended: 0 clients joined, 0 lines passed on, 0 missed by slow readers; 0 cut off";
        // The echo of Ctrl-C may stand before a line.
        let lines: Vec<_> = lines[1..].iter().map(|line| line.trim_start_matches("^C")).collect();
        assert_eq!(lines, ["ending, and everybody is told; Ctrl-C again waits for nobody", end], "{variant}");
        assert!(run.screen.cursor_visible(), "{variant}");
    });
}

#[test]
fn what_it_cannot_do_is_one_sentence() {
    say_what_it_cannot_do(&CHATS, "lesson-05");
}

#[test]
fn what_python_cannot_do_is_one_sentence() {
    say_what_it_cannot_do(&PYTHON, "chat_server.py");
}

fn say_what_it_cannot_do(chats: &[&str], program: &str) {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let taken = taken.local_addr().expect("it listens").to_string();
    for (name, value, sentence) in [
        ("LISTEN", "4000", "LISTEN=4000 is no IP address with a port; write one such as LISTEN=127.0.0.1:4000"),
        ("LISTEN", taken.as_str(), "LISTEN=127.0.0.1:0 takes any port that is free"),
        ("CONNECTIONS", "0", "CONNECTIONS=0 is no whole number from 1 to "),
        ("STALL", "long", "STALL=long is no whole number from 1 to 600000; without it, it is 10000"),
    ] {
        at_once(chats, |variant| {
            let session = LESSON.terminal([variant]).env(name, value).start().expect("the lesson can be started");
            let run = session.finish().expect("it ends by itself");
            let code = if sentence.contains("takes any port") { 1 } else { 2 };
            assert_eq!(run.exit, Exit::Code(code), "{variant}: {:?}", run.screen);
            let lines = run.screen.lines();
            let is_said = lines[0].starts_with(&format!("{program}: ")) && lines[0].contains(sentence);
            assert!(lines.len() == 1 && is_said, "{variant}: {lines:?}");
        });
    }
}
