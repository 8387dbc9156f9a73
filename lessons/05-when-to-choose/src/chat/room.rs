//! Who is there, and who gets which line.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::chat::name;

/// A line on its way to a client, with its end. It is shared by all who get it.
pub type Line = Arc<str>;

/// How many lines may wait for a client.
pub const OUTBOX: usize = 256;

/// How many names are told at once. The server's lines have a bound too.
const LISTED: usize = 50;

/// The end of a client's outbox into which lines are put.
pub trait Outbox: Clone {
    /// Puts `line` in, if there is room for it, and never waits. Says whether there was.
    fn offer(&self, line: &Line) -> bool;
}

/// How many lines a client has missed since it was last told. Shared by the room, which counts, and the writer, which
/// tells it.
///
/// Between its outbox and this count nobody may come, or the client would be told in the wrong place: of lines that are
/// missing before others that still wait for it. So both sides hold the lock while they use the two.
#[derive(Debug, Clone, Default)]
pub struct Missed(Arc<Mutex<u64>>);

impl Missed {
    /// What is next for the client: the `next` line in its outbox, or, if none waits there, what it has missed. It is
    /// told once.
    pub fn after<E>(&self, next: impl FnOnce() -> Result<Line, E>) -> Result<Line, E> {
        let mut missed = self.count();
        next().or_else(|none| Self::tell(&mut missed).ok_or(none))
    }

    /// What the client is to be told, if it has missed anything.
    pub fn take(&self) -> Option<Line> {
        Self::tell(&mut self.count())
    }

    fn tell(missed: &mut u64) -> Option<Line> {
        let missed = std::mem::take(missed);
        (missed > 0).then(|| Self::notice(missed))
    }

    fn notice(missed: u64) -> Line {
        format!("* {} missed here, since you read too slowly\n", counted(missed, "line")).into()
    }

    fn count(&self) -> MutexGuard<'_, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `1 line`, `2 lines`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Everybody who has given a name, and how many are connected.
#[derive(Debug)]
pub struct Room<O> {
    members: BTreeMap<String, Member<O>>,
    /// Whose name looks like this. Nobody else can have another one that does.
    looks: HashMap<String, String>,
    connected: u64,
    is_closed: bool,
    totals: Totals,
}

/// What has happened so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    joined: u64,
    passed_on: u64,
    missed: u64,
    cut_off: u64,
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (joined, passed_on) = (counted(self.joined, "client"), counted(self.passed_on, "line"));
        let Self { missed, cut_off, .. } = self;
        write!(f, "{joined} joined, {passed_on} passed on, {missed} missed by slow readers; {cut_off} cut off")
    }
}

#[derive(Debug)]
struct Member<O> {
    outbox: O,
    missed: Missed,
    passed_on: u64,
}

impl<O: Outbox> Member<O> {
    /// Says whether it has got the line.
    fn deliver(&self, line: &Line) -> bool {
        let mut missed = self.missed.count();
        // First comes how much it has missed, so that it knows where.
        if *missed > 0 && self.outbox.offer(&Missed::notice(*missed)) {
            *missed = 0;
        }
        let is_delivered = *missed == 0 && self.outbox.offer(line);
        if !is_delivered {
            *missed += 1;
        }
        is_delivered
    }
}

/// Why a client does not get what it asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody is here under this name, which is the same or could be taken for it.
    NameTaken(String),
    /// The chat has ended.
    Closed,
    /// There is nobody of that name.
    Nobody,
    /// Its outbox is full.
    TooSlow,
}

impl<O: Outbox> Room<O> {
    /// An empty room.
    pub fn new() -> Self {
        let (members, looks) = (BTreeMap::new(), HashMap::new());
        Self { members, looks, connected: 0, is_closed: false, totals: Totals::default() }
    }

    /// Counts a client that has connected. Says whether there is a place for it, if there are `most`.
    pub fn admit(&mut self, most: u64) -> bool {
        let has_place = self.connected < most;
        self.connected += u64::from(has_place);
        has_place
    }

    /// Counts a client that is no longer connected. It was cut off if it has taken nothing for too long.
    pub fn part(&mut self, parted: &io::Result<()>) {
        self.connected -= 1;
        // A socket with a timeout calls it by the first name on Unix.
        let is_cut_off =
            |error: &io::Error| [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut].contains(&error.kind());
        self.totals.cut_off += u64::from(parted.as_ref().is_err_and(is_cut_off));
    }

