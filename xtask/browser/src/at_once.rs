//! Shares tasks out among several browsers: each waits much of its time, for a frame, a file or an answer.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::Result;

use crate::{browser::Browser, server::Server, site::Site};

/// How many browsers run at once.
const BROWSERS: usize = 3;

/// Does `work` for every task, in the order of `tasks`, with a browser and a server that no other task has meanwhile.
/// Gives back what came of them, in the same order. The error is the first that a browser gives, and what has not begun
/// by then does not begin.
pub fn run<T: Sync, R: Send>(
    site: &Site,
    tasks: &[T],
    work: impl Fn(&mut Browser, &Server, &T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut browser, server) = (Browser::start()?, Server::start(&site.built)?);
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else { return Ok(done) };
            done.push((index, work(&mut browser, &server, task)?));
        }
    };
    let worker = || worker().inspect_err(|_: &anyhow::Error| next.store(tasks.len(), Ordering::Relaxed));
    let mut results = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..BROWSERS.min(tasks.len())).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            results.extend(worker.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?);
        }
        Ok(())
    })
    .map(|()| {
        results.sort_by_key(|&(index, _)| index);
        results.into_iter().map(|(_, result)| result).collect()
    })
}
