//! To let the others go first.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Hands the thread back once. The task goes to the end of the queue, so every other task that can go on is polled
/// before it, and timers that are due are fired.
///
/// A task that computes for long should await this from time to time, since nothing else can take the thread from it.
pub fn yield_now() -> YieldNow {
    YieldNow { has_yielded: false }
}

/// The future of [`yield_now`].
#[derive(Debug)]
#[must_use = "futures do nothing until they are awaited"]
pub struct YieldNow {
    has_yielded: bool,
}

// ANCHOR: poll
impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.has_yielded {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        // Awake, and at the end of the queue.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
// ANCHOR_END: poll