    /// How many clients are connected, with a name or without.
    pub fn connected(&self) -> u64 {
        self.connected
    }

    /// Lets somebody in, tells it who is there, and tells the others.
    pub fn join(&mut self, name: &str, outbox: O, missed: Missed) -> Result<(), Refusal> {
        if self.is_closed {
            return Err(Refusal::Closed);
        }
        let looks = name::looks(name);
        if let Some(holder) = looks.iter().find_map(|look| self.looks.get(look)) {
            return Err(Refusal::NameTaken(holder.clone()));
        }
        let member = Member { outbox, missed, passed_on: 0 };
        member.deliver(&format!("* welcome, {name}; {}\n", self.who_is_here()).into());
        self.broadcast(name, &format!("* {name} has joined\n").into());
        self.members.insert(name.to_owned(), member);
        self.looks.extend(looks.map(|look| (look, name.to_owned())));
        self.totals.joined += 1;
        Ok(())
    }

    /// Passes `text` on to everybody but who said it.
    pub fn say(&mut self, from: &str, text: &str) -> Result<(), Refusal> {
        self.accept(from)?;
        self.broadcast(from, &format!("<{from}> {text}\n").into());
        Ok(())
    }

    /// Passes `text` on to one member.
    pub fn tell(&mut self, from: &str, to: &str, text: &str) -> Result<(), Refusal> {
        if self.is_closed {
            return Err(Refusal::Closed);
        }
        let member = self.member(to).ok_or(Refusal::Nobody)?;
        if !member.deliver(&format!("<{from}, to you> {text}\n").into()) {
            self.totals.missed += 1;
            return Err(Refusal::TooSlow);
        }
        self.accept(from)
    }

    /// Who is meant by a name that a client has typed: it may be in another case, but looking
    /// alike is not enough.
    fn member(&self, typed: &str) -> Option<&Member<O>> {
        let typed = name::of(typed)?;
        let [_, look] = name::looks(&typed);
        let name = self.looks.get(&look).filter(|name| name::are_one(name, &typed))?;
        self.members.get(name)
    }

    /// Says who is here.
    pub fn who_is_here(&self) -> String {
        if self.members.is_empty() {
            return "nobody else is here".to_owned();
        }
        let names: Vec<_> = self.members.keys().take(LISTED).map(String::as_str).collect();
        let names = names.join(", ");
        match self.members.len() - LISTED.min(self.members.len()) {
            0 => format!("here: {names}"),
            more => format!("here: {names} and {more} more"),
        }
    }

    /// Lets somebody out, tells the others, and gives how many of its lines were passed on.
    pub fn leave(&mut self, name: &str) -> u64 {
        let passed_on = self.members.remove(name).map_or(0, |member| member.passed_on);
        for look in name::looks(name) {
            self.looks.remove(&look);
        }
        // At the end everybody is told that anyway.
        if !self.is_closed {
            self.broadcast(name, &format!("* {name} has left\n").into());
        }
        passed_on
    }

    /// Ends the chat: from here on no line is passed on. So whoever is here has been sent, or told that it missed, every
    /// line that counts as passed on.
    pub fn close(&mut self) {
        self.is_closed = true;
    }

    /// Whether the chat has ended.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// What has happened, if this is the end: whoever is still connected is cut off.
    pub fn totals(&self) -> Totals {
        Totals { cut_off: self.totals.cut_off + self.connected, ..self.totals }
    }

    /// Counts a line of `from`.
    fn accept(&mut self, from: &str) -> Result<(), Refusal> {
        if self.is_closed {
            return Err(Refusal::Closed);
        }
        if let Some(member) = self.members.get_mut(from) {
            member.passed_on += 1;
        }
        self.totals.passed_on += 1;
        Ok(())
    }

