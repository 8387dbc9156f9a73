//! Wakers: how whoever a task waits for says that the task can go on.
//!
//! A task that waits is nowhere in the queue. Whoever it waits for holds a waker of it, and calls it when there is
//! something new: the waker puts the task's id into the queue, and the loop polls the task in its next turn.
//!
//! *Can a wake be ignored?* A task that is in the queue already is not put in again, so a wake that comes in between the
//! loop's taking the id out and its polling the task must count. It does: the mark that says "in the queue" is removed
//! before the poll, and never after it. `tests/loom.rs` tries every order in which two threads can do that.

use std::{sync::Arc, task::Wake};

use crate::{
    current,
    inbox::Inbox,
    observe,
    sync::{AtomicBool, Ordering},
    task_id::TaskId,
};

// ANCHOR: waker
/// What a task's wakers point to.
#[derive(Debug)]
pub(crate) struct TaskWaker {
    /// The task's number and its place, apart, so that the mark fits in between: there is one of these for each task.
    number: u64,
    place: u32,
    /// Whether the task is in the queue, or in the inbox on its way there.
    queued: AtomicBool,
    inbox: Arc<Inbox>,
}

impl TaskWaker {
    /// For a task that is put into the queue by whoever calls this.
    pub(crate) fn in_queue(task: TaskId, inbox: &Arc<Inbox>) -> Arc<Self> {
        let TaskId { number, place } = task;
        Arc::new(Self { number, place, queued: AtomicBool::new(true), inbox: Arc::clone(inbox) })
    }

    /// The same, in the place of one that nobody else has any more.
    pub(crate) fn used_again(mut waker: Arc<Self>, task: TaskId) -> Option<Arc<Self>> {
        let own = Arc::get_mut(&mut waker)?;
        (own.number, own.place) = (task.number, task.place);
        own.queued.store(true, Ordering::Relaxed);
        Some(waker)
    }

    /// The task that it wakes.
    pub(crate) fn task(&self) -> TaskId {
        TaskId { number: self.number, place: self.place }
    }

    /// Makes the next wake count. The loop calls this when it has taken the task out of the queue, before it polls it.
    pub(crate) fn taken_out(&self) {
        // A swap where a store might seem enough: what another thread wrote before a wake that found the mark still set
        // must be seen by the poll that follows. This reads what that wake wrote, and the two orderings do the rest.
        self.queued.swap(false, Ordering::Acquire);
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Release) {
            observe::woken(self.task());
            if !current::queue_here(&self.inbox, self.task()) {
                self.inbox.put(self.task());
            }
        }
    }
}
// ANCHOR_END: waker
