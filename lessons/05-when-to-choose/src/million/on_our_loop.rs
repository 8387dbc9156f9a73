//! A task for each spinner, on the event loop of lesson 2.

use std::{future::pending, io, time::Duration};

use event_loop::{EventLoop, sleep_until, spawn};

use super::board::{Board, Plan};

pub fn run(plan: &Plan, board: &'static Board) -> io::Result<()> {
    let plan = plan.after_making(Duration::from_micros(4));
    board.tell(plan)?;
    EventLoop::new().block_on(async {
        (0..plan.spinners).for_each(|spinner| spawn(spin(plan, board, spinner)).detach());
        pending().await
    })
}

async fn spin(plan: Plan, board: &'static Board, spinner: u64) {
    let mut next = Some(plan.first_turn(spinner));
    while let Some(due) = next {
        sleep_until(due).await;
        next = board.turn(&plan, spinner, due);
    }
}
