//! Who asks the service of the shutdown variants, when nobody else does.
//!
//! They are threads with blocking sockets, since they are not what those variants show. Three ask again and again until
//! nobody answers any more. A fourth connects and never says a word.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::service::GIVEN_UP;

/// How long the work takes that each of the three asks for, in milliseconds.
const ASKS: [u32; 3] = [190, 310, 470];

/// Nobody waits longer than that, should the service be stuck.
const LIMIT: Duration = Duration::from_secs(30);

/// What the customers have met with.
#[derive(Debug)]
pub struct Customers(Vec<JoinHandle<Tally>>);

#[derive(Debug, Default)]
struct Tally {
    answered: usize,
    given_up: usize,
    turned_away: usize,
}

/// Sends the customers to the service at `address`.
#[must_use]
pub fn start(address: SocketAddr) -> Customers {
    let silent = thread::spawn(move || {
        let mut tally = Tally::default();
        tally.note(&ask(address, ""));
        tally
    });
    let asking = ASKS.map(|milliseconds| {
        thread::spawn(move || {
            let mut tally = Tally::default();
            while tally.note(&ask(address, &format!("{milliseconds}\n"))) {}
            tally
        })
    });
    Customers([silent].into_iter().chain(asking).collect())
}

impl Customers {
    /// Waits until they have gone, and says what they have met with.
    ///
    /// # Panics
    ///
    /// If one of them has.
    #[must_use]
    pub fn report(self) -> String {
        let mut sum = Tally::default();
        for customer in self.0 {
            let Tally { answered, given_up, turned_away } = customer.join().expect("customers do not panic");
            sum.answered += answered;
            sum.given_up += given_up;
            sum.turned_away += turned_away;
        }
        let Tally { answered, given_up, turned_away } = sum;
        format!("customers: {answered} answered, {given_up} given up, {turned_away} turned away")
    }
}

impl Tally {
    /// Takes note of an answer. Gives whether it makes sense to ask again.
    fn note(&mut self, answer: &io::Result<String>) -> bool {
        match answer.as_deref() {
            Ok(GIVEN_UP) => self.given_up += 1,
            Ok(answer) if !answer.is_empty() => self.answered += 1,
            // Refused, or hung up on before anybody had read the question.
            _ => self.turned_away += 1,
        }
        self.turned_away == 0
    }
}

/// Connects, asks, and gives all that comes back.
fn ask(address: SocketAddr, question: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(question.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
