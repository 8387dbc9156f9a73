//! What does the service cost? The throughput of each web server, beside that of the plainest one on the same runtime.
//!
//! The plainest servers are hyper with its defaults and one fixed answer of the same bytes; for threads, a socket that is
//! read up to an empty line. They know no limits and no goodbye. The server has one core to itself and the client another,
//! where the system lets us say so, and the client is quick enough to keep the server's core busy: *busy* says how much of
//! it the server had.
//!
//! Other programs take time from both, so the two are measured in short turns, many times, and a ratio is taken inside each
//! round. What you see is the median of the rounds, and between which ratios the middle half of them lies. The CPU time for
//! an answer is in the table as well: it hardly cares who else runs.
//!
//! Before the crowd of clients begins, a single one asks for a moment. For what came before stays with a server: the second
//! table shows the same servers when the crowd finds them at rest. On async-std and smol it is slower for a while, and
//! *turns*, how often a thread of the server was given the core, gives away why: two threads take turns at the work of one.
//!
//!     cargo run -p lesson-05 --release -- overhead

use std::{io, thread, time::Duration};

use lesson_kit::{Column, Results};

use crate::{
    load::{
        self, PATH,
        client::{Clients, LAST_WAIT, Measured, Pace},
        served::{Served, Taken},
    },
    rounds::{median, sorted},
    setting, unoptimised,
};

/// Each server, and its plainest kin.
const PAIRS: [(&str, &str); 4] = [
    ("http-threads", "plain-threads"),
    ("http-tokio", "plain-tokio"),
    ("http-async-std", "plain-async-std"),
    ("http-smol", "plain-smol"),
];

/// How many connections ask.
const CONNECTIONS: u64 = 50;

/// How long a single client asks before all of them do, and how long a server rests that is to be found at rest. On
/// async-std and smol the reactor has a helper thread, which has settled by then: it looks whether it is needed ten times,
/// within about 20 ms (`main_loop` in async-io's `driver.rs`).
const BEFORE: Duration = Duration::from_millis(60);

/// How often each is measured; less often without optimisation, where it is not worth much. Odd, so that one of the rounds
/// is the median.
const ROUNDS: usize = if cfg!(debug_assertions) { 5 } else { 41 };

pub fn main() -> Result<(), String> {
    let time = setting::seconds("SECONDS", 0.001, 0.1)?;
    println!(
        "{}; {CONNECTIONS} connections, in a closed loop, {ROUNDS} rounds{}",
        load::said_about_cores(),
        unoptimised::NOTE
    );
    let names = PAIRS.map(|(server, _)| server);
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("ratio", "%", 1),
        Column::of("from", "%", 1),
        Column::of("to", "%", 1),
        Column::of("CPU ratio", "%", 1),
        Column::of("turns", "/1000", 1),
        Column::of("busy", "%", 0),
    ];
    let mut results = Results::new("server", names, columns);
    for (server, plain) in PAIRS {
        let rounds = (0..ROUNDS).map(|number| Round::of(server, plain, number, time));
        let rounds = rounds.collect::<io::Result<Vec<_>>>();
        let rounds = rounds.map_err(|error| format!("{server} beside {plain}: {error}"))?;
        let ratios = sorted(&rounds, |round| round.ours.rate() / round.plainest.rate() * 100.0);
        results.row(
            server,
            [
                median(&rounds, |round| round.ours.rate()),
                ratios[ROUNDS / 2],
                ratios[ROUNDS / 4],
                ratios[ROUNDS - 1 - ROUNDS / 4],
                median(&rounds, |round| or_nan(round.plainest.server_cpu()) / or_nan(round.ours.server_cpu()) * 100.0),
                median(&rounds, |round| or_nan(round.ours.server_turns())),
                median(&rounds, |round| or_nan(round.ours.server_share())),
            ],
        );
    }

    println!();
    let columns = [Column::of("served from rest", "/s", 0), Column::of("turns from rest", "/1000", 1)];
    let mut results = Results::new("server", names, columns);
    for server in names {
        let starts = (0..ROUNDS).map(|_| Crowd::before(server)?.asks_from_rest(time)).collect::<io::Result<Vec<_>>>();
        let starts = starts.map_err(|error| format!("{server} from rest: {error}"))?;
        results.row(server, [median(&starts, Measured::rate), median(&starts, |start| or_nan(start.server_turns()))]);
    }
    Ok(())
}

/// Two servers, measured one right after the other.
struct Round {
    ours: Measured,
    plainest: Measured,
}

impl Round {
    /// Starts both anew, since luck, such as where its memory lies, stays with a process. Whoever comes second finds a
    /// warmer machine, so they take turns at that.
    fn of(server: &str, plain: &str, number: usize, time: Duration) -> io::Result<Self> {
        let (mut ours, mut plainest) = (Crowd::before(server)?, Crowd::before(plain)?);
        if number % 2 == 0 {
            let ours = ours.asks_after_one(time)?;
            Ok(Self { ours, plainest: plainest.asks_after_one(time)? })
        } else {
            let plainest = plainest.asks_after_one(time)?;
            Ok(Self { ours: ours.asks_after_one(time)?, plainest })
        }
    }
}

/// A server that has just been started, and all its clients.
struct Crowd {
    server: Served,
    clients: Clients,
}

impl Crowd {
    fn before(variant: &str) -> io::Result<Self> {
        let server = Served::start(variant, &[])?;
        let clients = Clients::connect(server.address, PATH, CONNECTIONS, LAST_WAIT)?;
        Ok(Self { server, clients })
    }

    fn asks(&mut self, time: Duration) -> io::Result<Measured> {
        self.clients.ask(Pace::Closed, time, || self.server.takes_and_had())
    }

    fn asks_after_one(&mut self, time: Duration) -> io::Result<Measured> {
        let mut one = Clients::connect(self.server.address, PATH, 1, LAST_WAIT)?;
        one.ask(Pace::Closed, BEFORE, Taken::default)?;
        self.asks(time)
    }

    fn asks_from_rest(&mut self, time: Duration) -> io::Result<Measured> {
        thread::sleep(BEFORE);
        self.asks(time)
    }
}

/// What the system doesn't tell is no number, and the table says so.
fn or_nan(told: Option<f64>) -> f64 {
    told.unwrap_or(f64::NAN)
}
