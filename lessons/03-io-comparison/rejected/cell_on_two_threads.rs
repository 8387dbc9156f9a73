//! Two threads that share a `Cell`.
//!
//! A `Cell` is written through a shared borrow, so the borrows alone would allow it. But a `Cell` is not `Sync`: it must
//! not be seen by two threads, and a thread takes along nothing that may not come.

use std::{cell::Cell, thread};

fn main() {
    let balance = Cell::new(100);
    thread::scope(|scope| {
        //~ E0277: `Cell<i32>` cannot be shared between threads safely
        scope.spawn(|| balance.set(balance.get() + 50));
    });
    println!("balance: {}", balance.get());
}
