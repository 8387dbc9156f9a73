//! What is compared: a table of the functions that do the work on each of them.

use std::{io, net::SocketAddr, time::Duration};

use crate::{on_event_loop, on_smol, on_tokio, ticks::Schedule};

/// Does so many operations, and says how long they took together.
pub type Work = fn(usize) -> Duration;

/// Looks at something of the process, if the system lets it be seen.
pub type Look = fn() -> Option<u64>;

/// What is compared.
pub struct Subject {
    pub name: &'static str,
    pub spawn_one_by_one: Work,
    pub spawn_in_batches: Work,
    pub yield_in_turns: Work,
    pub wake_from_another_thread: Work,
    /// Looks when so many tasks are asleep.
    pub fall_asleep: fn(usize, Look) -> Option<u64>,
    pub tick: fn(Schedule),
    /// Serves for ever, after it has told its address.
    pub serve: fn(fn(SocketAddr)) -> io::Result<()>,
}

/// The first is ours, and the others are what it is held against.
pub const SUBJECTS: [Subject; 3] = [
    Subject {
        name: "event-loop",
        spawn_one_by_one: on_event_loop::spawn_one_by_one,
        spawn_in_batches: on_event_loop::spawn_in_batches,
        yield_in_turns: on_event_loop::yield_in_turns,
        wake_from_another_thread: on_event_loop::wake_from_another_thread,
        fall_asleep: |tasks, look| on_event_loop::fall_asleep(tasks, look),
        tick: on_event_loop::tick,
        serve: |announce| on_event_loop::serve(announce),
    },
    Subject {
        name: "tokio",
        spawn_one_by_one: on_tokio::spawn_one_by_one,
        spawn_in_batches: on_tokio::spawn_in_batches,
        yield_in_turns: on_tokio::yield_in_turns,
        wake_from_another_thread: on_tokio::wake_from_another_thread,
        fall_asleep: |tasks, look| on_tokio::fall_asleep(tasks, look),
        tick: on_tokio::tick,
        serve: |announce| on_tokio::serve(announce),
    },
    Subject {
        name: "smol",
        spawn_one_by_one: on_smol::spawn_one_by_one,
        spawn_in_batches: on_smol::spawn_in_batches,
        yield_in_turns: on_smol::yield_in_turns,
        wake_from_another_thread: on_smol::wake_from_another_thread,
        fall_asleep: |tasks, look| on_smol::fall_asleep(tasks, look),
        tick: on_smol::tick,
        serve: |announce| on_smol::serve(announce),
    },
];

/// The version of a subject, as the workspace's lock file has it.
pub fn version(subject: &str) -> Option<&'static str> {
    const LOCK: &str = include_str!("../../../../../Cargo.lock");
    let (_, package) = LOCK.split_once(&format!("name = \"{subject}\"\nversion = \""))?;
    package.split('"').next()
}
