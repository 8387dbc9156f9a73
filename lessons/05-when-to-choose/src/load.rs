//! Where does a thread for each connection stop being good enough? A load, on more and more connections, for each of the
//! web servers of this lesson.
//!
//! The first table is of a *closed loop*: each connection asks again as soon as it has its answer. That shows how much a
//! server can do, and hides how long people would wait, since nobody asks while the server is slow. The second is of an
//! *open loop*: requests come at a steady rate, whatever the server does, and each latency counts from the moment at which
//! the request was to be sent. The rate is 60 % of what the slowest server did in the first table with as many connections.
//! A pause of the machine spoils the p99 of the round that it falls into, so there are several short rounds: you see the
//! median of their p99, beside it as *quiet* that of the quietest round, and the worst latency of all.
//!
//! The sweep ends with as many connections as this machine allows, and says what limits them; without optimisation it ends
//! before that.
//!
//! Server and client are two processes, each on a core of its own where the system lets us say so.
//!
//!     cargo run -p lesson-05 --release -- load
//!     CLIENTS=10,200 SECONDS=2 cargo run -p lesson-05 --release -- load

pub mod client;
mod crossover;
mod noise;
pub mod served;

use std::{collections::HashMap, io, time::Duration};

use lesson_kit::{Column, Results};

use self::{
    client::{Clients, LAST_WAIT, Measured, Pace},
    crossover::{Crossover, MOST_NOISE},
    served::Served,
};
use crate::{
    limits::{self, Limit},
    rounds::{median, sorted},
    setting, unoptimised,
};

/// The servers under load. The first is what the others are compared with.
const SERVERS: [&str; 5] = ["http-threads", "http-pool", "http-tokio", "http-async-std", "http-smol"];

/// How many connections, unless `CLIENTS` says otherwise. After these come as many as the limits allow.
#[cfg(not(debug_assertions))]
const SIZES: [u64; 6] = [1, 10, 100, 1_000, 5_000, 10_000];

/// Fewer without optimisation, where each of them takes longer, and then no more.
#[cfg(debug_assertions)]
const SIZES: [u64; 5] = [1, 10, 100, 1_000, 3_000];

/// The share of what the slowest server can do that is asked for in the open loop, in percent.
const SHARE: u32 = 60;

/// How often each is measured in the closed loop: all servers with so many connections, and then all of them again.
const CLOSED_ROUNDS: usize = 3;

/// How often each is measured in the open loop; less often without optimisation. Odd, so that one round is the
/// median.
const OPEN_ROUNDS: usize = if cfg!(debug_assertions) { 3 } else { 9 };

/// How much shorter such a round is than the measurement in the closed loop.
const SHORTER: u32 = 3;

/// How much longer each connection makes the measurement.
const TIME_FOR_EACH: Duration = Duration::from_micros(60);

/// About what it takes to start a server and to end it, and for each connection to be made and closed.
const START: Duration = Duration::from_millis(40);
const CONNECT: Duration = Duration::from_micros(150);

/// The path that is asked for: the answer is a few bytes, so what is measured is what a connection costs.
pub const PATH: &str = "/health";

