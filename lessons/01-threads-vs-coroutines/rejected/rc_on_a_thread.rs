//! A message with two owners that count each other without a lock, one of them on another thread.
//!
//! Two threads could change the count of an `Rc` at the same time, so an `Rc` is not `Send`: it stays on its thread.

use std::{rc::Rc, thread};

fn main() {
    let message: Rc<str> = Rc::from("thinking!");
    let theirs = Rc::clone(&message);
    //~ E0277: `Rc<str>` cannot be sent between threads safely
    let spinner = thread::spawn(move || println!("| {theirs}"));
    println!("started {message}");
    spinner.join().expect("it does not panic");
}
