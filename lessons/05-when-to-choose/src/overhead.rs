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
//!     cargo run -p lesson-05 --release -- overhead

use std::{io, time::Duration};

use lesson_kit::{Column, Results};

use crate::{
    load::{
        self, PATH,
        client::{Clients, LAST_WAIT, Measured, Pace},
        served::Served,
    },
    unoptimised,
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

/// How often each is measured; less often without optimisation, where it is not worth much. Odd, so that one of the rounds
/// is the median.
const ROUNDS: usize = if cfg!(debug_assertions) { 9 } else { 25 };

pub fn main() -> Result<(), String> {
    let time = load::seconds(0.1)?;
    println!(
        "{}; {CONNECTIONS} connections, in a closed loop, {ROUNDS} rounds{}",
        load::said_about_cores(),
        unoptimised::NOTE
    );
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("ratio", "%", 1),
        Column::of("from", "%", 1),
        Column::of("to", "%", 1),
        Column::of("CPU ratio", "%", 1),
        Column::of("busy", "%", 0),
    ];
    let mut results = Results::new("server", PAIRS.map(|(server, _)| server), columns);
    for (server, plain) in PAIRS {
        let rounds = (0..ROUNDS).map(|number| Round::of(server, plain, number, time));
        let rounds = rounds.collect::<io::Result<Vec<_>>>();
        let rounds = rounds.map_err(|error| format!("{server} beside {plain}: {error}"))?;
        let cpu = |measured: &Measured| measured.server_cpu().unwrap_or(f64::NAN);
        let busy = |measured: &Measured| measured.server_share().unwrap_or(f64::NAN);
        let ratios = sorted(&rounds, |round| round.ours.rate() / round.plainest.rate() * 100.0);
        results.row(
            server,
            [
                median(&rounds, |round| round.ours.rate()),
                ratios[ROUNDS / 2],
                ratios[ROUNDS / 4],
                ratios[ROUNDS - 1 - ROUNDS / 4],
                median(&rounds, |round| cpu(&round.plainest) / cpu(&round.ours) * 100.0),
                median(&rounds, |round| busy(&round.ours)),
            ],
        );
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
        let start = |variant| -> io::Result<(Clients, Served)> {
            let process = Served::start(variant)?;
            Ok((Clients::connect(process.address, PATH, CONNECTIONS, LAST_WAIT)?, process))
        };
        let ask = |(clients, process): &mut (Clients, Served)| clients.ask(Pace::Closed, time, || process.takes());
        let (mut ours, mut plainest) = (start(server)?, start(plain)?);
        if number % 2 == 0 {
            let ours = ask(&mut ours)?;
            Ok(Self { ours, plainest: ask(&mut plainest)? })
        } else {
            let plainest = ask(&mut plainest)?;
            Ok(Self { ours: ask(&mut ours)?, plainest })
        }
    }
}

fn median(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> f64 {
    sorted(rounds, figure)[ROUNDS / 2]
}

fn sorted(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> Vec<f64> {
    let mut figures: Vec<_> = rounds.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures
}
