//! What a task leaves behind for the one that spawned it.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    error::Error,
    fmt,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use crate::ready_queue::TaskWaker;

/// Why a task has no result.
#[derive(Debug)]
pub enum JoinError {
    /// It was cancelled, by its handle or with its loop.
    Cancelled,
    /// It panicked with this payload, which [`std::panic::resume_unwind`] takes.
    Panicked(Box<dyn Any + Send>),
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "the task was cancelled",
            Self::Panicked(_) => "the task panicked",
        })
    }
}

impl Error for JoinError {}

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
    end: Rc<End<T>>,
    task: Arc<TaskWaker>,
    cancel_on_drop: bool,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(end: Rc<End<T>>, task: Arc<TaskWaker>) -> Self {
        Self { end, task, cancel_on_drop: true }
    }

    /// Cancels the task, and waits until its future is dropped.
    ///
    /// # Errors
    ///
    /// [`JoinError::Cancelled`], unless the task had ended before: then this gives its result, or its panic.
    pub async fn cancel(self) -> Result<T, JoinError> {
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
        self.end.has_come.get()
    }

    fn ask_to_cancel(&self) {
        if !self.is_finished() {
            self.end.cancelled.set(true);
            self.task.wake_by_ref();
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    ///
    /// If it is polled again after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.is_finished() {
            self.end.joiner.set(Some(cx.waker().clone()));
            return Poll::Pending;
        }
        let result = self.end.result.take();
        Poll::Ready(result.expect("a JoinHandle is not polled again after it was ready"))
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.cancel_on_drop {
            self.ask_to_cancel();
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = self.task.task().number();
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
pub async fn join_all<T>(handles: impl IntoIterator<Item = JoinHandle<T>>) -> Result<Vec<T>, JoinError> {
    // All of them are held here, so that none is left out of the cancelling.
    let handles: Vec<_> = handles.into_iter().collect();
    let mut results = Vec::with_capacity(handles.len());
    for handle in handles {
        results.push(handle.await?);
    }
    Ok(results)
}

/// How a task ended, as soon as it has: what the task, the loop and the handle share.
pub(crate) struct End<T> {
    /// Whether somebody asked for the task to be cancelled.
    cancelled: Cell<bool>,
    has_come: Cell<bool>,
    /// There from the end of the task until the handle takes it.
    result: RefCell<Option<Result<T, JoinError>>>,
    /// Who waits for it.
    joiner: Cell<Option<Waker>>,
}

impl<T> End<T> {
    pub(crate) fn new() -> Self {
        Self {
            cancelled: Cell::new(false),
            has_come: Cell::new(false),
            result: RefCell::new(None),
            joiner: Cell::new(None),
        }
    }

    /// The task ends with this. If it has ended before, nothing changes.
    pub(crate) fn comes(&self, result: Result<T, JoinError>) {
        if self.has_come.replace(true) {
            return;
        }
        self.result.replace(Some(result));
        if let Some(joiner) = self.joiner.take() {
            joiner.wake();
        }
    }
}

/// What the loop needs of an [`End`], whatever the task returns.
pub(crate) trait Ending {
    /// Whether somebody asked for the task to be cancelled.
    fn is_cancelled(&self) -> bool;
    /// Whether the task has ended.
    fn has_come(&self) -> bool;
    /// The task ends without a result. If it has ended before, nothing changes.
    fn comes_early(&self, error: JoinError);
}

impl<T> Ending for End<T> {
    fn is_cancelled(&self) -> bool {
        self.cancelled.get()
    }

    fn has_come(&self) -> bool {
        self.has_come.get()
    }

    fn comes_early(&self, error: JoinError) {
        self.comes(Err(error));
    }
}
