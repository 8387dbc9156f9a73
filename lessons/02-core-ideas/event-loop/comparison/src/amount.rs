//! How much of the work the subjects do.

use std::time::Duration;

/// How many tasks are spawned before the first of them is joined.
pub const BATCH: usize = 1_000;

/// How many tasks yield to each other.
pub const YIELDING: usize = 1_000;

/// How long tasks sleep that are not to wake up.
pub const LONG: Duration = Duration::from_secs(60 * 60);
