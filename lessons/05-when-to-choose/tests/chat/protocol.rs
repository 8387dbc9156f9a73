//! The suite. Each test is run against each program.

use std::{
    io::Write,
    net::Shutdown,
    os::unix::process::ExitStatusExt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rustix::process::Signal;

use crate::{
    client::Client,
    server::{Server, let_many_files_be_open},
};

macro_rules! each_chat {
    ($($test:ident)*) => {
        each_chat!(@ threads "chat-threads" $($test)*);
        each_chat!(@ tokio "chat-tokio" $($test)*);
        each_chat!(@ async_std "chat-async-std" $($test)*);
        each_chat!(@ smol "chat-smol" $($test)*);
        each_chat!(@ python "python-chat" $($test)*);
    };
    (@ $module:ident $variant:literal $($test:ident)*) => {
        mod $module {
            $(#[test]
            fn $test() {
                super::$test($variant);
            })*
        }
    };
}

each_chat! {
    people_talk
    a_client_that_has_said_its_last_word_still_gets_its_answers
    a_client_that_vanishes_is_gone_and_nobody_else
    bytes_may_come_one_at_a_time
    a_slow_reader_delays_nobody_and_is_told_what_it_missed
    a_slow_reader_is_told_what_it_missed_though_nobody_says_more
    whoever_takes_nothing_at_all_is_dropped
    a_line_has_one_stall_and_no_more
    who_has_left_and_stays_is_waited_for_no_longer_than_a_stall
    who_asks_and_does_not_read_waits_alone
    who_leaves_and_does_not_read_waits_alone
    a_thousand_may_be_idle
    a_full_chat_says_so
    what_is_malformed_is_reported_and_harms_nobody
    a_slash_alone_is_no_text
    a_name_is_refused_if_it_could_be_taken_for_another
    nothing_looks_like_a_line_of_another
    any_bytes_are_survived
    the_end_is_told_to_everybody
    what_was_accepted_under_load_arrives_before_the_end
    an_end_waits_for_nobody_for_ever
    a_second_signal_ends_it_at_once
    a_chat_without_file_descriptors_serves_whom_it_has
    a_chat_without_file_descriptors_can_end
}

fn people_talk(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut bob = chat.client("bob");
    ada.gets("* bob has joined");
    let mut late = chat.stranger();
    late.says("bob");
    late.gets("! bob is here already; try another name");
    late.says("Zoë");
    late.gets("* welcome, Zoë; here: ada, bob");
    ada.gets("* Zoë has joined");
    bob.gets("* Zoë has joined");
    ada.says("hello, wörld\r");
    bob.gets("<ada> hello, wörld");
    late.gets("<ada> hello, wörld");
    bob.says("/to ada just you");
    ada.gets("<bob, to you> just you");
    bob.says("/list");
    bob.gets("* here: Zoë, ada, bob");
    bob.says("/leave");
    assert_eq!(bob.rest(), ["* bye; 1 line of yours passed on"]);
    ada.gets("* bob has left");
    late.gets("* bob has left");
    // The name is free again.
    chat.client("bob").is_heard();
}

fn a_client_that_has_said_its_last_word_still_gets_its_answers(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut piped = Client::connect(chat.address);
    // As `printf … | nc -N`: everything at once, the last line without its end.
    piped.sends(b"bob\nhello\n/list\n/to ada psst");
    piped.closes_its_half();
    assert_eq!(
        piped.rest(),
        ["* your name, please", "* welcome, bob; here: ada", "* here: ada, bob", "* bye; 2 lines of yours passed on"]
    );
    assert_eq!(
        [ada.line(), ada.line(), ada.line(), ada.line()].map(Option::unwrap_or_default),
        ["* bob has joined", "<bob> hello", "<bob, to you> psst", "* bob has left"]
    );
}

fn a_client_that_vanishes_is_gone_and_nobody_else(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    for round in 0..5 {
        let mut bob = chat.client("bob");
        ada.gets("* bob has joined");
        for line in ["one", "two"] {
            ada.says(line);
        }
        // Wherever it is: after its lines have come, or while they do.
        if round % 2 == 0 {
            bob.gets("<ada> one");
            bob.gets("<ada> two");
        }
        ada.says("three");
        // What it has begun to say is no line.
        bob.sends(b"but");
        bob.resets();
        ada.gets("* bob has left");
        // Or the next bob may get what was meant for this one.
        ada.is_heard();
    }
    drop(chat.stranger());
    drop(Client::connect(chat.address));
    ada.is_heard();
    drop(ada);
    chat.signal(Signal::INT);
    assert_eq!(chat.ended().errors, "");
}

fn bytes_may_come_one_at_a_time(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut bob = Client::connect(chat.address);
    for byte in "bob\r\nhällo\n/to ada 🦀\n".bytes() {
        bob.sends(&[byte]);
    }
    ada.gets("* bob has joined");
    ada.gets("<bob> hällo");
    ada.gets("<bob, to you> 🦀");
}

fn a_slow_reader_delays_nobody_and_is_told_what_it_missed(variant: &str) {
    const LINES: usize = 10_000;
    let chat = Server::start(variant, &[("STALL", "600000")]);
    let mut slow = chat.client("slow").has_little_room();
    let mut ada = chat.client("ada");
    let mut bob = chat.client("bob");
    ada.gets("* bob has joined");
    let text = "x".repeat(900);
    // More than the outbox and the buffers of the system hold together. What bob is told to his face he gets, or ada
    // hears of it; so they wait for each other, and for nobody else.
    for number in 0..LINES {
        ada.says(&format!("{number} {text}"));
        if number % 100 == 99 {
            ada.says("/to bob are you there?");
            while !bob.line().expect("the chat goes on").contains("are you there") {}
        }
    }
    ada.says("/leave");
    assert_eq!(ada.rest(), [format!("* bye; {} lines of yours passed on", LINES + LINES / 100)]);
    slow.has_much_room();
    slow.closes_its_half();
    let (mut got, mut missed) = (0, 0);
    for line in slow.rest() {
        if let Some(count) = line.strip_prefix("* ").and_then(|rest| rest.split_once(" missed here")) {
            missed += count.0.split(' ').next().and_then(|count| count.parse::<usize>().ok()).expect("it is a count");
        } else if let Some(rest) = line.strip_prefix("<ada> ") {
            let number: usize = rest.split(' ').next().and_then(|number| number.parse().ok()).expect("it is a number");
            // It knows exactly where the gaps are.
            assert_eq!(number, got + missed);
            got += 1;
        } else {
            // Who joined, who left, and the end.
            assert!(line.starts_with("* "), "{line:?}");
        }
    }
    assert!(missed > 0, "nothing was missed");
    // That ada has left can be missed as well.
    assert!((LINES..=LINES + 1).contains(&(got + missed)), "{got} lines and {missed} missed");
}

fn a_slow_reader_is_told_what_it_missed_though_nobody_says_more(variant: &str) {
    const LINES: usize = 10_000;
    let chat = Server::start(variant, &[("STALL", "600000")]);
    let mut slow = chat.client("slow").has_little_room();
    let mut ada = chat.client("ada");
    slow.gets("* ada has joined");
    let text = "x".repeat(900);
    for number in 0..LINES {
        ada.says(&format!("{number} {text}"));
    }
    ada.is_heard();
    slow.has_much_room();
    let (mut got, mut missed) = (0, 0);
    while got + missed < LINES {
        let line = slow.line().expect("the chat goes on");
        match line.split_once(" missed here") {
            Some((count, _)) => {
                let count = count.trim_start_matches("* ").split(' ').next();
                missed += count.and_then(|count| count.parse::<usize>().ok()).expect("it is a count");
            }
            None => got += 1,
        }
    }
    assert!(missed > 0, "nothing was missed");
}

fn whoever_takes_nothing_at_all_is_dropped(variant: &str) {
    // It is also the time that the chat gives the others at its end, so it is longer than a busy machine takes for that.
    let chat = Server::start(variant, &[("STALL", "2000")]);
    let _dead = chat.client("dead").has_little_room();
    let mut ada = chat.client("ada");
    let text = "x".repeat(990);
    // It may take a while until the buffers of the system are full.
    let mut sender = ada.stream().try_clone().expect("there are files enough");
    let flood = thread::spawn(move || while sender.write_all(format!("{text}\n").as_bytes()).is_ok() {});
    ada.gets("* dead has left");
    ada.closes_its_half();
    flood.join().expect("it ends when ada does");
    ada.rest();
    chat.signal(Signal::INT);
    let ended = chat.ended();
    assert!(ended.summary.ends_with("; 1 cut off"), "{}", ended.summary);
    assert_eq!(ended.errors, "");
}

fn a_line_has_one_stall_and_no_more(variant: &str) {
    const STALL: Duration = Duration::from_secs(4);
    let chat = Server::start(variant, &[("STALL", &STALL.as_millis().to_string())]);
    let _dead = chat.client("dead").has_little_room();
    let mut ada = chat.client("ada");
    let lines = format!("/to dead {}\n", "x".repeat(900)).repeat(100);
    // When its outbox was found full, and has been since: its writer waited already by then.
    let mut full_since = None;
    loop {
        ada.sends(lines.as_bytes());
        let answers = ada.is_heard_at_last();
        if answers.iter().any(|answer| answer == "* dead has left") {
            break;
        }
        if answers.len() == 100 {
            full_since.get_or_insert_with(Instant::now);
            thread::sleep(Duration::from_millis(20));
        } else {
            full_since = None;
        }
    }
    let waited = full_since.expect("its outbox was full").elapsed();
    assert!(waited < STALL * 3 / 2, "it was dropped after {waited:?}");
}

fn who_has_left_and_stays_is_waited_for_no_longer_than_a_stall(variant: &str) {
    /// How long a client has to be silent before the server closes, if `STALL` is not shorter.
    const LINGER: Duration = Duration::from_secs(1);
    let chat = Server::start(variant, &[("CONNECTIONS", "1"), ("STALL", "100")]);
    let the_only_client = || loop {
        let mut client = Client::connect(chat.address);
        if client.line().as_deref() == Some("* your name, please") {
            return client;
        }
    };
    let waits = (0..10).map(|_| {
        let mut ada = the_only_client();
        ada.says("/leave");
        ada.gets("* bye; 0 lines of yours passed on");
        let left = Instant::now();
        the_only_client();
        left.elapsed()
    });
    // On a machine that has other work to do, a single one may take long.
    let shortest = waits.min().expect("there are ten");
    assert!(shortest < LINGER, "{shortest:?}");
}

fn who_asks_and_does_not_read_waits_alone(variant: &str) {
    let chat = Server::start(variant, &[("STALL", "600000")]);
    let (mut dead, mut ada) = dead_and_ada(&chat);
    // There is no room for the answers.
    dead.sends("/list\n".repeat(1_000).as_bytes());
    let mut bob = chat.client("bob");
    ada.gets("* bob has joined");
    for number in 0..200 {
        ada.says(&format!("/to bob ping {number}"));
        bob.gets(&format!("<ada, to you> ping {number}"));
    }
    // It was only slow after all, and finds all its answers.
    dead.has_much_room();
    dead.closes_its_half();
    let answers = dead.rest().into_iter().filter(|line| line.starts_with("* here: ada, ")).count();
    assert_eq!(answers, 1_000);
}

fn who_leaves_and_does_not_read_waits_alone(variant: &str) {
    let chat = Server::start(variant, &[("STALL", "600000")]);
    let (mut dead, mut ada) = dead_and_ada(&chat);
    dead.says("/leave");
    // It goes as soon as it has said so, even if its last line can't be told.
    ada.gets("* dead has left");
    chat.client("bob").is_heard();
}

fn a_thousand_may_be_idle(variant: &str) {
    const IDLE: usize = 1_000;
    let_many_files_be_open();
    let chat = Server::start(variant, &[("CONNECTIONS", "1100"), ("STALL", "60000")]);
    let idle: Vec<_> = (0..IDLE).map(|_| chat.stranger()).collect();
    let mut ada = chat.client("ada");
    let mut bob = chat.client("bob");
    ada.gets("* bob has joined");
    for number in 0..500 {
        ada.says(&format!("ping {number}"));
        bob.gets(&format!("<ada> ping {number}"));
        bob.says(&format!("pong {number}"));
        ada.gets(&format!("<bob> pong {number}"));
    }
    chat.signal(Signal::INT);
    for client in idle {
        assert_eq!(client.rest(), ["* the chat ends; 0 lines of yours passed on"]);
    }
    drop((ada, bob));
    let ended = chat.ended();
    assert_eq!(
        ended.summary,
        "the chat has ended: 2 clients joined, 1000 lines passed on, 0 missed by slow readers; 0 cut off"
    );
}

fn a_full_chat_says_so(variant: &str) {
    let chat = Server::start(variant, &[("CONNECTIONS", "2")]);
    let mut ada = chat.client("ada");
    let bob = chat.client("bob");
    ada.gets("* bob has joined");
    for _ in 0..20 {
        assert_eq!(Client::connect(chat.address).rest(), ["! the chat is full; try again later"]);
    }
    let mut bob = bob;
    bob.closes_its_half();
    assert_eq!(bob.rest(), ["* bye; 0 lines of yours passed on"]);
    ada.gets("* bob has left");
    // He has left before his connection has.
    while Client::connect(chat.address).line().as_deref() != Some("* your name, please") {}
    ada.is_heard();
}

fn what_is_malformed_is_reported_and_harms_nobody(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut bob = chat.stranger();
    for (sent, answer) in [
        (&b"\n"[..], "! a name has 1 to 20 letters, digits, - or _; try another one"),
        (b"<ada>\n", "! a name has 1 to 20 letters, digits, - or _; try another one"),
        (b"\xc3\x28\n", "! that line is no UTF-8 and was not passed on"),
        (b"bob\n", "* welcome, bob; here: ada"),
        (b"\xff\xfe\n", "! that line is no UTF-8 and was not passed on"),
        (b"\x1b[2J\n", "! that line has control characters and was not passed on"),
        (b"/to\n", "! it is /to NAME TEXT"),
    ] {
        bob.sends(sent);
        bob.gets(answer);
    }
    bob.sends(&[b'x'; 1_001]);
    bob.sends(&vec![b'x'; 1_000_000]);
    bob.says("");
    bob.gets("! a line has at most 1000 bytes; that one was not passed on");
    bob.says(&"y".repeat(1_000));
    ada.gets("* bob has joined");
    ada.gets(&format!("<bob> {}", "y".repeat(1_000)));
}

fn a_slash_alone_is_no_text(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut bob = chat.client("bob");
    ada.gets("* bob has joined");
    for line in ["/ hello", "/", "/ ", "/ /leave"] {
        bob.says(line);
        bob.gets("! the commands are /to NAME TEXT, /list and /leave; a text that begins with / takes //");
    }
    bob.says("// hello");
    // Nothing has come before it.
    ada.gets("<bob> / hello");
}

fn a_name_is_refused_if_it_could_be_taken_for_another(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut bob = chat.client("bob");
    let mut other = chat.stranger();
    let none = "! a name has 1 to 20 letters, digits, - or _; try another one";
    for (name, answer) in [
        ("ｂｏｂ", "! bob is here already; try another name"),
        ("BOB", "! BOB could be taken for bob, who is here; try another name"),
        ("\u{3164}", none),
        ("b\u{202e}b", "! that line has control characters and was not passed on"),
    ] {
        other.says(name);
        other.gets(answer);
    }
    // The second letter is Cyrillic.
    other.says("bоb");
    if variant == "python-chat" {
        // Python's standard library has no table of what looks alike.
        other.gets("* welcome, bоb; here: bob");
        bob.gets("* bоb has joined");
        other.says("/leave");
        bob.gets("* bоb has left");
    } else {
        other.gets("! bоb could be taken for bob, who is here; try another name");
    }
    for (typed, name) in [("कृष्ण", "कृष्ण"), ("தமிழ்", "தமிழ்"), ("Rene\u{301}", "René")]
    {
        let mut client = chat.stranger();
        client.says(typed);
        client.gets_what_begins(&format!("* welcome, {name}; here: "));
        bob.gets(&format!("* {name} has joined"));
        // Names are found in any case.
        client.says("/to Bob hi");
        bob.gets(&format!("<{name}, to you> hi"));
        drop(client);
        bob.gets(&format!("* {name} has left"));
    }
}

fn nothing_looks_like_a_line_of_another(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let mut eve = chat.client("eve");
    ada.gets("* eve has joined");
    // A line separator, a paragraph separator, an override, an isolate, and a mark for right to left.
    for character in ['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}', '\u{200f}'] {
        eve.says(&format!("yes{character}<bob> I agree"));
        eve.gets("! that line has control characters and was not passed on");
    }
    // Letters that are written from right to left are text.
    eve.says("שלום ada");
    ada.gets("<eve> שלום ada");
}

fn any_bytes_are_survived(variant: &str) {
    let chat = Server::start(variant, &[]);
    let mut ada = chat.client("ada");
    let bytes = prop_oneof![Just(b'\n'), Just(b'/'), Just(b' '), any::<u8>()];
    let garbage = (vec(bytes, 0..3_000), any::<bool>());
    TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() })
        .run(&garbage, |(bytes, joins)| {
            let eve = if joins { chat.client("eve") } else { chat.stranger() };
            // It may have said `/leave`.
            let _ = eve.stream().write_all(&bytes);
            let _ = eve.stream().shutdown(Shutdown::Write);
            prop_assert!(String::from_utf8(eve.bytes()).is_ok());
            Ok(())
        })
        .expect("the chat goes on");
    for line in ada.is_heard_at_last() {
        // It may have given another name than hers.
        let says_whose_it_is = line.starts_with("* ") || (line.starts_with('<') && line.contains("> "));
        assert!(says_whose_it_is && !line.contains(|c: char| c != '\t' && c.is_control()), "{line:?}");
    }
}

