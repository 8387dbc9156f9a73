//! Does several things at once.

use std::{
    iter, panic,
    sync::{Mutex, PoisonError},
    thread,
};

/// Does `work` for each of these, as many of them at once as said. Gives back what came of them, in no order.
pub fn side_by_side<T: Send, R: Send>(at_once: usize, items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || iter::from_fn(next).map(&work).collect::<Vec<_>>();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
            .collect()
    })
}
