//! Two threads that add to one atomic variable.

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread,
};

fn main() {
    let balance = AtomicU32::new(100);
    thread::scope(|scope| {
        scope.spawn(|| balance.fetch_add(50, Relaxed));
        scope.spawn(|| balance.fetch_add(20, Relaxed));
    });
    println!("balance: {}", balance.into_inner());
}
