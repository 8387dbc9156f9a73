//! A task for each spinner, on smol with one thread.

use std::{future::pending, io};

use smol::{LocalExecutor, Timer};

use super::board::Board;

pub fn run(board: &'static Board) -> io::Result<()> {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        for spinner in 0..board.spinners() {
            executor.spawn(spin(board, spinner)).detach();
        }
        pending().await
    }))
}

async fn spin(board: &'static Board, spinner: u64) {
    board.start().line_up().await;
    let mut turn = spinner;
    loop {
        Timer::at(board.due(turn)).await;
        turn = board.turn(turn);
    }
}
