//! The same with `Arc`, which counts its owners atomically, and is `Send`.

use std::{sync::Arc, thread};

fn main() {
    let message: Arc<str> = Arc::from("thinking!");
    let theirs = Arc::clone(&message);
    let spinner = thread::spawn(move || println!("| {theirs}"));
    println!("started {message}");
    spinner.join().expect("it does not panic");
}
