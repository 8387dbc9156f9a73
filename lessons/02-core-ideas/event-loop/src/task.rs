//! Tasks, and the table of those that have not ended.
//!
//! A task is a future that the loop owns. It lies in a box, since it must not move once it has been polled, and since
//! the table has to hold futures of every type side by side.
//!
//! While a task is polled it is out of the table: it may spawn tasks, and the table has to be free for that.

use std::{fmt, pin::Pin, rc::Rc, sync::Arc};

use slab::Slab;

use crate::{join_handle::Ending, ready_queue::TaskWaker};

/// Names a task for ever: no two tasks of a loop have the same, also if one has ended before the other was spawned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskId {
    /// Where it is in the table. When it has ended, another takes the place.
    place: usize,
    /// How many tasks the loop had when it came, itself included. It is what people see.
    number: u64,
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

// ANCHOR: task
/// What the loop holds of a task that has not ended.
pub(crate) struct Task {
    pub(crate) future: Pin<Box<dyn Future<Output = ()>>>,
    /// Where to say how it ended.
    pub(crate) ending: Rc<dyn Ending>,
    pub(crate) waker: Arc<TaskWaker>,
}
// ANCHOR_END: task

/// Every task that has not ended.
#[derive(Default)]
pub(crate) struct Tasks {
    slots: Slab<Slot>,
    /// How many ids have been given out.
    numbered: u64,
}

struct Slot {
    number: u64,
    /// Away while it is polled.
    task: Option<Task>,
}

impl Tasks {
    /// The id of a future that is polled like a task but is not in the table: the one that `block_on` waits for.
    pub(crate) fn outside(&mut self) -> TaskId {
        self.numbered += 1;
        TaskId { place: usize::MAX, number: self.numbered }
    }

    /// A place for a new task, still empty.
    pub(crate) fn reserve(&mut self) -> TaskId {
        self.numbered += 1;
        let place = self.slots.insert(Slot { number: self.numbered, task: None });
        TaskId { place, number: self.numbered }
    }

    /// Takes a task out to poll it. `None` if it has ended: a waker may outlive its task.
    pub(crate) fn take(&mut self, id: TaskId) -> Option<Task> {
        self.slot(id)?.task.take()
    }

    /// Puts a task into its place, to be polled when its turn comes.
    pub(crate) fn put(&mut self, id: TaskId, task: Task) {
        if let Some(slot) = self.slot(id) {
            slot.task = Some(task);
        }
    }

    /// Frees the place of a task that has ended.
    pub(crate) fn forget(&mut self, id: TaskId) {
        if self.slot(id).is_some() {
            self.slots.remove(id.place);
        }
    }

    /// Takes out all of them.
    pub(crate) fn take_all(&mut self) -> Vec<Task> {
        self.slots.drain().filter_map(|slot| slot.task).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    fn slot(&mut self, id: TaskId) -> Option<&mut Slot> {
        self.slots.get_mut(id.place).filter(|slot| slot.number == id.number)
    }
}