fn the_end_is_told_to_everybody(variant: &str) {
    for (signal, number) in [(Signal::INT, 2), (Signal::TERM, 15)] {
        let chat = Server::start(variant, &[]);
        let mut ada = chat.client("ada");
        let bob = chat.client("bob");
        let stranger = chat.stranger();
        ada.gets("* bob has joined");
        ada.says("hello");
        ada.is_heard();
        chat.signal(signal);
        assert_eq!(ada.rest(), ["* the chat ends; 1 line of yours passed on"]);
        assert_eq!(bob.rest(), ["<ada> hello", "* the chat ends; 0 lines of yours passed on"]);
        assert_eq!(stranger.rest(), ["* the chat ends; 0 lines of yours passed on"]);
        let ended = chat.ended();
        assert_eq!(ended.status.signal(), Some(number), "{}", ended.errors);
        assert_eq!(
            ended.summary,
            "the chat has ended: 2 clients joined, 1 line passed on, 0 missed by slow readers; 0 cut off"
        );
        assert_eq!(ended.errors, "");
    }
}

fn what_was_accepted_under_load_arrives_before_the_end(variant: &str) {
    let chat = Server::start(variant, &[]);
    let listener = chat.client("listener");
    let senders: Vec<_> = (0..4).map(|number| chat.client(&format!("sender{number}"))).collect();
    let sending: Vec<_> = senders
        .into_iter()
        .enumerate()
        .map(|(number, mut sender)| {
            thread::spawn(move || {
                let mut stream = sender.stream().try_clone().expect("there are files enough");
                let ended = Arc::new(AtomicBool::new(false));
                let has_ended = Arc::clone(&ended);
                let reading = thread::spawn(move || {
                    let mut last = String::new();
                    while let Some(line) = sender.line() {
                        last = line;
                    }
                    ended.store(true, SeqCst);
                    let count = last.strip_prefix("* the chat ends; ").and_then(|rest| rest.split(' ').next());
                    count.and_then(|count| count.parse::<u64>().ok()).unwrap_or_else(|| panic!("{last:?} is the end"))
                });
                // Also while the chat ends.
                for count in 0_u64.. {
                    let line = format!("{count} of {number}\n");
                    if has_ended.load(SeqCst) || stream.write_all(line.as_bytes()).is_err() {
                        break;
                    }
                }
                reading.join().expect("it ends")
            })
        })
        .collect();
    let mut listener = listener;
    let (mut got, mut missed) = (0_u64, 0_u64);
    let mut count = |line: &str| {
        if line.starts_with("<sender") {
            got += 1;
        } else if let Some((lines, _)) = line.strip_prefix("* ").and_then(|rest| rest.split_once(" missed here")) {
            missed += lines.split(' ').next().and_then(|lines| lines.parse::<u64>().ok()).expect("it is a count");
        }
        got + missed
    };
    while count(&listener.line().expect("the chat goes on")) < 2_000 {}
    chat.signal(Signal::INT);
    for line in listener.rest() {
        count(&line);
    }
    let passed_on: u64 = sending.into_iter().map(|sender| sender.join().expect("it ends")).sum();
    // Four have joined after it, and whoever is slow may miss that too.
    let notices = got + missed - passed_on;
    assert!(notices <= 4, "{passed_on} lines were passed on, {got} came, {missed} were missed");
    let ended = chat.ended();
    assert!(ended.summary.contains(&format!(", {passed_on} lines passed on, ")), "{}", ended.summary);
    assert_eq!(ended.status.signal(), Some(2), "{}", ended.errors);
}

