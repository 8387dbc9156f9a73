//! Three jobs at once, on smol with one thread.
//!
//! The same as on tokio, but smol has no set of tasks, so the results in the order of completion come from a set of
//! futures, of the crate `futures`, filled with the tasks. On the timeline: one lane. Whenever the thread wakes, the
//! executor asks the functions around the jobs too, but a job only when it can go on.
//!
//!     cargo run -p lesson-02 -- tasks-smol --timeline

use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt};
use smol::{LocalExecutor, Timer};
use tracing::instrument;

/// Each job's name, and how long it takes in milliseconds.
const JOBS: [(&str, u64); 3] = [("first", 1_500), ("second", 500), ("third", 1_000)];

pub fn main() {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        in_order(&executor).await;
        as_completed(&executor).await;
    }));
}

#[instrument(skip_all)]
async fn in_order(executor: &LocalExecutor<'_>) {
    println!("results in order:");
    let began = Instant::now();
    let tasks = JOBS.map(|(name, length)| executor.spawn(job(name, length))); // (1) All three are queued.
    for task in tasks {
        let name = task.await; // (2) The others go on meanwhile.
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

#[instrument(skip_all)]
async fn as_completed(executor: &LocalExecutor<'_>) {
    println!("results as they come:");
    let began = Instant::now();
    let mut jobs = FuturesUnordered::new();
    for (name, length) in JOBS {
        jobs.push(executor.spawn(job(name, length)));
    }
    // (3) Whichever is done first. Dropping the set would cancel the rest.
    while let Some(name) = jobs.next().await {
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

/// Pretends to wait for I/O.
#[instrument]
async fn job(name: &str, length: u64) -> &str {
    Timer::after(Duration::from_millis(length)).await;
    name
}
