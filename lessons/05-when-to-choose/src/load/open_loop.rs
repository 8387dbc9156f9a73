//! A steady rate, whatever the server does: how long do people wait?

use lesson_kit::{Column, Results};

use super::{
    client::{LAST_WAIT, Measured, Pace},
    closed_loop::Closed,
    plan::{Cell, Plan},
};
use crate::rounds::median;

/// The share of what the slowest server of its kind can do that is asked for, in percent.
const SHARE: u32 = 60;

/// How often each is measured; less often without optimisation. Odd, so that one round is the median.
pub const ROUNDS: usize = if cfg!(debug_assertions) { 3 } else { 9 };

/// How much shorter such a round is than the measurement in the closed loop.
pub const SHORTER: u32 = 3;

/// Measures all cells of the plan, and prints a row for each.
///
/// # Errors
///
/// One sentence, if a server can't be measured.
pub fn measure(plan: &Plan, closed: &Closed) -> Result<(), String> {
    println!("\nopen loop: a steady rate, latency from when each request was due; {ROUNDS} rounds");
    let columns = [
        Column::of("rate", "/s", 0),
        Column::of("open median", "ms", 2),
        Column::of("open p99", "ms", 2),
        Column::of("quiet", "ms", 2),
        Column::of("worst", "ms", 1),
    ];
    let mut results = Results::new("server, clients", plan.cells.iter().map(Cell::name), columns);
    let mut delays = Vec::new();
    for &cell in &plan.cells {
        let rate = closed.slowest_like(cell) * f64::from(SHARE) / 100.0;
        let time = plan.time(cell.connections) / SHORTER;
        let rounds: [Measured; ROUNDS] = plan.measure(cell, Pace::Open { rate }, time)?;
        results.row(&cell.name(), row(rate, &rounds));
        delays.push((median(&rounds, Measured::client_delay), cell));
        let lost: u64 = rounds.iter().map(|round| round.lost).sum();
        if lost > 0 {
            println!(
                "{}: {lost} requests got no answer, and count with the {LAST_WAIT:?} that were waited for them",
                cell.name()
            );
        }
    }
    let latest = delays.iter().max_by(|one, other| one.0.total_cmp(&other.0));
    if let Some(&(delay, Cell { connections, server })) = latest {
        println!(
            "in the median round the client itself was at most {delay:.2} ms late with 99 % of what it sent (most for \
             {server} with {connections}); that is in these latencies too"
        );
    }
    Ok(())
}

fn row(rate: f64, rounds: &[Measured]) -> [f64; 5] {
    let p99 = |round: &Measured| round.latency(99.0);
    let quiet = rounds.iter().map(p99).fold(f64::INFINITY, f64::min);
    let worst = rounds.iter().map(|round| round.latency(100.0)).fold(0.0, f64::max);
    [rate, median(rounds, |round| round.latency(50.0)), median(rounds, p99), quiet, worst]
}