fn an_end_waits_for_nobody_for_ever(variant: &str) {
    let chat = Server::start(variant, &[("STALL", "4000")]);
    let (dead, ada) = dead_and_ada(&chat);
    chat.signal(Signal::INT);
    // She has not read that the other one has left, if that was before the end.
    assert!(ada.rest().pop().is_some_and(|last| last.starts_with("* the chat ends; ")));
    let ended = chat.ended();
    assert_eq!(ended.status.signal(), Some(2), "{}", ended.errors);
    assert!(ended.summary.starts_with("the chat has ended: 2 clients joined"), "{}", ended.summary);
    // Whatever the system has taken for it in the end: it was told, or somebody else was.
    dead.has_much_room();
    let is_told = String::from_utf8_lossy(&dead.bytes()).contains("\n* the chat ends; ");
    assert!(is_told || ended.summary.ends_with("; 1 cut off"), "{}", ended.summary);
}

fn a_second_signal_ends_it_at_once(variant: &str) {
    let chat = Server::start(variant, &[("STALL", "600000")]);
    let ada = chat.client("ada");
    // The chat waits for her after its last line, since she never stops.
    let mut sender = ada.stream().try_clone().expect("there are files enough");
    let flood = thread::spawn(move || while sender.write_all(&[b'x'; 1_000]).is_ok() {});
    chat.signal(Signal::INT);
    assert!(ada.rest().pop().is_some_and(|last| last.starts_with("* the chat ends; ")));
    chat.signal(Signal::INT);
    let ended = chat.ended();
    flood.join().expect("it ends when the chat does");
    assert_eq!(ended.status.signal(), Some(2), "{}", ended.errors);
    // Nothing came after what it says first.
    assert_eq!(ended.summary, "ending, and everybody is told; Ctrl-C again waits for nobody");
    assert_eq!(ended.errors, "");
}

