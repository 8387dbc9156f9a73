//! What a client's line does, and what it is answered.

use crate::chat::{
    lines::Malformed,
    name,
    room::{Line, Missed, Outbox, Refusal, Room, counted},
};

/// What a client is told first.
pub const GREETING: &str = "* your name, please\n";

/// What a client is told for which there is no place.
pub const FULL: &str = "! the chat is full; try again later\n";

/// What the server knows of one client.
#[derive(Debug)]
pub struct Conversation<O> {
    name: Option<String>,
    outbox: O,
    missed: Missed,
}

/// What follows from a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing more.
    Done,
    /// This is for the client itself, who may have to wait for it: whoever asks much has to read much.
    Reply(Line),
    /// The client goes, or the chat has ended.
    Over,
}

impl<O: Outbox> Conversation<O> {
    /// One that begins.
    pub fn new(outbox: O, missed: Missed) -> Self {
        Self { name: None, outbox, missed }
    }

    /// Does what a line of the client's asks for.
    pub fn hear(&mut self, room: &mut Room<O>, line: Result<String, Malformed>) -> Heard {
        if room.is_closed() {
            return Heard::Over;
        }
        let line = match line {
            Ok(line) => line,
            Err(malformed) => return reply(&format!("! {malformed}")),
        };
        let Some(name) = &self.name else { return self.join(room, line.trim()) };
        let done = match Input::from(line.trim_end()) {
            Input::Text("") => Ok(()),
            Input::Text(text) => room.say(name, text),
            Input::Command("to", rest) => {
                let (to, text) = rest.split_once(' ').unwrap_or((rest, ""));
                if to.is_empty() || text.trim().is_empty() {
                    return reply("! it is /to NAME TEXT");
                }
                return match room.tell(name, to, text) {
                    Ok(()) => Heard::Done,
                    Err(Refusal::Closed) => Heard::Over,
                    Err(Refusal::TooSlow) => reply(&format!("! {to} reads too slowly; that line was not passed on")),
                    Err(_) => reply(&format!("! nobody here is called {to}")),
                };
            }
            Input::Command("list", "") => return reply(&format!("* {}", room.who_is_here())),
            Input::Command("leave", "") => return Heard::Over,
            Input::Command(..) => {
                return reply("! the commands are /to NAME TEXT, /list and /leave; a text that begins with / takes //");
            }
        };
        if done.is_ok() { Heard::Done } else { Heard::Over }
    }

    fn join(&mut self, room: &mut Room<O>, typed: &str) -> Heard {
        if typed == "/leave" {
            return Heard::Over;
        }
        let Some(name) = name::of(typed) else {
            let longest = name::LONGEST;
            return reply(&format!("! a name has 1 to {longest} letters, digits, - or _; try another one"));
        };
        match room.join(&name, self.outbox.clone(), self.missed.clone()) {
            Ok(()) => self.name = Some(name),
            Err(Refusal::NameTaken(holder)) if holder == name => {
                return reply(&format!("! {name} is here already; try another name"));
            }
            Err(Refusal::NameTaken(holder)) => {
                return reply(&format!("! {name} could be taken for {holder}, who is here; try another name"));
            }
            Err(_) => return Heard::Over,
        }
        Heard::Done
    }

    /// Ends it, and gives the last line for the client, after what it has missed before.
    pub fn end(self, room: &mut Room<O>) -> Line {
        let passed_on = self.name.map_or(0, |name| room.leave(&name));
        let why = if room.is_closed() { "the chat ends" } else { "bye" };
        // From here on it can't miss anything more.
        let missed = self.missed.take();
        let missed = missed.as_deref().unwrap_or_default();
        format!("{missed}* {why}; {} of yours passed on\n", counted(passed_on, "line")).into()
    }
}

/// What a line is.
#[derive(Debug)]
enum Input<'a> {
    /// For the others.
    Text(&'a str),
    /// A command, without its slash, and what follows it.
    Command(&'a str, &'a str),
}

impl<'a> From<&'a str> for Input<'a> {
    fn from(line: &'a str) -> Self {
        match line.strip_prefix('/') {
            None => Self::Text(line),
            Some(text) if text.starts_with('/') => Self::Text(text),
            Some(rest) => {
                let (command, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                Self::Command(command, rest)
            }
        }
    }
}

