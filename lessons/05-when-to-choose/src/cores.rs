//! What a second thread of the runtime brings to a server, on a machine whose cores it
//! shares with its clients.
//!
//! Each server is measured with one thread for its tasks, and with two. Once it is asked
//! for a few bytes: then the client has as much to do as the server, and takes a core of
//! its own. And once it is asked to compute in the task: then the client only waits. The
//! servers on threads are there for comparison; how many threads those have is their own
//! affair.
//!
//! Nothing is bound to a core here, other than in `load`.
//!
//!     cargo run -p lesson-05 --release -- cores

use std::{io, time::Duration};

use lesson_kit::{Column, Results};

use crate::{
    load::{
        PATH,
        client::{Clients, LAST_WAIT, Measured, Pace},
        served::Served,
    },
    rounds::median,
    setting, unoptimised,
};

/// Each server, and what says how many threads its tasks have.
const SERVERS: [(&str, Option<&str>); 5] = [
    ("http-threads", None),
    ("http-pool", None),
    ("http-tokio", Some("TOKIO_WORKER_THREADS")),
    ("http-async-std", Some("ASYNC_STD_THREAD_COUNT")),
    ("http-smol", Some("SMOL_THREADS")),
];

/// How many connections ask.
const CONNECTIONS: u64 = 50;

/// A route that computes in the task, for some milliseconds.
const COMPUTES: &str = if cfg!(debug_assertions) { "/naive/50000" } else { "/naive/1000000" };

/// How often each is measured. Odd, so that one round is the median.
const ROUNDS: usize = 5;

pub fn main() -> Result<(), String> {
    let time = setting::seconds("SECONDS", 0.001, 0.3)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "server and client share {cores} cores; {CONNECTIONS} connections, in a closed loop, \
         {ROUNDS} rounds{}",
        unoptimised::NOTE
    );
    let subjects = SERVERS.into_iter().flat_map(Subject::of).collect::<Vec<_>>();
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("server", "%", 0),
        Column::of("client", "%", 0),
        Column::of("computed", "/s", 1),
        Column::of("server then", "%", 0),
    ];
    let names = subjects.iter().map(Subject::name);
    let mut results = Results::new("server, threads", names, columns);
    let mut rounds = subjects.iter().map(|_| Vec::new()).collect::<Vec<_>>();
    // In turn, so that a machine that gets slower or faster does so for all of them.
    for _ in 0..ROUNDS {
        for (subject, rounds) in subjects.iter().zip(&mut rounds) {
            let both = subject.both(time);
            rounds.push(both.map_err(|error| format!("{}: {error}", subject.name()))?);
        }
    }
    for (subject, rounds) in subjects.iter().zip(&rounds) {
        let share = |share: Option<f64>| share.unwrap_or(f64::NAN);
        let row = [
            median(rounds, |[serves, _]| serves.rate()),
            median(rounds, |[serves, _]| share(serves.server_share())),
            median(rounds, |[serves, _]| share(serves.client_share())),
            median(rounds, |[_, computes]| computes.rate()),
            median(rounds, |[_, computes]| share(computes.server_share())),
        ];
        results.row(&subject.name(), row);
    }
    Ok(())
}

/// A server, and how many threads its tasks have.
struct Subject {
    server: &'static str,
    threads: Option<(&'static str, &'static str)>,
}

impl Subject {
    fn of((server, setting): (&'static str, Option<&'static str>)) -> Vec<Self> {
        match setting {
            None => vec![Self { server, threads: None }],
            Some(name) => ["1", "2"].map(|count| Self { server, threads: Some((name, count)) }).into(),
        }
    }

    fn name(&self) -> String {
        match self.threads {
            None => self.server.to_owned(),
            Some((_, count)) => format!("{}, {count}", self.server),
        }
    }

    /// A few bytes, and then an answer that is computed in the task.
    fn both(&self, time: Duration) -> io::Result<[Measured; 2]> {
        let process = Served::start_anywhere(self.server, self.threads.as_slice())?;
        let measure = |path| {
            let mut clients = Clients::connect(process.address, path, CONNECTIONS, LAST_WAIT)?;
            clients.ask(Pace::Closed, time, || process.takes_and_had())
        };
        let both = [measure(PATH)?, measure(COMPUTES)?];
        process.stop()?;
        Ok(both)
    }
}
