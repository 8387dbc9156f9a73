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
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use slab::Slab;

use crate::{inbox::Inbox, join_error::JoinError, task_id::TaskId, waker::TaskWaker};

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
}

enum Stage {
    Lives(Life),
    Ended(Outcome),
}

/// What matters only until a task has ended.
struct Life {
    /// `None` while it is polled.
    future: Option<Pin<Box<dyn Body>>>,
    /// Who waits for the outcome.
    joiner: Option<Waker>,
    /// Whether somebody asked for it to be cancelled.
    is_cancelled: bool,
    /// Whether its handle is there, which may want the outcome.
    has_handle: bool,
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
        TaskId { place: u32::MAX, number: self.numbered }
    }

    /// Puts a new task into the table. Its waker takes it to be in the queue already.
    pub(crate) fn insert(&mut self, future: Pin<Box<dyn Body>>, inbox: &Arc<Inbox>) -> TaskId {
        self.numbered += 1;
        self.living += 1;
        let place = u32::try_from(self.slots.vacant_key()).expect("no loop has four billion tasks");
        let id = TaskId { place, number: self.numbered };
        let spare = self.spare_wakers.pop().and_then(|spare| TaskWaker::used_again(spare, id));
        let waker = spare.unwrap_or_else(|| TaskWaker::in_queue(id, inbox));
        let life = Life { future: Some(future), joiner: None, is_cancelled: false, has_handle: true };
        self.slots.insert(Task { stage: Stage::Lives(life), waker });
        id
    }

    /// Takes a task out to poll it, or to end it. `None` if it has ended: a waker may outlive its task.
    pub(crate) fn take(&mut self, id: TaskId) -> Option<Taken> {
        let Task { stage: Stage::Lives(life), waker } = self.task(id)? else { return None };
        Some(Taken { future: life.future.take()?, waker: Arc::clone(waker), is_cancelled: life.is_cancelled })
    }

    /// Puts a future back, to be polled when its turn comes.
    pub(crate) fn put_back(&mut self, id: TaskId, future: Pin<Box<dyn Body>>) {
        if let Some(life) = self.life(id) {
            life.future = Some(future);
        }
    }

    /// The task ends with this.
    pub(crate) fn end(&mut self, id: TaskId, outcome: Outcome) -> Ended {
        let Some(life) = self.life(id) else { return Ended { joiner: None, unwanted: Some(outcome) } };
        let (joiner, has_handle) = (life.joiner.take(), life.has_handle);
        if let Some(task) = self.task(id) {
            task.stage = Stage::Ended(outcome);
        }
        self.living -= 1;
        Ended { joiner, unwanted: if has_handle { None } else { self.outcome(id) } }
    }

    /// Whether the task has ended.
    pub(crate) fn has_ended(&mut self, id: TaskId) -> bool {
        self.life(id).is_none()
    }

    /// Takes the outcome of a task, which is then forgotten. `None` if it has not ended.
    pub(crate) fn outcome(&mut self, id: TaskId) -> Option<Outcome> {
        self.task(id).filter(|task| matches!(task.stage, Stage::Ended(_)))?;
        let Task { stage: Stage::Ended(outcome), waker } = self.slots.remove(id.place as usize) else { return None };
        if self.spare_wakers.len() < SPARE_WAKERS && Arc::strong_count(&waker) == 1 {
            self.spare_wakers.push(waker);
        }
        Some(outcome)
    }

    /// Says whom to wake when the task has ended, and gives the one before.
    ///
    /// # Panics
    ///
    /// If it has ended, and the outcome has been taken.
    pub(crate) fn wakes(&mut self, id: TaskId, joiner: Waker) -> Option<Waker> {
        let life = self.life(id).expect("a JoinHandle is not polled again after it was ready");
        life.joiner.replace(joiner)
    }

    /// Asks for the task to end. Gives the waker to be called for that, unless the task has ended.
    pub(crate) fn cancel(&mut self, id: TaskId) -> Option<Arc<TaskWaker>> {
        self.life(id)?.is_cancelled = true;
        Some(Arc::clone(&self.task(id)?.waker))
    }

    /// The handle of the task goes. Gives the outcome, which can't be taken any more, or else the waker of the joiner,
    /// which does not wait any more.
    pub(crate) fn let_go(&mut self, id: TaskId) -> (Option<Outcome>, Option<Waker>) {
        let joiner = self.life(id).and_then(|life| {
            life.has_handle = false;
            life.joiner.take()
        });
        (self.outcome(id), joiner)
    }

    /// Those that have not ended, in the order of their places.
    pub(crate) fn living(&self) -> Vec<TaskId> {
        let living = self.slots.iter().filter(|(_, task)| matches!(task.stage, Stage::Lives(_)));
        living.map(|(_, task)| task.waker.task()).collect()
    }

    /// How many have not ended.
    pub(crate) fn len(&self) -> usize {
        self.living
    }

    fn task(&mut self, id: TaskId) -> Option<&mut Task> {
        self.slots.get_mut(id.place as usize).filter(|task| task.waker.task() == id)
    }

    /// `None` if it has ended.
    fn life(&mut self, id: TaskId) -> Option<&mut Life> {
        match &mut self.task(id)?.stage {
            Stage::Lives(life) => Some(life),
            Stage::Ended(_) => None,
        }
    }
}

/// Runs code that can be anybody's and that must not stop what goes on here. A panic of it has been reported, and goes
/// no further.
pub(crate) fn quietly(run: impl FnOnce()) {
    let Err(payload) = catch_unwind(AssertUnwindSafe(run)) else { return };
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(second); // This could go on for ever.
    }
}
