//! A task for each spinner, on async-std.

use std::{future::pending, io, time::Instant};

use async_std::task;

use super::board::Board;

pub fn run(board: &'static Board) -> io::Result<()> {
    task::block_on(async {
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
        task::sleep(board.due(turn).saturating_duration_since(Instant::now())).await;
        turn = board.turn(turn);
    }
}
