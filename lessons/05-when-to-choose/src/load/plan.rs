//! What is measured, for how long, and what of that this machine can't have.

use std::{io, time::Duration};

use super::{
    PYTHON, SERVERS, YOURS,
    client::{self, Clients, LAST_WAIT, Measured, Pace},
    closed_loop, noise, open_loop, said_about_cores,
    served::Served,
    service::Service,
};
use crate::{
    event_loops,
    limits::{self, Limit},
    setting,
};

/// How many connections, unless `CLIENTS` says otherwise. After these come as many as the limits allow.
#[cfg(not(debug_assertions))]
const SIZES: [u64; 6] = [1, 10, 100, 1_000, 5_000, 10_000];

/// Fewer without optimisation, where each of them takes longer, and then no more.
#[cfg(debug_assertions)]
const SIZES: [u64; 5] = [1, 10, 100, 1_000, 3_000];

/// For a service that we know nothing of.
const SIZES_OF_YOURS: [u64; 3] = [1, 10, 100];

/// How much longer each connection makes the measurement.
const TIME_FOR_EACH: Duration = Duration::from_micros(60);

/// About what it takes to start a server and to end it, and for each connection to be made and closed.
const START: Duration = Duration::from_millis(40);
const START_OF_PYTHON: Duration = Duration::from_millis(400);
const CONNECT: Duration = Duration::from_micros(150);

/// A server with so many connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    pub connections: u64,
    pub server: &'static str,
}

impl Cell {
    /// The name of its rows.
    pub fn name(&self) -> String {
        format!("{}, {}", self.server, self.connections)
    }

    /// Whether it is the server in Python, on the event loop of this name.
    pub fn is_python(&self) -> bool {
        event_loops::NAMES.contains(&self.server)
    }
}

/// What is measured.
#[derive(Debug)]
pub struct Plan {
    /// In rising order of their connections.
    pub cells: Vec<Cell>,
    /// In rising order.
    pub sizes: Vec<u64>,
    /// The first is what the others are compared with.
    pub servers: Vec<&'static str>,
    /// What is put under load instead of our servers.
    service: Option<Service>,
    seconds: Duration,
}

impl Plan {
    /// What the settings ask for, as far as the system allows it.
    ///
    /// # Errors
    ///
    /// One sentence, if one of them says nothing of use, or if nothing is left.
    pub fn read() -> Result<Self, String> {
        let usual = if cfg!(debug_assertions) { 0.3 } else { 0.6 };
        let seconds = setting::seconds("SECONDS", 0.001, usual)?;
        let service = Service::read()?;
        limits::raise_descriptors();
        let sizes = sizes(service.is_some())?;
        let servers = match service {
            Some(_) => vec![YOURS],
            None => [&SERVERS, event_loops::found_or_left_out().as_slice()].concat(),
        };
        let cells = cells(&sizes, &servers);
        if cells.is_empty() {
            let most = connections().iter().map(|limit| limit.most).min();
            // Fewer than these are usual, and are shown well.
            let most = most.unwrap_or(u64::MAX).clamp(1, 100);
            return Err(format!("nothing is left to measure; write a smaller number, such as CLIENTS={most}"));
        }
        Ok(Self { cells, sizes, servers, service, seconds })
    }

    /// Whether our own servers are put under load, and none of somebody else's.
    pub fn is_ours(&self) -> bool {
        self.service.is_none()
    }

