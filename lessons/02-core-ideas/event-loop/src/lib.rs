//! An event loop that is meant to be read.
//!
//! It runs tasks on one thread, in turns. A task that has to wait leaves a waker with what it waits for, and is polled
//! again when the waker is called. When no task can go on, the thread sleeps until a waker is called or a timer is due.
//!
//! ```
//! use std::time::Duration;
//! use event_loop::{EventLoop, sleep, spawn};
//!
//! let answer = EventLoop::new().block_on(async {
//!     let job = spawn(async {
//!         sleep(Duration::from_millis(10)).await;
//!         42
//!     });
//!     job.await
//! });
//! assert_eq!(answer.ok(), Some(42));
//! ```
//!
//! Each part is a module with one job, to be read in this order:
//!
//! | module | its job |
//! | --- | --- |
//! | `task_id` | what a task is called |
//! | `ready_queue` | which tasks can go on |
//! | `waker` | how whoever a task waits for puts it there |
//! | `inbox` | the way there from other threads, and how they wake the loop |
//! | `task` | a task, and the table of those that have not ended or whose outcome is still to be taken |
//! | `join_handle`, `join_error` | what takes the outcome; why there may be no result |
//! | `timers`, `sleep` | the alarms, and which is due next; `sleep` and `timeout`, which set them |
//! | `clock` | the time, real or virtual |
//! | `event_loop` | the loop itself: turns, and what it does when nothing is left to do |
//! | `reactor`, `reactor/source` | which sockets can go on, and a place to sleep until one can; a socket of it (feature `net`) |
//! | `net` | TCP, on top of it (feature `net`) |
//! | `current` | which loop runs on this thread, for the functions that need no handle to it |
//! | `yield_now` | to let the others go first |
//! | `observe` | what the loop tells a listener of what it does |
//! | `sync`, `reactor/model` | locks and atomics: the standard library's, or loom's when the models run; no sockets then |
//!
//! A module uses those above it and the leaves `task_id`, `join_error`, `timers`, `clock`, `observe` and `sync`. Five go
//! round in a circle, as the loop does: a `waker` asks `current` for the loop on its thread, which is an `event_loop`,
//! with a table of each `task`, to which its `waker` and its `join_handle` belong.
//!
//! # What it promises
//!
//! - *One thread.* Every task is polled and dropped on the thread that runs the loop, so tasks need not be `Send`.
//!   Wakers may be called from any thread.
//! - *Fair.* A turn polls each ready task once. Tasks that are woken meanwhile wait for the next turn, and between two
//!   turns the timers that are due are fired. So nobody starves, however busy the others are. (A virtual clock stands
//!   still while anybody is busy.)
//! - *In order.* Tasks are polled in the order in which they were woken. Timers fire in the order of their deadlines,
//!   those with the same deadline in the order in which they were set.
//! - *Idle is free.* When no task can go on, the thread sleeps in the operating system.
//! - *Sockets starve nobody, and nobody starves them.* Between two turns the loop asks which of them can go on, however
//!   busy its tasks are. And a task that finds its socket always ready has to give way from time to time.
//! - *A panic stays in its task.* It comes out where the task is joined. The loop and the other tasks go on. If the
//!   handle is dropped, the outcome is dropped with it, and a panic of its destructor goes nowhere. What ends the loop's
//!   run is a panic of the future given to `block_on`, or of a waker that is not ours.
//! - *No wake is lost*, from whatever thread it comes. If a waker that is not ours panics, the alarms and sockets that
//!   were to be told next are told when the loop runs again.
//! - *Nothing outlives the loop.* Dropping it drops every task, on the same thread, whatever panics meanwhile.
//!
//! It has no threads of its own, and no unsafe code.

#![forbid(unsafe_code)]

mod clock;
mod current;
mod event_loop;
mod inbox;
mod join_error;
mod join_handle;
#[cfg(all(feature = "net", not(event_loop_loom)))]
pub mod net;
pub mod observe;
#[cfg(feature = "net")]
#[cfg_attr(event_loop_loom, path = "reactor/model.rs")]
mod reactor;
mod ready_queue;
mod sleep;
mod sync;
mod task;
mod task_id;
mod timers;
mod waker;
mod yield_now;

#[cfg(all(feature = "net", event_loop_loom))]
pub use current::sleep_in_reactor;
pub use current::{now, spawn};
pub use event_loop::EventLoop;
pub use join_error::{JoinError, Panic};
pub use join_handle::{JoinHandle, join_all};
pub use sleep::{Sleep, TimedOut, sleep, sleep_until, timeout};
pub use yield_now::{YieldNow, yield_now};
