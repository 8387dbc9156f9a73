//! A route that waits *and* computes, and what that does to the other clients.
//!
//! Some clients ask for it, each again as soon as it has its answer. Meanwhile another one
//! asks for a few bytes at a steady rate: how long does it wait? On a task it depends on
//! where the route computes. In the task it keeps the thread that the light request needs.
//! Handed over to a thread that is there for what blocks, it does not; then the system
//! shares the core between the two. With a thread for each client nothing need be handed
//! over.
//!
//! *Alone* is the latency of the light requests while no other client is there, *beside*
//! that while the others compute. The server has one core, where the system lets us say so.
//!
//!     cargo run -p lesson-05 --release -- mixed
//!     CLIENTS=1,16 SECONDS=2 cargo run -p lesson-05 --release -- mixed

use std::{io, thread, time::Duration};

use lesson_kit::{Column, Results};

use crate::{
    load::{
        self, PATH,
        client::{Clients, LAST_WAIT, Measured, Pace},
        served::{Served, Taken},
    },
    rounds::median,
    setting, unoptimised,
    web::route::BACKEND,
};

/// What is measured: a server, and how it computes, which is the name of a path.
const WAYS: [(&str, &str, &str); 8] = [
    ("http-threads", "http-threads", "mixed"),
    ("http-pool", "http-pool", "mixed"),
    ("http-tokio in the task", "http-tokio", "naive"),
    ("http-tokio handed over", "http-tokio", "mixed"),
    ("http-async-std in the task", "http-async-std", "naive"),
    ("http-async-std handed over", "http-async-std", "mixed"),
    ("http-smol in the task", "http-smol", "naive"),
    ("http-smol handed over", "http-smol", "mixed"),
];

/// How many clients use the route, unless `CLIENTS` says otherwise.
const SIZES: [u64; 4] = [1, 2, 4, 8];

/// Up to where primes are counted: it takes some milliseconds of a core.
const BELOW: u32 = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

/// How many light requests come in a second, and on how many connections.
const RATE: f64 = 200.0;
const LIGHT: u64 = 4;

/// How often each is measured. Odd, so that one round is the median.
const ROUNDS: usize = 3;

pub fn main() -> Result<(), String> {
    let time = setting::seconds("SECONDS", 0.001, 0.5)?;
    let sizes = load::plan::clients()?.unwrap_or_else(|| SIZES.to_vec());
    println!("{}{}", load::said_about_cores(), unoptimised::NOTE);
    println!(
        "the route waits for {BACKEND:?}, and counts the primes below {BELOW}; beside it \
         {RATE} light requests a second; {ROUNDS} rounds"
    );
    let columns = [
        Column::of("mixed", "/s", 1),
        Column::of("alone p99", "ms", 2),
        Column::of("beside median", "ms", 2),
        Column::of("beside p99", "ms", 2),
        Column::of("worst", "ms", 1),
    ];
    let name = |way: &str, clients: u64| format!("{way}, {clients}");
    let names = sizes.iter().flat_map(|&clients| WAYS.map(|(way, ..)| name(way, clients)));
    let mut results = Results::new("server, clients", names, columns);
    for &clients in &sizes {
        let mut rounds = WAYS.map(|_| Vec::new());
        // In turn, so that a machine that gets slower or faster does so for all of them.
        for _ in 0..ROUNDS {
            for ((way, server, path), rounds) in WAYS.iter().zip(&mut rounds) {
                let round = Round::of(server, &format!("/{path}/{BELOW}"), clients, time);
                let failed = |error: io::Error| format!("{}: {error}", name(way, clients));
                rounds.push(round.map_err(failed)?);
            }
        }
        for ((way, ..), rounds) in WAYS.iter().zip(&rounds) {
            let worst = rounds.iter().map(|round| round.beside.latency(100.0));
            let row = [
                median(rounds, |round| round.mixed.rate()),
                median(rounds, |round| round.alone.latency(99.0)),
                median(rounds, |round| round.beside.latency(50.0)),
                median(rounds, |round| round.beside.latency(99.0)),
                worst.fold(0.0, f64::max),
            ];
            results.row(&name(way, clients), row);
        }
    }
    Ok(())
}

/// A server under both kinds of requests.
struct Round {
    /// The light ones before the others.
    alone: Measured,
    /// The light ones beside the others.
    beside: Measured,
    mixed: Measured,
}

impl Round {
    fn of(server: &str, path: &str, clients: u64, time: Duration) -> io::Result<Self> {
        let process = Served::start(server, &[])?;
        let light = || Clients::connect(process.address, PATH, LIGHT, LAST_WAIT);
        let asks = |clients: &mut Clients, pace, time| clients.ask(pace, time, Taken::default);
        let open = Pace::Open { rate: RATE };
        let alone = asks(&mut light()?, open, time / 2)?;
        let mut others = Clients::connect(process.address, path, clients, LAST_WAIT)?;
        let mut light = light()?;
        let (mixed, beside) = thread::scope(|scope| {
            // Longer, so that they are there as long as the light ones are.
            let mixed = scope.spawn(|| asks(&mut others, Pace::Closed, time + time / 2));
            let beside = asks(&mut light, open, time);
            (mixed.join().expect("it does not panic"), beside)
        });
        process.stop()?;
        Ok(Self { alone, beside: beside?, mixed: mixed? })
    }
}
