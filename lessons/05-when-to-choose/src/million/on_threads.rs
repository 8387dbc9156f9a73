//! A thread for each spinner.

use std::{io, thread, time::Instant};

use super::board::Board;

pub fn run(board: &'static Board) -> io::Result<()> {
    for spinner in 0..board.spinners() {
        thread::Builder::new().spawn(move || spin(board, spinner))?;
    }
    loop {
        thread::park();
    }
}

fn spin(board: &Board, spinner: u64) {
    board.start().line_up_thread();
    let mut turn = spinner;
    loop {
        thread::sleep(board.due(turn).saturating_duration_since(Instant::now()));
        turn = board.turn(turn);
    }
}
