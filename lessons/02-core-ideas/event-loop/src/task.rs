//! Tasks, and the table of them.
//!
//! A task is a future that the loop owns. It lies in a box, since it must not move once it has been polled, and since
//! the table has to hold futures of every type side by side.
//!
//! While a task is polled its future is out of the table: it may spawn tasks, and the table has to be free for that.
//! When the task has ended, its result takes the future's place, and waits there for the task's handle. So table and
//! handle share nothing but the number of a place.
//!
//! Nobody else's code runs while the table is borrowed: what is to be dropped or woken is handed out.

use std::{
    any::Any,
    fmt, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use slab::Slab;

use crate::{inbox::Inbox, join_handle::JoinError, waker::TaskWaker};

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

// ANCHOR: body
/// A future of any type, whose result has none any more: that of the handle tells what it was.
pub(crate) trait Body {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Box<dyn Any>>;
}

impl<F: Future<Output: 'static>> Body for F {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Box<dyn Any>> {
        // A box for nothing, which is what many tasks return, takes no memory.
        Future::poll(self, cx).map(|result| Box::new(result) as Box<dyn Any>)
    }
}
// ANCHOR_END: body

/// How a task ended.
pub(crate) type Outcome = Result<Box<dyn Any>, JoinError>;

// ANCHOR: task
/// What the loop holds of a task.
struct Task {
    stage: Stage,
    waker: Arc<TaskWaker>,
    /// Whether somebody asked for it to be cancelled.
    is_cancelled: bool,
    /// Whether its handle is there, which may want the outcome.
    has_handle: bool,
    /// Who waits for the outcome.
    joiner: Option<Waker>,
}

enum Stage {
    Waits(Pin<Box<dyn Body>>),
    IsPolled,
    Ended(Outcome),
}
// ANCHOR_END: task

/// Every task that has not ended, and every outcome that is still to be taken.
#[derive(Default)]
pub(crate) struct Tasks {
    slots: Slab<Task>,
    /// How many ids have been given out.
    numbered: u64,
    /// How many have not ended.
    living: usize,
    /// Those of tasks that have ended, and which nobody else holds: they serve the tasks that come.
    spare_wakers: Vec<Arc<TaskWaker>>,
}

/// So many are kept at most.
const SPARE_WAKERS: usize = 1_024;

/// What is out of the table while it is polled.
pub(crate) struct Taken {
    pub(crate) future: Pin<Box<dyn Body>>,
    pub(crate) waker: Arc<TaskWaker>,
    pub(crate) is_cancelled: bool,
}

/// What is to be done when a task has ended, and the table is free again.
pub(crate) struct Ended {
    /// Who wants to know.
    pub(crate) joiner: Option<Waker>,
    /// What nobody wants to know.
    pub(crate) unwanted: Option<Outcome>,
}

impl Tasks {
    /// The id of a future that is polled like a task but is not in the table: the one that `block_on` waits for.
    pub(crate) fn outside(&mut self) -> TaskId {
        self.numbered += 1;
        TaskId { place: usize::MAX, number: self.numbered }
    }

    /// Puts a new task into the table. Its waker takes it to be in the queue already.
    pub(crate) fn insert(&mut self, future: Pin<Box<dyn Body>>, inbox: &Arc<Inbox>) -> TaskId {
        self.numbered += 1;
        self.living += 1;
        let id = TaskId { place: self.slots.vacant_key(), number: self.numbered };
        let spare = self.spare_wakers.pop().and_then(|spare| TaskWaker::used_again(spare, id));
        let waker = spare.unwrap_or_else(|| TaskWaker::in_queue(id, inbox));
        let stage = Stage::Waits(future);
        self.slots.insert(Task { stage, waker, is_cancelled: false, has_handle: true, joiner: None });
        id
    }

    /// Takes a task out to poll it, or to end it. `None` if it has ended: a waker may outlive its task.
    pub(crate) fn take(&mut self, id: TaskId) -> Option<Taken> {
        let task = self.task(id)?;
        match mem::replace(&mut task.stage, Stage::IsPolled) {
            Stage::Waits(future) => {
                Some(Taken { future, waker: Arc::clone(&task.waker), is_cancelled: task.is_cancelled })
            }
            other => {
                task.stage = other;
                None
            }
        }
    }

    /// Puts a future back, to be polled when its turn comes.
    pub(crate) fn put_back(&mut self, id: TaskId, future: Pin<Box<dyn Body>>) {
        if let Some(task) = self.task(id) {
            task.stage = Stage::Waits(future);
        }
    }

    /// The task ends with this.
    pub(crate) fn end(&mut self, id: TaskId, outcome: Outcome) -> Ended {
        let Some(task) = self.task(id) else { return Ended { joiner: None, unwanted: Some(outcome) } };
        task.stage = Stage::Ended(outcome);
        let (joiner, has_handle) = (task.joiner.take(), task.has_handle);
        self.living -= 1;
        Ended { joiner, unwanted: if has_handle { None } else { self.outcome(id) } }
    }

    /// Whether the task has ended.
    pub(crate) fn has_ended(&mut self, id: TaskId) -> bool {
        self.task(id).is_none_or(|task| matches!(task.stage, Stage::Ended(_)))
    }

    /// Takes the outcome of a task, which is then forgotten. `None` if it has not ended.
    pub(crate) fn outcome(&mut self, id: TaskId) -> Option<Outcome> {
        if !matches!(self.task(id)?.stage, Stage::Ended(_)) {
            return None;
        }
        let Task { stage, waker, .. } = self.slots.remove(id.place);
        if self.spare_wakers.len() < SPARE_WAKERS && Arc::strong_count(&waker) == 1 {
            self.spare_wakers.push(waker);
        }
        match stage {
            Stage::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Says whom to wake when the task has ended, and gives the one before.
    pub(crate) fn wakes(&mut self, id: TaskId, joiner: Waker) -> Option<Waker> {
        self.task(id)?.joiner.replace(joiner)
    }

    /// Asks for the task to end. Gives the waker to be called for that, unless the task has ended.
    pub(crate) fn cancel(&mut self, id: TaskId) -> Option<Arc<TaskWaker>> {
        let task = self.task(id).filter(|task| !matches!(task.stage, Stage::Ended(_)))?;
        task.is_cancelled = true;
        Some(Arc::clone(&task.waker))
    }

    /// The handle of the task goes. Gives what nobody can take any more.
    pub(crate) fn let_go(&mut self, id: TaskId) -> Option<Outcome> {
        self.task(id)?.has_handle = false;
        self.outcome(id)
    }

    /// Those that have not ended, in the order of their places.
    pub(crate) fn living(&self) -> Vec<TaskId> {
        let living = self.slots.iter().filter(|(_, task)| !matches!(task.stage, Stage::Ended(_)));
        living.map(|(_, task)| task.waker.task()).collect()
    }

    /// How many have not ended.
    pub(crate) fn len(&self) -> usize {
        self.living
    }

    fn task(&mut self, id: TaskId) -> Option<&mut Task> {
        self.slots.get_mut(id.place).filter(|task| task.waker.task() == id)
    }
}
