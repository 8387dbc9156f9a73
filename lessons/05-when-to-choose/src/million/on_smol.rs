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
    let mut turn = board.line_up(spinner).await;
    loop {
        Timer::at(turn.due).await;
        turn = board.turn(turn);
    }
}
