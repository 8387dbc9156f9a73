//! The same, with an owner for each thread: `Arc` counts them.

use std::{sync::Arc, thread};

fn main() {
    let message: Arc<str> = Arc::from("thinking!");
    let theirs = Arc::clone(&message);
    let spinner = thread::spawn(move || println!("| {theirs}"));
    println!("started {message}");
    spinner.join().expect("it does not panic");
}
