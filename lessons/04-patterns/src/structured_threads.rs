//! Children that end before their parent goes on, on threads.
//!
//! `group` does what Python's `TaskGroup` does. All children run at once. If one fails, the others are cancelled, all of
//! them are awaited, and the first error comes back. A child's panic counts as a failure, and goes on in the parent. You
//! will see three fetches that go well, and then three of which one fails early: the group is over long before the
//! others would have been, and holds nothing any more. A scope joins its threads, so nothing outlives it. But nothing
//! cancels a thread, so a group also has a flag, and every child looks at it whenever it has waited for a tick. One that
//! doesn't look holds up the group. On the timeline: a lane for each fetch.
//!
//!     cargo run -p lesson-04 -- structured-threads --timeline

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tracing::instrument;

use crate::guard::{Guard, Held};

pub fn main() {
    supervisor();
}

#[instrument]
fn supervisor() {
    let held = Held::default();
    let children = [("first", 900), ("second", 300), ("third", 600)];
    let children = children.map(|(name, length)| (name, length, held.acquire()));
    let fetches = children.map(|(name, length, guard)| move |stop: &Stop| fetch(name, length, guard, stop));
    let all = group(&Stop::default(), fetches);
    println!("{all:?}, still held: {}", held.count());

    let began = Instant::now();
    let children = [("first", 900), ("a dead link", 300), ("third", 600)];
    let children = children.map(|(name, length)| (name, length, held.acquire()));
    let fetches = children.map(|(name, length, guard)| move |stop: &Stop| fetch(name, length, guard, stop));
    let failed = group(&Stop::default(), fetches);
    println!("{failed:?} after {:.1} s, still held: {}", began.elapsed().as_secs_f64(), held.count());
}

// ANCHOR: group
/// The flag of a group, and that of the group around it, if there is one.
#[derive(Debug, Default)]
struct Stop<'outer> {
    flag: AtomicBool,
    outer: Option<&'outer Stop<'outer>>,
}

impl Stop<'_> {
    fn is_set(&self) -> bool {
        self.flag.load(Relaxed) || self.outer.is_some_and(Stop::is_set) // (1) Whoever stops a parent stops its children.
    }
}

/// Why a group is over before its children are done.
enum Failure<E> {
    Error(E),
    Panic(Box<dyn Any + Send>),
}

/// Runs all children at once, until they are done or `outer` is set, and gives their results in order.
///
/// # Errors
///
/// The first error of a child. By then the others have been told to stop, and all are gone.
///
/// # Panics
///
/// If a child does, in the same way.
fn group<T: Send, E: Send>(
    outer: &Stop,
    children: impl IntoIterator<Item = impl FnOnce(&Stop) -> Result<T, E> + Send>,
) -> Result<Vec<T>, E> {
    let stop = Stop { outer: Some(outer), ..Stop::default() };
    let mut results = Vec::new();
    let mut failure = None;
    thread::scope(|scope| {
        let (sender, ended) = mpsc::channel();
        for (place, child) in children.into_iter().enumerate() {
            let (sender, stop) = (sender.clone(), &stop);
            results.push(None);
            scope.spawn(move || {
                let end = catch_unwind(AssertUnwindSafe(|| child(stop)));
                let _ = sender.send((place, end)); // (2) The parent receives until all have sent.
            });
        }
        drop(sender);
        for (place, end) in ended {
            let failed = match end {
                Ok(Ok(result)) => {
                    results[place] = Some(result);
                    continue;
                }
                Ok(Err(error)) => Failure::Error(error),
                Err(panic) => Failure::Panic(panic),
            };
            failure.get_or_insert(failed); // (3) Only the first counts. Those that were stopped come later.
            stop.flag.store(true, Relaxed);
        }
    }); // (4) Joins them all.
    match failure {
        None => Ok(results.into_iter().flatten().collect()),
        Some(Failure::Error(error)) => Err(error),
        Some(Failure::Panic(panic)) => resume_unwind(panic),
    }
}
// ANCHOR_END: group

/// Pretends to fetch a page.
#[instrument(skip(_guard, stop))]
fn fetch(name: &'static str, length: u64, _guard: Guard, stop: &Stop) -> Result<&'static str, String> {
    const TICK: Duration = Duration::from_millis(10);

    let until = Instant::now() + Duration::from_millis(length);
    while Instant::now() < until {
        thread::sleep(TICK);
        if stop.is_set() {
            return Err("stopped".to_owned());
        }
    }
    if name.ends_with("dead link") { Err(format!("404: {name}")) } else { Ok(name) }
}

#[cfg(test)]
mod promises;
