//! A message that is used after a thread has taken it.
//!
//! `move` gives the closure its own `message`. The main thread has none left to print.

use std::thread;

fn main() {
    let message = String::from("thinking!");
    let spinner = thread::spawn(move || println!("| {message}"));
    //~ E0382: borrow of moved value: `message`
    println!("started {message}");
    spinner.join().expect("it does not panic");
}
