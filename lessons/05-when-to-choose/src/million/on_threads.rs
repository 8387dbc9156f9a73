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
    let mut turn = board.line_up_thread(spinner);
    loop {
        thread::sleep(turn.due.saturating_duration_since(Instant::now()));
        turn = board.turn(turn);
    }
}
