//! Two threads that add to one variable.
//!
//! Each would need the only mutable borrow of it. The rule that forbids it knows nothing of threads: it holds for any two
//! owners of a mutable borrow, and so for these.

use std::thread;

fn main() {
    let mut balance = 100;
    thread::scope(|scope| {
        scope.spawn(|| balance += 50);
        //~ E0499: cannot borrow `balance` as mutable more than once at a time
        scope.spawn(|| balance += 20);
    });
    println!("balance: {balance}");
}
