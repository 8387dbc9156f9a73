//! Which way to download wins, and from where on? The same downloads by each strategy, for more and more items.
//!
//! The functions measured here are those of the variants. Each cell is a process of its own, and the server is in none of
//! them. An answer takes between a tenth and three tenths of a second, whatever the strategy, so the waiting is the same
//! for all, and the rest is what a strategy costs. Two of them are stopped early, as they only get longer.
//!
//!     cargo run -p lesson-03 -- strategies
//!     ITEMS=100 cargo run -p lesson-03 -- strategies     # no more than so many items

use lesson_kit::{Column, Results, megabytes};

use crate::{
    cell::{self, STRATEGIES},
    download_error::Cause,
    settings::{SIZES, Settings},
};

const ITEMS: [u32; 7] = [1, 3, 10, 30, 100, 300, 1_000];

pub fn main() -> Result<(), Cause> {
    if let Some(ended) = cell::run_if_child() {
        return ended;
    }
    let settings = Settings::chosen(SIZES);
    let sizes = || ITEMS.into_iter().filter(|&items| items <= settings.items);
    let cells = || {
        let strategies = STRATEGIES.iter().map(|(strategy, _)| *strategy);
        strategies.flat_map(|strategy| {
            sizes().filter(move |&items| items <= most(strategy)).map(move |items| (strategy, items))
        })
    };
    let name = |(strategy, items)| format!("{strategy}, {items}");
    let mut results = Results::new(
        "strategy, items",
        cells().map(name),
        [
            Column::of("elapsed", "s", 2),
            Column::of("CPU", "ms", 0),
            Column::of("memory", "MB", 1),
            Column::count("threads"),
        ],
    );
    for (strategy, items) in cells() {
        let measured = cell::measure(strategy, items, settings.flawless_network())?;
        results.row(
            &name((strategy, items)),
            [
                Some(measured.elapsed.as_secs_f64()),
                measured.cpu.map(|cpu| cpu.as_secs_f64() * 1_000.0),
                measured.memory.map(megabytes),
                measured.threads.and_then(|threads| u32::try_from(threads).ok()).map(f64::from),
            ],
        );
    }
    Ok(())
}

/// The most items for which this strategy ends in seconds.
fn most(strategy: &str) -> u32 {
    match strategy {
        "sequential" => 10,
        "thread-pool" => 100,
        _ => u32::MAX,
    }
}