/// What was measured in the closed loop.
#[derive(Debug, Default)]
struct Closed {
    /// Every round of a server with so many connections.
    rounds: HashMap<(&'static str, u64), Vec<Measured>>,
    /// How much of a core other programs had with so many connections, in percent.
    noise: HashMap<u64, f64>,
}

pub fn main() -> Result<(), String> {
    let seconds = setting::seconds("SECONDS", 0.001, if cfg!(debug_assertions) { 0.3 } else { 0.6 })?;
    // Longer for many, so that each of them asks.
    let time = |connections| seconds + TIME_FOR_EACH * u32::try_from(connections).unwrap_or(u32::MAX);
    limits::raise_descriptors();
    let sizes = sizes()?;
    let cells = cells(&sizes);
    if cells.is_empty() {
        let most = connections().iter().map(|limit| limit.most).min();
        // Fewer than these are usual, and are shown well.
        let most = most.unwrap_or(u64::MAX).clamp(1, 100);
        return Err(format!("nothing is left to measure; write a smaller number, such as CLIENTS={most}"));
    }
    println!("{}{}", said_about_cores(), unoptimised::NOTE);
    println!("this takes about {}", in_words(expected(&cells, time)));
    let closed = closed_loop(&cells, time)?;
    open_loop(&cells, time, &closed)?;
    compare(&sizes, &closed);
    Ok(())
}

/// Each connection asks again when it has its answer: how much can a server do?
fn closed_loop(cells: &[(u64, &'static str)], time: impl Fn(u64) -> Duration) -> Result<Closed, String> {
    println!("\nclosed loop: each connection asks again when it has its answer; {CLOSED_ROUNDS} rounds");
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("spread", "%", 0),
        Column::of("median", "ms", 2),
        Column::of("p99", "ms", 2),
        Column::of("memory", "MB", 1),
        Column::count("threads"),
    ];
    let mut results = Results::new("server, clients", cells.iter().map(name), columns);
    let mut closed = Closed::default();
    let mut client_cpu = Vec::new();
    for same in cells.chunk_by(|one, other| one.0 == other.0) {
        let mut noises = Vec::new();
        // In turn, so that a machine that gets slower or faster does so for all of them.
        for _ in 0..CLOSED_ROUNDS {
            for &(connections, server) in same {
                noises.push(noise::look());
                let [measured] = measure(server, connections, Pace::Closed, time(connections))?;
                client_cpu.extend(measured.client_share().map(|share| (share, server, connections)));
                closed.rounds.entry((server, connections)).or_default().push(measured);
            }
        }
        // Each machine pauses now and then. Other programs are there at most of the looks.
        closed.noise.insert(same[0].0, median(&noises, |noise| *noise));
        for cell @ &(connections, server) in same {
            let rounds: &[Measured] = &closed.rounds[&(server, connections)];
            let rates = sorted(rounds, Measured::rate);
            let rate = median(rounds, Measured::rate);
            let last = rounds.last().expect("there is a round").server;
            results.row(
                &name(cell),
                [
                    Some(rate),
                    Some((rates[CLOSED_ROUNDS - 1] - rates[0]) / rate * 100.0),
                    Some(median(rounds, |round| round.latency(50.0))),
                    Some(median(rounds, |round| round.latency(99.0))),
                    last.memory,
                    last.threads,
                ],
            );
        }
    }
    if let Some(&(share, server, connections)) = client_cpu.iter().max_by(|one, other| one.0.total_cmp(&other.0)) {
        println!("the client was busy {share:.0} % of the time or less (most for {server} with {connections})");
    }
    Ok(closed)
}

/// A steady rate, whatever the server does: how long do people wait?
fn open_loop(cells: &[(u64, &'static str)], time: impl Fn(u64) -> Duration, closed: &Closed) -> Result<(), String> {
    println!("\nopen loop: a steady rate, latency from when each request was due; {OPEN_ROUNDS} rounds");
    let columns = [
        Column::of("rate", "/s", 0),
        Column::of("open median", "ms", 2),
        Column::of("open p99", "ms", 2),
        Column::of("quiet", "ms", 2),
        Column::of("worst", "ms", 1),
    ];
    let mut results = Results::new("server, clients", cells.iter().map(name), columns);
    let mut delays = Vec::new();
    for cell @ &(connections, server) in cells {
        let rounds = SERVERS.iter().filter_map(|server| closed.rounds.get(&(*server, connections)));
        let slowest = rounds.map(|rounds| median(rounds, Measured::rate));
        let rate = slowest.fold(f64::INFINITY, f64::min) * f64::from(SHARE) / 100.0;
        let rounds: [Measured; OPEN_ROUNDS] =
            measure(server, connections, Pace::Open { rate }, time(connections) / SHORTER)?;
        let p99 = |round: &Measured| round.latency(99.0);
        let quiet = rounds.iter().map(p99).fold(f64::INFINITY, f64::min);
        let worst = rounds.iter().map(|round| round.latency(100.0)).fold(0.0, f64::max);
        results
            .row(&name(cell), [rate, median(&rounds, |round| round.latency(50.0)), median(&rounds, p99), quiet, worst]);
        delays.push((median(&rounds, Measured::client_delay), server, connections));
        let lost: u64 = rounds.iter().map(|round| round.lost).sum();
        if lost > 0 {
            let name = name(cell);
            println!(
                "{name}: {lost} requests got no answer, and count with the {LAST_WAIT:?} that were waited for them"
            );
        }
    }
    if let Some(&(delay, server, connections)) = delays.iter().max_by(|one, other| one.0.total_cmp(&other.0)) {
        println!(
            "in the median round the client itself was at most {delay:.2} ms late with 99 % of what it sent (most for \
             {server} with {connections}); that is in these latencies too"
        );
    }
    Ok(())
}

/// Says where the others overtake the first server, if the rounds decide it.
fn compare(sizes: &[u64], closed: &Closed) {
    println!("\nwho is ahead in the closed loop, by more than a twentieth in every round:");
    let noise = closed.noise.values().copied().fold(0.0, f64::max);
    println!("other programs had {noise:.0} % of a core or less meanwhile");
    let [first, others @ ..] = SERVERS;
    for server in others {
        let crossover = |verdict: fn(f64, &[Measured], &[Measured]) -> _| {
            Crossover::of(sizes.iter().filter_map(|&connections| {
                let rounds = |server| closed.rounds.get(&(server, connections));
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

/// About how long all of it takes.
fn expected(cells: &[(u64, &str)], time: impl Fn(u64) -> Duration) -> Duration {
    let rounds = |number: usize| u32::try_from(number).expect("there are a few");
    let cell = |&(connections, _): &(u64, &str)| {
        let connect = CONNECT * u32::try_from(connections).unwrap_or(u32::MAX);
        let closed = (START + noise::TAKES + connect + client::with_warm_up(time(connections))) * rounds(CLOSED_ROUNDS);
        let open = client::with_warm_up(time(connections) / SHORTER) * rounds(OPEN_ROUNDS);
        closed + START + connect + open
    };
    cells.iter().map(cell).sum()
}

/// So many seconds, or minutes if they are many.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..100 => format!("{} s", seconds.max(1)),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

/// The numbers of connections, in rising order.
fn sizes() -> Result<Vec<u64>, String> {
    let mut numbers = match setting::given("CLIENTS") {
        None => {
            let most = connections().into_iter().filter(|_| cfg!(not(debug_assertions))).map(|limit| limit.most);
            let most: Vec<_> = most.min().into_iter().collect();
            SIZES.into_iter().filter(|size| most.iter().all(|most| size <= most)).chain(most.clone()).collect()
        }
        Some(said) => said
            .split(',')
            .map(|number| number.trim().parse().ok().filter(|&number| number > 0))
            .collect::<Option<Vec<u64>>>()
            .ok_or_else(|| {
                format!("CLIENTS={said} is no list of whole numbers from 1; write CLIENTS=10,200 or the like")
            })?,
    };
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// What limits the connections from one process to another, as far as it is known.
fn connections() -> Vec<Limit> {
    let descriptors = limits::connections().map(|most| Limit {
        // One less: a server whose places are all taken says so.
        most: most.saturating_sub(1).max(1),
        setting: format!("ulimit -n = {}", limits::descriptors().unwrap_or_default()),
    });
    // Each connection has a port at the client's end.
    descriptors.into_iter().chain([limits::ports()]).collect()
}

/// Every server with every number of connections that it can have, and a word on those that it can't.
fn cells(sizes: &[u64]) -> Vec<(u64, &'static str)> {
    let all = connections();
    let mut cells = Vec::new();
    for &connections in sizes {
        for server in SERVERS {
            let threads = limits::threads().filter(|_| server == SERVERS[0]);
            match all.iter().chain(&threads).find(|limit| limit.most < connections) {
                None => cells.push((connections, server)),
                Some(Limit { most, setting }) => {
                    println!("{server} is limited to {most} connections here, not {connections} ({setting})");
                }
            }
        }
    }
    if let Some(limit) = all.iter().min_by_key(|limit| limit.most) {
        println!("no server can have more connections here than {limit}");
    }
    cells
}

fn name((connections, server): &(u64, &'static str)) -> String {
    format!("{server}, {connections}")
}

/// Starts a server, puts a load on it so many times, and stops it.
fn measure<const TIMES: usize>(
    server: &str,
    connections: u64,
    pace: Pace,
    time: Duration,
) -> Result<[Measured; TIMES], String> {
    let failed = |error: io::Error| format!("{server} with {connections} connections: {error}");
    let process = Served::start(server).map_err(failed)?;
    let connect = || Clients::connect(process.address, PATH, connections, LAST_WAIT).map_err(failed);
    let mut clients = connect()?;
    let mut rounds = Vec::new();
    while rounds.len() < TIMES {
        let round = clients.ask(pace, time, || process.takes()).map_err(failed)?;
        // An answer that comes after all would be taken for one of the next round.
        if round.lost > 0 {
            clients = connect()?;
        }
        rounds.push(round);
    }
    process.stop().map_err(failed)?;
    Ok(rounds.try_into().expect("there are as many as were asked for"))
}

pub fn said_about_cores() -> &'static str {
    if served::cores().is_some() {
        "the server has one core, the client another"
    } else {
        "server and client share all cores"
    }
}
