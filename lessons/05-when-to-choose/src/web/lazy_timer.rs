//! A timer that hardly ever has to be set.
//!
//! hyper sets a timer each time it begins to wait for a request, and drops it when the request is there. To set one can
//! cost as much as to answer: on async-std and smol it may wake the reactor. But nearly all of them are dropped long before
//! their time. So each connection has one real timer, which stays set. When it rings, it is looked whether there is still
//! somebody waiting whose time has come; if his time is later, it is set again, to that.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};

/// A timer of the runtime that is set.
type Ringing = Pin<Box<dyn Sleep>>;

/// The timer of one connection, for waits of always the same length: the next one never ends before the last.
#[derive(Clone)]
pub struct LazyTimer<T> {
    inner: T,
    /// The timer that is set, if one is.
    set: Arc<Mutex<Option<Ringing>>>,
}

impl<T> LazyTimer<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, set: Arc::default() }
    }
}

impl<T: Timer + Clone + Unpin + Send + Sync + 'static> Timer for LazyTimer<T> {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(LazySleep { timer: self.clone(), deadline })
    }
}

struct LazySleep<T> {
    timer: LazyTimer<T>,
    deadline: Instant,
}

impl<T: Timer + Unpin + Send + Sync + 'static> Sleep for LazySleep<T> {}

impl<T: Timer + Unpin> Future for LazySleep<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { timer: LazyTimer { inner, set }, deadline } = &*self;
        // Only the task of this connection locks it, so it never waits.
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let ringing = set.get_or_insert_with(|| inner.sleep_until(*deadline));
            if ringing.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            *set = None;
            if Instant::now() >= *deadline {
                return Poll::Ready(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioTimer;
    use tokio::time::{Instant as TokioInstant, timeout};

    #[tokio::test]
    async fn waits_of_those_who_have_gone_end_no_other_one() {
        let timer = LazyTimer::new(TokioTimer::new());
        let short = Duration::from_millis(20);
        // One that is dropped before its time. On a machine with other work to do that may take several.
        while timeout(Duration::ZERO, timer.sleep(short)).await.is_ok() {}
        let begun = TokioInstant::now();
        // Its timer is set, and rings before the time of the next has come.
        timer.sleep(short * 3).await;
        assert!(begun.elapsed() >= short * 3);
        timeout(Duration::from_secs(60), timer.sleep(short)).await.expect("it rings again");
    }
}
