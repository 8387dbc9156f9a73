//! A thread for each spinner.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use super::board::{Board, Plan};

pub fn run(plan: &Plan, board: &'static Board) -> io::Result<()> {
    let plan = plan.after_making(Duration::from_micros(300));
    board.tell(plan)?;
    for spinner in 0..plan.spinners {
        thread::Builder::new().spawn(move || spin(&plan, board, spinner))?;
    }
    Ok(())
}

fn spin(plan: &Plan, board: &Board, spinner: u64) {
    let mut next = Some(plan.first_turn(spinner));
    while let Some(due) = next {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        next = board.turn(plan, spinner, due);
    }
}
