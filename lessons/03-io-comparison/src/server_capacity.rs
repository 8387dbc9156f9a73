//! Is it the server that limits a comparison? How many requests a second it serves, beside how many the clients ask for.
//!
//! First the server does not wait, so each client gets its answers as fast as the two of them can. The first client is
//! none at all: sockets that write a request and throw the answer away. It shows what the server can do, and the next
//! rows what the real clients can ask for, if a thousand downloads begin at once. The last rows are the largest cells of
//! `strategies`, with their delays. Where the server is the limit, it is busy all the time.
//!
//!     cargo run -p lesson-03 -- server-capacity

use std::time::Duration;

use lesson_kit::{Column, Results};

use crate::{
    bare_sockets,
    cell::{self, Measured},
    download_error::Cause,
    settings::{SIZES, Settings},
    slow_server::Network,
};

/// Each row: its name, its client, and whether the server waits as it does in `strategies`.
const ROWS: [(&str, &str, bool); 9] = [
    (bare_sockets::NAME, bare_sockets::NAME, false),
    ("threads", "threads", false),
    ("tokio", "tokio", false),
    ("async-std", "async-std", false),
    ("smol", "smol", false),
    ("threads with delays", "threads", true),
    ("tokio with delays", "tokio", true),
    ("async-std with delays", "async-std", true),
    ("smol with delays", "smol", true),
];

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(SIZES);
    let columns =
        [Column::of("served", "requests/s", 0), Column::of("server's CPU", "%", 0), Column::of("client's CPU", "%", 0)];
    let mut results = Results::new("client", ROWS.map(|(name, ..)| name), columns);
    for (name, client, waits) in ROWS {
        let network = if waits { settings.flawless_network() } else { Network::fast(settings.seed, 0.0) };
        let Measured { elapsed, cpu, server_cpu, .. } = cell::measure(client, settings.items, network)?;
        let seconds = elapsed.as_secs_f64();
        let share = |cpu: Option<Duration>| cpu.map(|cpu| cpu.as_secs_f64() / seconds * 100.0);
        results.row(name, [Some(f64::from(settings.items) / seconds), share(server_cpu), share(cpu)]);
    }
    Ok(())
}
