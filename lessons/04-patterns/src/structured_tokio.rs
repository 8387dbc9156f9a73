//! Children that end before their parent goes on, on tokio.
//!
//! `group` does what Python's `TaskGroup` does. All children run at once. If one fails, the others are cancelled, all of
//! them are awaited, and the first error comes back. A child's panic counts as a failure, and goes on in the parent. You
//! will see three fetches that go well, and then three of which one fails early: the group is over long before the
//! others would have been, and holds nothing any more. A `JoinSet` has most of it: it aborts what is left when it is
//! dropped. But that only asks: if the parent itself is dropped, its children are gone when the runtime has got to each.
//! On the timeline: three of the six fetches end with a result, one with an error, and two are dropped.
//!
//!     cargo run -p lesson-04 -- structured-tokio --timeline

use std::{any::Any, panic::resume_unwind, time::Duration};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tracing::instrument;

use crate::guard::{Guard, Held};

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    supervisor().await;
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
async fn group<T, E>(
    children: impl IntoIterator<Item = impl Future<Output = Result<T, E>> + Send + 'static>,
) -> Result<Vec<T>, E>
where
    T: Send + 'static,
    E: Send + 'static,
{
    let mut running = JoinSet::new();
    for (place, child) in children.into_iter().enumerate() {
        running.spawn(async move { (place, child.await) }); // (1) From here on they belong to the set.
    }
    let mut results: Vec<_> = (0..running.len()).map(|_| None).collect();
    let mut failure = None;
    while let Some(ended) = running.join_next().await {
        let failed = match ended {
            Ok((place, Ok(result))) => {
                results[place] = Some(result);
                continue;
            }
            Ok((_, Err(error))) => Failure::Error(error),
            Err(error) if error.is_panic() => Failure::Panic(error.into_panic()),
            Err(_cancelled) => continue, // By us, below.
        };
        failure.get_or_insert(failed); // (2) Only the first counts.
        running.abort_all(); // (3) And then the loop goes on until they are gone.
    }
    match failure {
        None => Ok(results.into_iter().flatten().collect()),
        Some(Failure::Error(error)) => Err(error),
        Some(Failure::Panic(panic)) => resume_unwind(panic),
    }
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
