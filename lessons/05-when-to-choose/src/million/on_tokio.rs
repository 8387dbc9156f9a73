//! A task for each spinner, on tokio.

use std::{future::pending, io, time::Duration};

use tokio::{
    runtime::{Builder, Runtime},
    task,
    time::sleep_until,
};

use super::board::{Board, Plan};

pub fn run_on_one_thread(plan: &Plan, board: &'static Board) -> io::Result<()> {
    run(&Builder::new_current_thread().enable_time().build()?, plan, board)
}

pub fn run_on_many_threads(plan: &Plan, board: &'static Board) -> io::Result<()> {
    run(&Builder::new_multi_thread().enable_time().build()?, plan, board)
}

fn run(runtime: &Runtime, plan: &Plan, board: &'static Board) -> io::Result<()> {
    let plan = plan.after_making(Duration::from_micros(4));
    board.tell(plan)?;
    runtime.block_on(async {
        for spinner in 0..plan.spinners {
            task::spawn(spin(plan, board, spinner));
        }
        pending().await
    })
}

async fn spin(plan: Plan, board: &'static Board, spinner: u64) {
    let mut next = Some(plan.first_turn(spinner));
    while let Some(due) = next {
        sleep_until(due.into()).await;
        next = board.turn(&plan, spinner, due);
    }
}
