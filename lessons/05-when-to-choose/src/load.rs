//! Where does a thread for each connection stop being good enough? A load, on more and more connections, for each of the
//! web servers of this lesson.
//!
//! The first table is of a *closed loop*: each connection asks again as soon as it has its answer. That shows how much a
//! server can do, and hides how long people would wait, since nobody asks while the server is slow. The second is of an
//! *open loop*: requests come at a steady rate, whatever the server does, and each latency counts from the moment at which
//! the request was to be sent. The rate is 60 % of what the slowest server in Rust did in the first table with as many connections.
//! A pause of the machine spoils the p99 of the round that it falls into, so there are several short rounds: you see the
//! median of their p99, beside it as *quiet* that of the quietest round, and the worst latency of all.
//!
//! The sweep ends with as many connections as this machine allows, and says what limits them; without optimisation it ends
//! before that.
//!
//! Python's asyncio has a row of its own, and so has uvloop where that is installed. Where there is no Python, they are left
//! out. In the open loop they have their own rate, by the slower of the two.
//!
//! Server and client are two processes, each on a core of its own where the system lets us say so.
//!
//! With `URL` the load is put on a service of yours instead, which is compared with nothing. Its errors are counted, and
//! its connections are made anew when it closes them. `--record` keeps the tables as JSON.
//!
//!     cargo run -p lesson-05 --release -- load
//!     CLIENTS=10,200 SECONDS=2 cargo run -p lesson-05 --release -- load
//!     URL=http://127.0.0.1:9000/path cargo run -p lesson-05 --release -- load --record yours.json

mod answer;
pub mod client;
mod closed_loop;
mod crossover;
mod noise;
mod open_loop;
pub mod plan;
pub mod served;
mod service;

use std::time::Duration;

use self::{
    client::Measured,
    closed_loop::Closed,
    crossover::{Crossover, MOST_NOISE},
    plan::{Cell, Plan},
};
use crate::unoptimised;

/// The servers in Rust under load. The first is what the others are compared with.
const SERVERS: [&str; 5] = ["http-threads", "http-pool", "http-tokio", "http-async-std", "http-smol"];

/// The server in Python. It has a row for each event loop that is there, with the name of that.
const PYTHON: &str = "python-http";

/// The name of a service that `URL` names.
const YOURS: &str = "yours";

/// The path that our servers are asked for: the answer is a few bytes, so what is measured is what a connection costs.
pub const PATH: &str = "/health";

pub fn main() -> Result<(), String> {
    let plan = Plan::read()?;
    println!("{}{}", plan.about_cores(), unoptimised::NOTE);
    println!("this takes about {}", in_words(plan.expected()));
    let closed = closed_loop::measure(&plan)?;
    open_loop::measure(&plan, &closed)?;
    if plan.is_ours() {
        compare(&plan, &closed);
    }
    Ok(())
}

/// Says where the others overtake the first server, if the rounds decide it.
fn compare(plan: &Plan, closed: &Closed) {
    println!("\nwho is ahead in the closed loop, by more than a twentieth in every round:");
    let noise = closed.noise.values().copied().fold(0.0, f64::max);
    println!("other programs had {noise:.0} % of a core or less meanwhile");
    let (first, others) = plan.servers.split_first().expect("ours are several");
    for server in others {
        let crossover = |verdict: fn(f64, &[Measured], &[Measured]) -> _| {
            Crossover::of(plan.sizes.iter().filter_map(|&connections| {
                let rounds = |server| closed.rounds.get(&Cell { connections, server });
                Some((connections, verdict(closed.noise[&connections], rounds(first)?, rounds(server)?)))
            }))
        };
        let throughput = crossover(crossover::throughput).in_words(
            &format!("{server} serves more than {first}"),
            &format!("{server} does not serve more than {first} for good"),
            &format!("whether {server} serves more than {first}"),
        );
        let p99 = crossover(crossover::p99).in_words(
            "its p99 is lower",
            "its p99 is not lower for good",
            "whether its p99 is lower",
        );
        println!("{throughput}; {p99}");
    }
    if noise > MOST_NOISE {
        println!("end the other programs, and run this again");
    }
}

/// So many seconds, or minutes if they are many.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..100 => format!("{} s", seconds.max(1)),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

pub fn said_about_cores() -> &'static str {
    if served::cores().is_some() {
        "the server has one core, the client another"
    } else {
        "server and client share all cores"
    }
}