    /// What a reader of the figures has to know of where they come from.
    pub fn about_cores(&self) -> &'static str {
        if self.is_ours() { said_about_cores() } else { "your service and the client share all cores" }
    }

    /// How long to measure with so many connections: longer for many, so that each of them asks.
    pub fn time(&self, connections: u64) -> Duration {
        self.seconds + TIME_FOR_EACH * u32::try_from(connections).unwrap_or(u32::MAX)
    }

    /// About how long all of it takes.
    pub fn expected(&self) -> Duration {
        let rounds = |number: usize| u32::try_from(number).expect("there are a few");
        let looks = if self.is_ours() { noise::TAKES } else { Duration::ZERO };
        let cell = |cell: &Cell| {
            let connections = cell.connections;
            let start = if cell.is_python() { START_OF_PYTHON } else { START };
            let time = self.time(connections);
            let connect = CONNECT * u32::try_from(connections).unwrap_or(u32::MAX);
            let closed = start + looks + connect + client::with_warm_up(time);
            let open = client::with_warm_up(time / open_loop::SHORTER);
            closed * rounds(closed_loop::ROUNDS) + start + connect + open * rounds(open_loop::ROUNDS)
        };
        self.cells.iter().map(cell).sum()
    }

    /// Puts a load on a server so many times. One of ours is started for it, and stopped.
    ///
    /// # Errors
    ///
    /// One sentence, if it can't be started, or does not answer as it should.
    pub fn measure<const TIMES: usize>(
        &self,
        cell: Cell,
        pace: Pace,
        time: Duration,
    ) -> Result<[Measured; TIMES], String> {
        let Cell { connections, server } = cell;
        let failed = |error: io::Error| match &self.service {
            Some(service) if error.kind() == io::ErrorKind::ConnectionRefused => {
                format!("nothing listens on {}; start your service, or mend URL", service.address)
            }
            _ => format!("{server} with {connections} connections: {error}"),
        };
        let rounds = match &self.service {
            None => {
                let process = if cell.is_python() {
                    Served::start(PYTHON, &[("LOOP", server)])
                } else {
                    Served::start(server, &[])
                };
                let process = process.map_err(failed)?;
                let connect = || Clients::connect(process.address, super::PATH, connections, LAST_WAIT);
                let rounds = rounds(connect, |clients| clients.ask(pace, time, || process.takes()));
                let rounds = rounds.map_err(failed)?;
                process.stop().map_err(failed)?;
                rounds
            }
            Some(service) => {
                let connect = || Clients::connect_to(service, connections, LAST_WAIT);
                rounds(connect, |clients| clients.ask(pace, time, Default::default)).map_err(failed)?
            }
        };
        Ok(rounds)
    }
}

fn rounds<const TIMES: usize>(
    connect: impl Fn() -> io::Result<Clients>,
    ask: impl Fn(&mut Clients) -> io::Result<Measured>,
) -> io::Result<[Measured; TIMES]> {
    let mut clients = connect()?;
    let mut rounds = Vec::new();
    while rounds.len() < TIMES {
        let round = ask(&mut clients)?;
        // An answer that comes after all would be taken for one of the next round.
        if round.lost > 0 {
            clients = connect()?;
        }
        rounds.push(round);
    }
    Ok(rounds.try_into().expect("there are as many as were asked for"))
}

/// The numbers that `CLIENTS` holds, in rising order.
///
/// # Errors
///
/// One sentence, if they are none.
pub fn clients() -> Result<Option<Vec<u64>>, String> {
    let Some(said) = setting::given("CLIENTS") else { return Ok(None) };
    let numbers = said.split(',').map(|number| number.trim().parse().ok().filter(|&number| number > 0));
    let mut numbers = numbers.collect::<Option<Vec<u64>>>().ok_or_else(|| {
        format!("CLIENTS={said} is no list of whole numbers from 1; write CLIENTS=10,200 or the like")
    })?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Some(numbers))
}

/// The numbers of connections, in rising order.
fn sizes(is_yours: bool) -> Result<Vec<u64>, String> {
    let mut numbers = match clients()? {
        Some(numbers) => numbers,
        None if is_yours => SIZES_OF_YOURS.to_vec(),
        None => {
            let most = connections().into_iter().filter(|_| cfg!(not(debug_assertions))).map(|limit| limit.most);
            let most: Vec<_> = most.min().into_iter().collect();
            SIZES.into_iter().filter(|size| most.iter().all(|most| size <= most)).chain(most.clone()).collect()
        }
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
fn cells(sizes: &[u64], servers: &[&'static str]) -> Vec<Cell> {
    let all = connections();
    let mut cells = Vec::new();
    for &connections in sizes {
        for &server in servers {
            let threads = limits::threads().filter(|_| server == SERVERS[0]);
            match all.iter().chain(&threads).find(|limit| limit.most < connections) {
                None => cells.push(Cell { connections, server }),
                Some(Limit { most, setting }) => {
                    println!("{server} is limited to {most} of {connections} connections here ({setting})");
                }
            }
        }
    }
    if let Some(limit) = all.iter().min_by_key(|limit| limit.most) {
        println!("no server can have more connections here than {limit}");
    }
    cells
}
