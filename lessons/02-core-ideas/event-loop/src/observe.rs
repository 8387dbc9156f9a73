//! What the loop tells of itself, to whoever listens.
//!
//! Each of these is an event of the `tracing` crate, at level `TRACE` and with the target [`TARGET`]. As long as nobody
//! listens at that level, an event is one comparison with a variable that never changes.
//!
//! | message | fields | when |
//! | --- | --- | --- |
//! | `spawned` | `task` | a task has been put into the table and the queue |
//! | `woken` | `task` | a waker of a task that was not in the queue has put it there |
//! | `turn` | `ready`, `timers`, `tasks` | a turn begins with so many tasks in the queue, alarms set, tasks in all |
//! | `polling` | `task` | a task is about to be polled |
//! | `waits` | `task` | the poll is over, and the task has to wait |
//! | `finished`, `panicked`, `cancelled` | `task` | the task has ended, in one of these ways; its join is woken next |
//! | `idle` | `timers`, `tasks` | nothing can go on, and the loop sleeps |
//!
//! That is enough to know at any time what is in the queue, who waits and who woke whom, since the events of a thread are
//! in order. Who calls a waker between a task's `polling` and the end of that poll is that task. Otherwise it is the
//! loop: a timer whose time has come, a socket that can go on, or a task that it has just dropped. On another thread it
//! is that thread. Only one thing goes untold: a panic of the future given to `block_on`, which takes the loop's caller with it.

use tracing::trace;

use crate::task_id::TaskId;

/// The target of every event.
pub const TARGET: &str = "event_loop";

pub(crate) fn spawned(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "spawned");
}

pub(crate) fn woken(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "woken");
}

pub(crate) fn turn(ready: usize, timers: usize, tasks: usize) {
    trace!(target: TARGET, ready, timers, tasks, "turn");
}

pub(crate) fn polling(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "polling");
}

pub(crate) fn waits(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "waits");
}

pub(crate) fn finished(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "finished");
}

pub(crate) fn panicked(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "panicked");
}

pub(crate) fn cancelled(task: TaskId) {
    trace!(target: TARGET, task = task.number(), "cancelled");
}

pub(crate) fn idle(timers: usize, tasks: usize) {
    trace!(target: TARGET, timers, tasks, "idle");
}