fn reply(text: &str) -> Heard {
    Heard::Reply(format!("{text}\n").into())
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Default)]
    struct Endless(Rc<RefCell<String>>);

    impl Outbox for Endless {
        fn offer(&self, line: &Line) -> bool {
            self.0.borrow_mut().push_str(line);
            true
        }
    }

    /// Has no room for anything.
    #[derive(Clone)]
    struct Full;

    impl Outbox for Full {
        fn offer(&self, _: &Line) -> bool {
            false
        }
    }

    #[test]
    fn who_leaves_is_told_first_what_was_missed() {
        let mut room = Room::new();
        let mut ada = Conversation::new(Full, Missed::default());
        let mut bob = Conversation::new(Full, Missed::default());
        for (client, name) in [(&mut ada, "ada"), (&mut bob, "bob")] {
            assert_eq!(client.hear(&mut room, Ok(name.to_owned())), Heard::Done);
        }
        assert!(ada.missed.take().is_some(), "she has missed that bob came");
        assert_eq!(bob.hear(&mut room, Ok("hello".to_owned())), Heard::Done);
        assert_eq!(bob.hear(&mut room, Ok("are you there".to_owned())), Heard::Done);
        let goodbye = "* 2 lines missed here, since you read too slowly\n* bye; 0 lines of yours passed on\n";
        assert_eq!(&*ada.end(&mut room), goodbye);
    }

    fn joined(room: &mut Room<Endless>, name: &str) -> (Conversation<Endless>, Endless) {
        let outbox = Endless::default();
        let mut conversation = Conversation::new(outbox.clone(), Missed::default());
        assert_eq!(conversation.hear(room, Ok(name.to_owned())), Heard::Done);
        outbox.0.take();
        (conversation, outbox)
    }

    #[test]
    fn a_command_does_what_the_chapter_says() {
        let mut room = Room::new();
        let (mut ada, _) = joined(&mut room, "ada");
        let (_bob, bobs) = joined(&mut room, "bob");
        let mut answer = |line: &str| match ada.hear(&mut room, Ok(line.to_owned())) {
            Heard::Done => format!("{}|", bobs.0.take()),
            Heard::Reply(reply) => format!("{}|{reply}", bobs.0.take()),
            Heard::Over => "over".to_owned(),
        };
        for (line, expected) in [
            ("hello", "<ada> hello\n|"),
            ("//leave", "<ada> /leave\n|"),
            ("", "|"),
            ("/to bob psst", "<ada, to you> psst\n|"),
            ("/to eve psst", "|! nobody here is called eve\n"),
            ("/to bob", "|! it is /to NAME TEXT\n"),
            ("/to BOB psst", "<ada, to you> psst\n|"),
            // It looks the same, but it is not bob who is meant.
            ("/to bоb psst", "|! nobody here is called bоb\n"),
            ("/list", "|* here: ada, bob\n"),
            ("/leave", "over"),
        ] {
            assert_eq!(answer(line), expected, "{line}");
        }
        for none in ["/dance", "/", "/ hello", "/ /leave", "/list all"] {
            assert!(answer(none).starts_with("|! the commands are"), "{none}");
        }
        assert_eq!(&*ada.end(&mut room), "* bye; 4 lines of yours passed on\n");
        assert_eq!(bobs.0.take(), "* ada has left\n");
    }

    #[test]
    fn who_has_no_name_can_leave() {
        let mut room = Room::new();
        let mut somebody = Conversation::new(Endless::default(), Missed::default());
        assert_eq!(somebody.hear(&mut room, Ok("/leave".to_owned())), Heard::Over);
        assert_eq!(&*somebody.end(&mut room), "* bye; 0 lines of yours passed on\n");
    }

    #[test]
    fn a_name_is_refused_if_it_is_taken_or_none() {
        let mut room = Room::new();
        let (_ada, _) = joined(&mut room, "ada");
        let none = "! a name has 1 to 20 letters, digits, - or _; try another one\n";
        for (name, answer) in [
            ("ada", "! ada is here already; try another name\n"),
            // Full width: the same name, once it is normalised.
            ("ａｄａ", "! ada is here already; try another name\n"),
            ("ADA", "! ADA could be taken for ada, who is here; try another name\n"),
            ("аdа", "! аdа could be taken for ada, who is here; try another name\n"),
            ("", none),
            ("two words", none),
            ("<ada>", none),
            ("twenty-one-characters", none),
            ("\u{3164}", none),
        ] {
            let mut other = Conversation::new(Endless::default(), Missed::default());
            assert_eq!(other.hear(&mut room, Ok(name.to_owned())), reply(answer.trim_end()), "{name}");
        }
    }

    #[test]
    fn a_name_is_free_again_when_its_client_has_left() {
        let mut room = Room::new();
        let (ada, _) = joined(&mut room, "Ada");
        ada.end(&mut room);
        let (bob, _) = joined(&mut room, "ADA");
        bob.end(&mut room);
        joined(&mut room, "ada");
    }

    #[test]
    fn a_private_line_reaches_a_name_in_any_case_and_none_that_only_looks_like_it() {
        let mut room = Room::new();
        let (mut ada, _) = joined(&mut room, "ada");
        let (_ian, ians) = joined(&mut room, "Ian");
        for (to, is_reached) in [("Ian", true), ("ian", true), ("ＩＡＮ", true), ("lan", false), ("1an", false)] {
            ada.hear(&mut room, Ok(format!("/to {to} psst")));
            assert_eq!(ians.0.take() == "<ada, to you> psst\n", is_reached, "{to}");
        }
    }

    proptest! {
        /// Nobody can send what looks as if it came from somebody else, or from the chat.
        #[test]
        fn every_line_that_others_get_says_whose_it_is(lines in proptest::collection::vec("[^\n]{0,40}", 1..20)) {
            let mut room = Room::new();
            let (mut ada, _) = joined(&mut room, "ada");
            let (_bob, bobs) = joined(&mut room, "bob");
            for line in lines {
                ada.hear(&mut room, Ok(line));
            }
            for line in bobs.0.take().split_terminator('\n') {
                prop_assert!(line.starts_with("<ada> ") || line.starts_with("<ada, to you> "), "{line:?}");
            }
        }
    }
}
