//! Three jobs at once, on tokio with one thread.
//!
//! Each job is a task, and most of its time it waits, so all three take as long as the longest. First we want the
//! results in the order in which we started the jobs, as asyncio's `gather` gives them: awaiting the handles one after
//! the other does that. Then in the order in which they are done, as `as_completed` gives them: that is what a
//! `JoinSet` is for. On the timeline: one lane, and two polls for each job.
//!
//!     cargo run -p lesson-02 -- tasks-tokio --timeline

use std::time::{Duration, Instant};

use tokio::{
    task::{self, JoinSet},
    time::sleep,
};
use tracing::instrument;

/// Each job's name, and how long it takes in milliseconds.
const JOBS: [(&str, u64); 3] = [("first", 1_500), ("second", 500), ("third", 1_000)];

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    in_order().await;
    as_completed().await;
}

#[instrument]
async fn in_order() {
    println!("results in order:");
    let began = Instant::now();
    let handles = JOBS.map(|(name, length)| task::spawn(job(name, length))); // (1) All three are queued.
    for handle in handles {
        let name = handle.await.expect("no job panics"); // (2) The others go on meanwhile.
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

#[instrument]
async fn as_completed() {
    println!("results as they come:");
    let began = Instant::now();
    let mut jobs = JoinSet::new();
    for (name, length) in JOBS {
        jobs.spawn(job(name, length));
    }
    // (3) Whichever is done first. Dropping the set would cancel the rest.
    while let Some(joined) = jobs.join_next().await {
        let name = joined.expect("no job panics");
        println!("  {:.1} s: {name}", began.elapsed().as_secs_f64());
    }
}

/// Pretends to wait for I/O.
#[instrument]
async fn job(name: &str, length: u64) -> &str {
    sleep(Duration::from_millis(length)).await;
    name
}
