//! Two threads that share what is behind a lock.

use std::{sync::Mutex, thread};

fn main() {
    let balance = Mutex::new(100);
    thread::scope(|scope| {
        scope.spawn(|| *balance.lock().expect("no thread panics") += 50);
    });
    println!("balance: {}", balance.into_inner().expect("no thread panics"));
}
