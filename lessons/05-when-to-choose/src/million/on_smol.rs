//! A task for each spinner, on smol with one thread.

use std::{future::pending, io, time::Duration};

use smol::{LocalExecutor, Timer};

use super::board::{Board, Plan};

pub fn run(plan: &Plan, board: &'static Board) -> io::Result<()> {
    let plan = plan.after_making(Duration::from_micros(4));
    board.tell(plan)?;
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        for spinner in 0..plan.spinners {
            executor.spawn(spin(plan, board, spinner)).detach();
        }
        pending().await
    }))
}

async fn spin(plan: Plan, board: &'static Board, spinner: u64) {
    let mut next = Some(plan.first_turn(spinner));
    while let Some(due) = next {
        Timer::at(due).await;
        next = board.turn(&plan, spinner, due);
    }
}
