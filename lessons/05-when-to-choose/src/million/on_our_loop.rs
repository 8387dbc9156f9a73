//! A task for each spinner, on the event loop of lesson 2.

use std::{future::pending, io};

use event_loop::{EventLoop, sleep_until, spawn};

use super::board::Board;

pub fn run(board: &'static Board) -> io::Result<()> {
    EventLoop::new().block_on(async {
        for spinner in 0..board.spinners() {
            spawn(spin(board, spinner)).detach();
        }
        pending().await
    })
}

async fn spin(board: &'static Board, spinner: u64) {
    board.start().line_up().await;
    let mut turn = spinner;
    loop {
        sleep_until(board.due(turn)).await;
        turn = board.turn(turn);
    }
}
