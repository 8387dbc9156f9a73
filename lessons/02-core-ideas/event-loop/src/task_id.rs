//! What a task is called: by its wakers, in the queue, and by whoever hears what the loop does.

use std::fmt;

/// Names a task for ever: no two tasks of a loop have the same, also if one has ended before the other was spawned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskId {
    /// Where it is in the table. When it has ended, another takes the place.
    pub(crate) place: u32,
    /// How many tasks the loop had when it came, itself included. It is what people see.
    pub(crate) number: u64,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

impl TaskId {
    pub(crate) fn number(self) -> u64 {
        self.number
    }
}
