//! Measures one way to download so many items, in a process of its own.
//!
//! This is part of the stage. The server is a thread of this process, and the client a child: this executable again. So the
//! client's figures are its own, and no threads or memory of the cell before are in them.

use std::{env, net::SocketAddr, process::Command, time::Duration, time::Instant};

use lesson_kit::{cpu_time, run_and_watch};

use crate::{
    async_std, bare_sockets,
    download_error::Cause,
    sequential,
    slow_server::{Network, SlowServer},
    smol, thread_pool, threads, tokio,
};

/// Set for a child: its number of items, its server, and its strategy.
const CELL: &str = "LESSON_03_CELL";

/// Downloads all items, and gives the number of bytes.
pub type Strategy = fn(SocketAddr, u32) -> Result<usize, Cause>;

/// Every strategy, by its variant's name. Each is the very function that the variant shows.
pub const STRATEGIES: [(&str, Strategy); 6] = [
    ("sequential", |server, items| sequential::download_all(server, items, |_, _| ())),
    ("threads", |server, items| threads::download_all(server, items, |_, _| ())),
    ("thread-pool", |server, items| thread_pool::download_all(server, items, |_, _| ())),
    ("tokio", |server, items| {
        let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(tokio::download_all(server, items, |_, _| ()))
    }),
    ("async-std", |server, items| ::async_std::task::block_on(async_std::download_all(server, items, |_, _| ()))),
    ("smol", |server, items| {
        let executor = ::smol::LocalExecutor::new();
        ::smol::block_on(executor.run(smol::download_all(&executor, server, items, |_, _| ())))
    }),
];

/// What a child can be.
const CLIENTS: [(&str, Strategy); 7] = {
    let [sequential, threads, thread_pool, tokio, async_std, smol] = STRATEGIES;
    [sequential, threads, thread_pool, tokio, async_std, smol, (bare_sockets::NAME, bare_sockets::ask_for_all)]
};

/// What a cell takes.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// From before the first download was started to after the last has ended.
    pub elapsed: Duration,
    /// The client's, where the system tells.
    pub cpu: Option<Duration>,
    /// The server's, in the same time.
    pub server_cpu: Option<Duration>,
    /// The client's most memory at once, in bytes, of its program too.
    pub memory: Option<u64>,
    /// The client's most threads at once.
    pub threads: Option<u64>,
}

/// Measures `strategy` on `network`.
///
/// # Errors
///
/// If the child can't be started, or a download fails.
pub fn measure(strategy: &str, items: u32, network: Network) -> Result<Measured, Cause> {
    allow_many_sockets();
    let server = SlowServer::start(network)?;
    let before = cpu_time();
    let mut command = Command::new(env::current_exe()?);
    command.arg("strategies").env(CELL, format!("{items} {} {strategy}", server.address()));
    let (output, peaks) = run_and_watch(&mut command)?;
    let server_cpu = cpu_since(before);
    let said = String::from_utf8_lossy(&output.stdout);
    let mut words = said.split_whitespace().map(|word| word.parse().ok().map(Duration::from_nanos));
    match (output.status.success(), words.next().flatten()) {
        (true, Some(elapsed)) => {
            let cpu = words.next().flatten();
            Ok(Measured { elapsed, cpu, server_cpu, memory: peaks.memory, threads: peaks.threads })
        }
        _ => Err(format!("{strategy} could not download {items} items ({})", output.status).into()),
    }
}

/// In a child: downloads, and says what it took. `None` if this process is no child.
pub fn run_if_child() -> Option<Result<(), Cause>> {
    let cell = env::var(CELL).ok()?;
    let mut words = cell.splitn(3, ' ');
    let mut next = || words.next().expect("the parent gives a number, an address and a name");
    let items = next().parse().expect("the parent gives a number");
    let server = next().parse().expect("the parent gives an address");
    let name = next();
    let (_, strategy) = CLIENTS.iter().find(|(known, _)| *known == name).expect("the parent names one of them");
    allow_many_sockets();
    let began = Instant::now();
    let cpu = cpu_time();
    Some(strategy(server, items).map(|_bytes| {
        let elapsed = began.elapsed();
        let cpu = cpu_since(cpu).map(|cpu| cpu.as_nanos().to_string());
        println!("{} {}", elapsed.as_nanos(), cpu.unwrap_or_default());
    }))
}

/// The CPU time that this process has spent since it had spent `before`.
fn cpu_since(before: Option<Duration>) -> Option<Duration> {
    cpu_time().zip(before).map(|(now, before)| now.saturating_sub(before))
}

/// Lets this process have as many open sockets as it may, and not only as many as it has by default.
#[cfg(unix)]
fn allow_many_sockets() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Without it, fewer downloads at once can be measured; a failed download says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
fn allow_many_sockets() {}
