//! Each connection asks again when it has its answer: how much can a server do?

use std::collections::HashMap;

use lesson_kit::{Column, Results};

use super::{
    client::{Measured, Pace},
    noise,
    plan::{Cell, Plan},
};
use crate::rounds::{median, sorted};

/// How often each is measured: all servers with so many connections, and then all of them again.
pub const ROUNDS: usize = 3;

/// What was measured.
#[derive(Debug, Default)]
pub struct Closed {
    /// Every round of a server with so many connections.
    pub rounds: HashMap<Cell, Vec<Measured>>,
    /// How much of a core other programs had with so many connections, in percent.
    pub noise: HashMap<u64, f64>,
}

/// Measures all cells of the plan, and prints a row for each.
///
/// # Errors
///
/// One sentence, if a server can't be measured.
pub fn measure(plan: &Plan) -> Result<Closed, String> {
    println!("\nclosed loop: each connection asks again when it has its answer; {ROUNDS} rounds");
    let [fifth, sixth] = if plan.is_ours() {
        [Column::of("memory", "MB", 1), Column::count("threads")]
    } else {
        [Column::of("errors", "%", 1), Column::of("closed", "%", 1)]
    };
    let columns = [
        Column::of("served", "/s", 0),
        Column::of("spread", "%", 0),
        Column::of("median", "ms", 2),
        Column::of("p99", "ms", 2),
        fifth,
        sixth,
    ];
    let mut results = Results::new("server, clients", plan.cells.iter().map(Cell::name), columns);
    let mut closed = Closed::default();
    for same in plan.cells.chunk_by(|one, other| one.connections == other.connections) {
        closed.measure_in_turn(plan, same)?;
        for cell in same {
            results.row(&cell.name(), row(plan, &closed.rounds[cell]));
        }
    }
    let busy = |cell: &Cell| {
        let shares = closed.rounds[cell].iter().filter_map(Measured::client_share);
        shares.max_by(f64::total_cmp).map(|share| (share, *cell))
    };
    let busiest = plan.cells.iter().filter_map(busy).max_by(|one, other| one.0.total_cmp(&other.0));
    if let Some((share, Cell { connections, server })) = busiest {
        println!("the client was busy {share:.0} % of the time or less (most for {server} with {connections})");
    }
    Ok(closed)
}

impl Closed {
    /// Measures servers with the same number of connections. In turn, so that a machine that gets slower or faster does
    /// so for all of them.
    fn measure_in_turn(&mut self, plan: &Plan, same: &[Cell]) -> Result<(), String> {
        let mut noises = Vec::new();
        for _ in 0..ROUNDS {
            for &cell in same {
                if plan.is_ours() {
                    noises.push(noise::look());
                }
                let [measured] = plan.measure(cell, Pace::Closed, plan.time(cell.connections))?;
                self.rounds.entry(cell).or_default().push(measured);
            }
        }
        if plan.is_ours() {
            // Each machine pauses now and then. Other programs are there at most of the looks.
            self.noise.insert(same[0].connections, median(&noises, |noise| *noise));
        }
        Ok(())
    }

    /// The rate of the slowest server with as many connections, in answers a second. Python's count for themselves: at
    /// their rate the others would have little to do, and at that of the others they could only fall behind.
    pub fn slowest_like(&self, one: Cell) -> f64 {
        let is_like = |cell: &Cell| cell.connections == one.connections && cell.is_python() == one.is_python();
        let same = self.rounds.iter().filter(|(cell, _)| is_like(cell));
        same.map(|(_, rounds)| median(rounds, Measured::rate)).fold(f64::INFINITY, f64::min)
    }
}

fn row(plan: &Plan, rounds: &[Measured]) -> [Option<f64>; 6] {
    let rates = sorted(rounds, Measured::rate);
    let rate = median(rounds, Measured::rate);
    let last = rounds.last().expect("there is a round").server;
    let [fifth, sixth] = if plan.is_ours() {
        [last.memory, last.threads]
    } else {
        [Some(median(rounds, Measured::errors)), Some(median(rounds, Measured::closed))]
    };
    [
        Some(rate),
        Some((rates[ROUNDS - 1] - rates[0]) / rate * 100.0),
        Some(median(rounds, |round| round.latency(50.0))),
        Some(median(rounds, |round| round.latency(99.0))),
        fifth,
        sixth,
    ]
}
