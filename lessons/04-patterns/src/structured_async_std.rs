//! Children that end before their parent goes on, on async-std.
//!
//! `group` does what Python's `TaskGroup` does. All children run at once. If one fails, the others are cancelled, all of
//! them are awaited, and the first error comes back. A child's panic counts as a failure, and goes on in the parent. You
//! will see three fetches that go well, and then three of which one fails early: the group is over long before the
//! others would have been, and holds nothing any more. async-std's tasks run on when their handles are dropped, and so
//! would outlive a parent that is dropped. So the children are no tasks here, but futures in a set, polled by the parent
//! alone, and gone with it at once. The price: one of them that blocks holds up all. On the timeline: one lane; three of the
//! six fetches end with a result, one with an error, and two are dropped.
//!
//!     cargo run -p lesson-04 -- structured-async-std --timeline

use std::{
    any::Any,
    panic::{AssertUnwindSafe, resume_unwind},
    time::{Duration, Instant},
};

use async_std::task::{self, sleep};
use futures_lite::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tracing::instrument;

use crate::guard::{Guard, Held};

pub fn main() {
    task::block_on(supervisor());
}

#[instrument]
async fn supervisor() {
    let held = Held::default();
    let children = [("first", 900), ("second", 300), ("third", 600)];
    let all = group(children.map(|(name, length)| fetch(name, length, held.acquire()))).await;
    println!("{all:?}, still held: {}", held.count());

    let began = Instant::now();
    let children = [("first", 900), ("a dead link", 300), ("third", 600)];
    let failed = group(children.map(|(name, length)| fetch(name, length, held.acquire()))).await;
    println!("{failed:?} after {:.1} s, still held: {}", began.elapsed().as_secs_f64(), held.count());
}

// ANCHOR: group
/// Why a group is over before its children are done.
enum Failure<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

/// Runs all children at once, and gives their results in order.
///
/// # Errors
///
/// The first error of a child. By then the others have been cancelled, and all are gone.
///
/// # Panics
///
/// If a child does, in the same way.
async fn group<T, E>(children: impl IntoIterator<Item = impl Future<Output = Result<T, E>>>) -> Result<Vec<T>, E> {
    let mut running: FuturesUnordered<_> = children
        .into_iter()
        .enumerate()
        .map(|(place, child)| async move { (place, AssertUnwindSafe(child).catch_unwind().await) })
        .collect(); // (1) Part of us, so dropped with us.
    let mut results: Vec<_> = (0..running.len()).map(|_| None).collect();
    while let Some((place, ended)) = running.next().await {
        let failure = match ended {
            Ok(Ok(result)) => {
                results[place] = Some(result);
                continue;
            }
            Ok(Err(error)) => Failure::Error(error),
            Err(panic) => Failure::Panic(panic),
        };
        drop(running); // (2) Cancels all that are left, here and now.
        match failure {
            Failure::Error(error) => return Err(error),
            Failure::Panic(panic) => resume_unwind(panic),
        }
    }
    Ok(results.into_iter().flatten().collect())
}
// ANCHOR_END: group

/// Pretends to fetch a page.
#[instrument(skip(_guard))]
async fn fetch(name: &'static str, length: u64, _guard: Guard) -> Result<&'static str, String> {
    sleep(Duration::from_millis(length)).await;
    if name.ends_with("dead link") { Err(format!("404: {name}")) } else { Ok(name) }
}

#[cfg(test)]
mod promises;
