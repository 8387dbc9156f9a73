//! What a task leaves behind for the one that spawned it.

use std::{
    cell::RefCell,
    fmt,
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Wake},
};

use crate::{
    join_error::JoinError,
    task::{Tasks, quietly},
    task_id::TaskId,
};

/// A task, in the hands of the one that spawned it. Awaiting it gives what the task returned. That can be done anywhere,
/// but the task goes on only while its own loop runs.
///
/// **Dropping it cancels the task**: a task belongs to somebody, and does not outlive the interest in it. A function that
/// returns early, or is cancelled itself, takes its tasks with it. smol's tasks do the same; those of tokio and
/// async-std run on when their handle is dropped. Here that has to be said, with [`detach`](Self::detach).
///
/// Cancelling only asks. The loop drops the task's future when the task's turn comes, so that no destructor runs in the
/// middle of somebody else's code. To wait until that has happened, use [`cancel`](Self::cancel).
#[must_use = "dropping the handle cancels its task; `detach` lets the task run on"]
pub struct JoinHandle<T> {
    tasks: Rc<RefCell<Tasks>>,
    task: TaskId,
    cancel_on_drop: bool,
    /// The table doesn't know it. The handle gives it and doesn't hold it.
    result: PhantomData<fn() -> T>,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(tasks: &Rc<RefCell<Tasks>>, task: TaskId) -> Self {
        Self { tasks: Rc::clone(tasks), task, cancel_on_drop: true, result: PhantomData }
    }

    /// Cancels the task, and waits until its future is dropped.
    ///
    /// # Errors
    ///
    /// [`JoinError::Cancelled`], unless the task had ended before: then this gives its result, or its panic.
    pub async fn cancel(self) -> Result<T, JoinError>
    where
        T: 'static,
    {
        self.ask_to_cancel();
        self.await
    }

    /// Lets the task run on by itself, as long as its loop runs.
    pub fn detach(mut self) {
        self.cancel_on_drop = false;
    }

    /// Whether the task has ended, in whatever way.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.tasks.borrow_mut().has_ended(self.task)
    }

    fn ask_to_cancel(&self) {
        let waker = self.tasks.borrow_mut().cancel(self.task);
        waker.into_iter().for_each(Wake::wake);
    }
}

// ANCHOR: poll
impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    ///
    /// If it is polled again after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = self.tasks.borrow_mut().outcome(self.task);
        let Some(outcome) = outcome else {
            let joiner = cx.waker().clone();
            // The one before can be anybody's, so it is dropped when the table is free again.
            let _before = self.tasks.borrow_mut().wakes(self.task, joiner);
            return Poll::Pending;
        };
        Poll::Ready(outcome.map(|result| *result.downcast().expect("the handle has the type of its task's result")))
    }
}
// ANCHOR_END: poll

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.cancel_on_drop {
            self.ask_to_cancel();
        }
        // A result can be anybody's, so it is dropped when the table is free again. If its destructor panics, that is
        // still the task's panic: it must not end the code that drops the handle, which may be unwinding itself.
        let unwanted = self.tasks.borrow_mut().let_go(self.task);
        quietly(|| drop(unwanted));
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.task.number();
        f.debug_struct("JoinHandle")
            .field("task", &task)
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}

/// Waits for all of these tasks, and gives their results in the order of the handles.
///
/// The tasks run anyway, so it is enough to wait for one after the other: in all it takes as long as the longest of
/// them. This is why it takes handles and not just any futures.
///
/// # Errors
///
/// The error of the first handle that has one. The tasks whose handles come after it are cancelled. A task that fails
/// early is noticed only when all before it have ended.
pub async fn join_all<T: 'static>(handles: impl IntoIterator<Item = JoinHandle<T>>) -> Result<Vec<T>, JoinError> {
    // All of them are held here, so that none is left out of the cancelling.
    let handles: Vec<_> = handles.into_iter().collect();
    let mut results = Vec::with_capacity(handles.len());
    for handle in handles {
        results.push(handle.await?);
    }
    Ok(results)
}
