//! A task for each spinner, on tokio.

use std::{future::pending, io};

use tokio::{
    runtime::{Builder, Runtime},
    task,
    time::sleep_until,
};

use super::board::Board;

pub fn run_on_one_thread(board: &'static Board) -> io::Result<()> {
    run(&Builder::new_current_thread().enable_time().build()?, board)
}

pub fn run_on_many_threads(board: &'static Board) -> io::Result<()> {
    run(&Builder::new_multi_thread().enable_time().build()?, board)
}

fn run(runtime: &Runtime, board: &'static Board) -> io::Result<()> {
    runtime.block_on(async {
        for spinner in 0..board.spinners() {
            task::spawn(spin(board, spinner));
        }
        pending().await
    })
}

async fn spin(board: &'static Board, spinner: u64) {
    board.start().line_up().await;
    let mut turn = spinner;
    loop {
        sleep_until(board.due(turn).into()).await;
        turn = board.turn(turn);
    }
}
