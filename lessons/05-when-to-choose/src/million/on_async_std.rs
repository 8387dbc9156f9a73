//! A task for each spinner, on async-std.

use std::{
    future::pending,
    io,
    time::{Duration, Instant},
};

use async_std::task;

use super::board::{Board, Plan};

pub fn run(plan: &Plan, board: &'static Board) -> io::Result<()> {
    let plan = plan.after_making(Duration::from_micros(4));
    board.tell(plan)?;
    task::block_on(async {
        for spinner in 0..plan.spinners {
            task::spawn(spin(plan, board, spinner));
        }
        pending().await
    })
}

async fn spin(plan: Plan, board: &'static Board, spinner: u64) {
    let mut next = Some(plan.first_turn(spinner));
    while let Some(due) = next {
        task::sleep(due.saturating_duration_since(Instant::now())).await;
        next = board.turn(&plan, spinner, due);
    }
}
