//! Futures that wait for a time.

use std::{
    error::Error,
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use crate::{current, timers::Alarm};

/// Waits for that long, from the call on and not from the first poll.
///
/// It always hands the thread back at least once, also if the duration is zero. One that is too long for the clock
/// never ends.
///
/// # Panics
///
/// If no loop runs on this thread, here or when it is awaited.
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { deadline: current::event_loop().clock.after(duration), alarm: None }
}

/// Waits until then, by the clock of the loop, which is what [`now`](crate::now) shows.
///
/// It always hands the thread back at least once, also if that time has passed.
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep { deadline: Some(deadline), alarm: None }
}

/// A future that is ready when its time has come. To stop waiting, drop it.
///
/// Its alarm is set on the loop that polls it, and its time is of the clock of the loop that runs where it was made.
///
/// # Panics
///
/// Polling it panics if no loop runs on this thread.
#[must_use = "futures do nothing until they are awaited"]
pub struct Sleep {
    /// `None` if it never comes.
    deadline: Option<Instant>,
    /// Set by the first poll.
    alarm: Option<Alarm>,
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

// ANCHOR: poll
impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.alarm.as_ref().is_some_and(Alarm::has_rung) {
            return Poll::Ready(());
        }
        let event_loop = current::event_loop();
        let waker = cx.waker().clone();
        match (&self.alarm, self.deadline) {
            (Some(alarm), _) if alarm.is_of(&event_loop.timers) => alarm.wakes(waker),
            // The first poll, or the first on this loop.
            (_, Some(deadline)) => self.alarm = Some(Alarm::set(&event_loop.timers, deadline, waker)),
            (_, None) => {}
        }
        Poll::Pending
    }
}
// ANCHOR_END: poll

/// Waits for `future`, but only for that long, from the call on. When the time is up it drops the future.
///
/// The future comes first: if it is ready when the time is up, its output counts. A future that never hands the thread
/// back can't be timed out, since nobody else gets to run.
///
/// # Errors
///
/// If the time was up first.
///
/// # Panics
///
/// If no loop runs on this thread.
#[track_caller]
pub fn timeout<F: Future>(limit: Duration, future: F) -> impl Future<Output = Result<F::Output, TimedOut>> {
    let sleep = sleep(limit);
    async move {
        let mut future = pin!(future);
        let mut sleep = pin!(sleep);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => sleep.as_mut().poll(cx).map(|()| Err(TimedOut)),
        })
        .await
    }
}

/// The time of a [`timeout`] was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time was up")
    }
}

impl Error for TimedOut {}
