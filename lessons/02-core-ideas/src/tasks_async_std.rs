//! Three jobs at once, on async-std.
//!
//! The same as on tokio, with two differences. The jobs are polled by the threads of async-std's pool, any job by any
//! of them. And async-std has no set of tasks, so the results in the order of completion come from a set of futures, of
//! the crate `futures`, filled with the tasks' handles. On the timeline: a lane for main, and one for each thread of
//! the pool that polled a job.
//!
//!     cargo run -p lesson-02 -- tasks-async-std --timeline

use std::time::{Duration, Instant};

use async_std::task::{self, sleep};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tracing::instrument;

/// Each job's name, and how long it takes in milliseconds.
const JOBS: [(&str, u64); 3] = [("first", 1_500), ("second", 500), ("third", 1_000)];

pub fn main() {
    task::block_on(async {
        in_order().await;
        as_completed().await;
    });
}

#[instrument]
async fn in_order() {
    println!("results in order:");
    let began = Instant::now();
    let handles = JOBS.map(|(name, length)| task::spawn(job(name, length))); // (1) The pool begins at once.
    for handle in handles {
        let name = handle.await; // (2) The others go on meanwhile.
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

#[instrument]
async fn as_completed() {
    println!("results as they come:");
    let began = Instant::now();
    let mut jobs = FuturesUnordered::new();
    for (name, length) in JOBS {
        jobs.push(task::spawn(job(name, length)));
    }
    // (3) Whichever is done first. Dropping the set would leave the rest running, and drop their results.
    while let Some(name) = jobs.next().await {
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

/// Pretends to wait for I/O.
#[instrument]
async fn job(name: &str, length: u64) -> &str {
    sleep(Duration::from_millis(length)).await;
    name
}