    fn broadcast(&mut self, from: &str, line: &Line) {
        for (name, member) in &self.members {
            if name != from && !member.deliver(line) {
                self.totals.missed += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use super::*;

    /// An outbox with room for two lines.
    #[derive(Clone, Default)]
    struct Small(Rc<RefCell<Vec<Line>>>);

    impl Outbox for Small {
        fn offer(&self, line: &Line) -> bool {
            let mut lines = self.0.borrow_mut();
            let has_room = lines.len() < 2;
            if has_room {
                lines.push(Arc::clone(line));
            }
            has_room
        }
    }

    impl Small {
        fn emptied(&self) -> Vec<String> {
            self.0.take().iter().map(|line| line.trim_end().to_owned()).collect()
        }
    }

    fn with(names: [&str; 2]) -> (Room<Small>, [Small; 2]) {
        let mut room = Room::new();
        let outboxes = names.map(|name| {
            let outbox = Small::default();
            room.join(name, outbox.clone(), Missed::default()).expect("the name is free");
            outbox
        });
        for outbox in &outboxes {
            outbox.emptied();
        }
        (room, outboxes)
    }

    #[test]
    fn a_slow_reader_is_told_where_and_how_much_it_missed() {
        let (mut room, [_, bob]) = with(["ada", "bob"]);
        for number in 1..=5 {
            room.say("ada", &number.to_string()).expect("it is open");
        }
        assert_eq!(bob.emptied(), ["<ada> 1", "<ada> 2"]);
        room.say("ada", "6").expect("it is open");
        assert_eq!(bob.emptied(), ["* 3 lines missed here, since you read too slowly", "<ada> 6"]);
        assert_eq!(
            room.totals().to_string(),
            "2 clients joined, 6 lines passed on, 3 missed by slow readers; 0 cut off"
        );
    }

    #[test]
    fn what_there_is_no_room_to_tell_is_told_later() {
        let (mut room, [_, bob]) = with(["ada", "bob"]);
        for number in 1..=3 {
            room.say("ada", &number.to_string()).expect("it is open");
        }
        bob.0.borrow_mut().remove(0);
        // There is room for the notice, but not for the line.
        room.say("ada", "4").expect("it is open");
        assert_eq!(bob.emptied(), ["<ada> 2", "* 1 line missed here, since you read too slowly"]);
        room.say("ada", "5").expect("it is open");
        assert_eq!(bob.emptied(), ["* 1 line missed here, since you read too slowly", "<ada> 5"]);
    }

    #[test]
    fn what_it_has_missed_comes_after_what_waits() {
        let (mut room, [_, bob]) = with(["ada", "bob"]);
        let missed = room.members["bob"].missed.clone();
        for number in 1..=4 {
            room.say("ada", &number.to_string()).expect("it is open");
        }
        let next =
            || missed.after(|| if bob.0.borrow().is_empty() { Err(()) } else { Ok(bob.0.borrow_mut().remove(0)) });
        let all: Vec<_> = std::iter::from_fn(|| next().ok()).collect();
        assert_eq!(
            all,
            ["<ada> 1\n", "<ada> 2\n", "* 2 lines missed here, since you read too slowly\n"].map(Line::from)
        );
    }

    #[test]
    fn whoever_takes_nothing_or_is_still_there_at_the_end_is_cut_off() {
        let mut room = Room::<Small>::new();
        let admitted = [(); 6].map(|()| room.admit(5));
        assert_eq!(admitted, [true, true, true, true, true, false]);
        room.part(&Ok(()));
        room.part(&Err(io::ErrorKind::ConnectionReset.into()));
        room.part(&Err(io::ErrorKind::TimedOut.into()));
        assert_eq!(room.connected(), 2);
        assert_eq!(room.totals().cut_off, 3);
    }

    #[test]
    fn a_list_has_a_bound() {
        let mut room = Room::new();
        for number in 0..LISTED + 2 {
            room.join(&format!("{number:03}"), Small::default(), Missed::default()).expect("the name is free");
        }
        let names = room.who_is_here();
        assert!(names.starts_with("here: 000, 001, ") && names.ends_with(", 049 and 2 more"), "{names}");
    }

    #[test]
    fn nothing_is_passed_on_or_counted_after_the_end() {
        let (mut room, [_, bob]) = with(["ada", "bob"]);
        room.say("ada", "before").expect("it is open");
        room.close();
        assert_eq!(room.say("ada", "after"), Err(Refusal::Closed));
        assert_eq!(room.tell("ada", "bob", "after"), Err(Refusal::Closed));
        assert_eq!(room.leave("ada"), 1);
        assert_eq!(bob.emptied(), ["<ada> before"]);
    }

    #[test]
    fn who_sends_to_somebody_slow_is_told() {
        let (mut room, _) = with(["ada", "bob"]);
        assert_eq!(room.tell("ada", "bob", "1"), Ok(()));
        assert_eq!(room.tell("ada", "bob", "2"), Ok(()));
        assert_eq!(room.tell("ada", "bob", "3"), Err(Refusal::TooSlow));
        assert_eq!(room.tell("ada", "eve", "4"), Err(Refusal::Nobody));
        assert_eq!(room.leave("ada"), 2);
    }
}