/// Somebody who takes nothing, and for whom more waits than the system has room for, and somebody who is well.
fn dead_and_ada(chat: &Server) -> (Client, Client) {
    let dead = chat.client("dead").has_little_room();
    let mut ada = chat.client("ada");
    let lines = format!("/to dead {}\n", "x".repeat(900)).repeat(100);
    // One refusal alone says only that its writer has not had its turn for a while.
    let mut refusals = 0;
    while refusals < 30 {
        ada.sends(lines.as_bytes());
        let is_refused = ada.is_heard_at_last().len() == 100;
        refusals = if is_refused { refusals + 1 } else { 0 };
        if is_refused {
            thread::sleep(Duration::from_millis(20));
        }
    }
    (dead, ada)
}

fn a_chat_without_file_descriptors_serves_whom_it_has(variant: &str) {
    let mut chat = Server::with_few_files(variant, 40);
    let mut ada = chat.client("ada");
    // The system lets them connect; the chat can't let them in.
    let mut crowd: Vec<_> = (0..60).map(|_| Client::connect(chat.address)).collect();
    let complaint = chat.complains();
    assert!(complaint.starts_with("cannot accept: Too many open files"), "{complaint}");
    let mut bob = crowd.remove(0);
    bob.gets("* your name, please");
    bob.says("bob");
    ada.gets("* bob has joined");
    drop(crowd);
    assert_eq!(chat.complains(), "accepting again\n");
    chat.client("late").is_heard();
}

fn a_chat_without_file_descriptors_can_end(variant: &str) {
    let mut chat = Server::with_few_files(variant, 40);
    let ada = chat.client("ada");
    let crowd: Vec<_> = (0..60).map(|_| Client::connect(chat.address)).collect();
    chat.complains();
    chat.signal(Signal::INT);
    assert_eq!(ada.rest(), ["* the chat ends; 0 lines of yours passed on"]);
    drop(crowd);
    let ended = chat.ended();
    assert_eq!(ended.status.signal(), Some(2), "{}", ended.errors);
    assert!(ended.summary.starts_with("the chat has ended: 1 client joined, 0 lines passed on"), "{}", ended.summary);
}
