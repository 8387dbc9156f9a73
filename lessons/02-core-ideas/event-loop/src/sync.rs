//! Locks and atomics: the standard library's, or loom's when the crate is built with
//! `--cfg event_loop_loom`.
//!
//! loom runs a program once for every order in which its threads could take turns, and for every value that an atomic
//! may give. It can do so only for the operations that go through its own types. What stays on one thread needs none of
//! them.

#[cfg(not(event_loop_loom))]
pub(crate) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering},
};

#[cfg(event_loop_loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering},
};
