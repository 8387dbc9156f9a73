//! What does the service cost? The throughput of each web server, beside that of the plainest one on the same runtime.
//!
//! The plainest servers are hyper with its defaults and one fixed answer; for threads, a socket that is read up to an empty
//! line. They know no limits and no goodbye. Both kinds get the same load, in turns, and each figure is the median of five.
//! The server has one core to itself, as far as nothing else runs on the machine; where something does, the CPU time for
//! an answer says more than the throughput.
//!
//!     cargo run -p lesson-05 --release -- overhead

use lesson_kit::{Column, Results};

use crate::load::{
    self,
    client::{Measured, Pace},
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

/// How often each is measured.
const ROUNDS: usize = 5;

pub fn main() -> Result<(), String> {
    let time = load::seconds(0.4)?;
    println!("{}; {CONNECTIONS} connections, in a closed loop", load::said_about_cores());
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("plainest", "/s", 0),
        Column::of("ratio", "%", 1),
        Column::of("CPU", "µs", 1),
        Column::of("plainest CPU", "µs", 1),
        Column::of("CPU ratio", "%", 1),
    ];
    let mut results = Results::new("server", PAIRS.map(|(server, _)| server), columns);
    for (server, plain) in PAIRS {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let measure = |server| load::measure(server, CONNECTIONS, Pace::Closed, time);
            // Whoever comes second finds a warmer machine, so they take turns at that.
            rounds.push(if round % 2 == 0 {
                let ours = measure(server)?;
                (ours, measure(plain)?)
            } else {
                let plainest = measure(plain)?;
                (measure(server)?, plainest)
            });
        }
        let cpu = |measured: &Measured| measured.server_cpu().unwrap_or(f64::NAN);
        results.row(
            server,
            [
                median(&rounds, |ours, _| ours.rate()),
                median(&rounds, |_, plainest| plainest.rate()),
                // A ratio is taken inside each round, as the machine may change its pace between them.
                median(&rounds, |ours, plainest| ours.rate() / plainest.rate() * 100.0),
                median(&rounds, |ours, _| cpu(ours)),
                median(&rounds, |_, plainest| cpu(plainest)),
                median(&rounds, |ours, plainest| cpu(plainest) / cpu(ours) * 100.0),
            ],
        );
    }
    Ok(())
}

fn median(rounds: &[(Measured, Measured)], figure: impl Fn(&Measured, &Measured) -> f64) -> f64 {
    let mut figures: Vec<_> = rounds.iter().map(|(ours, plainest)| figure(ours, plainest)).collect();
    figures.sort_by(f64::total_cmp);
    figures[ROUNDS / 2]
}
