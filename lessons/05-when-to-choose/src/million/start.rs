//! Where spinners wait until all of them are there. So nobody turns while others are still being made, however long that
//! takes, and the time for it is nobody's lateness.
//!
//! It is the same for every runtime, and next to no memory remains of it: a list of wakers, which is dropped when they are
//! called. Lesson 2 says what a waker is.

use std::{
    future::poll_fn,
    mem,
    sync::{
        Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    task::{Poll, Waker},
    time::{Duration, Instant},
};

#[derive(Debug)]
pub struct Start {
    /// How many are to come.
    all: u64,
    /// How many have come.
    here: AtomicU64,
    /// When the first could come.
    since: Instant,
    /// When all begin. It is known when all are there.
    begin: OnceLock<Instant>,
    /// The tasks that wait to know.
    tasks: Mutex<Vec<Waker>>,
    /// The threads that wait to know, beside the same lock.
    threads: Condvar,
}

impl Start {
    pub fn of(all: u64) -> Self {
        let (here, since, begin) = (AtomicU64::new(0), Instant::now(), OnceLock::new());
        Self { all, here, since, begin, tasks: Mutex::default(), threads: Condvar::new() }
    }

    /// How many have come.
    pub fn here(&self) -> u64 {
        self.here.load(SeqCst)
    }

    // ANCHOR: line_up
    /// Waits, as a task, for all the others.
    pub async fn line_up(&self) {
        self.arrive();
        poll_fn(|cx| {
            let mut tasks = self.tasks();
            if self.begin().is_some() {
                return Poll::Ready(());
            }
            // A task that is polled again leaves two, and is woken twice, which does no harm.
            tasks.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The same for a thread.
    pub fn line_up_thread(&self) {
        self.arrive();
        drop(self.threads.wait_while(self.tasks(), |_| self.begin().is_none()));
    }

    /// Counts one. The last one tells all the others when to begin: after as long again as it took to make them all, since
    /// each has to be woken once and to set its timer. On a slow machine that is longer, as it has to be.
    fn arrive(&self) {
        if self.here.fetch_add(1, SeqCst) + 1 < self.all {
            return;
        }
        let now = Instant::now();
        let mut guard = self.tasks();
        self.begin.get_or_init(|| now + (now - self.since));
        let tasks = mem::take(&mut *guard);
        drop(guard);
        self.threads.notify_all();
        tasks.into_iter().for_each(Waker::wake);
    }
    // ANCHOR_END: line_up

    /// When all begin; nothing as long as that is unknown.
    pub fn begin(&self) -> Option<Instant> {
        self.begin.get().copied()
    }

    /// The same, after having waited for it, but no longer than that.
    pub fn begin_within(&self, patience: Duration) -> Option<Instant> {
        drop(self.threads.wait_timeout_while(self.tasks(), patience, |_| self.begin().is_none()));
        self.begin()
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::Arc,
        task::{Context, Wake},
        thread,
    };

    use super::*;

    #[derive(Default)]
    struct Woken(AtomicU64);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn the_last_task_wakes_the_others() {
        let start = Start::of(3);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut cx = Context::from_waker(&waker);
        let (mut first, mut second, mut last) = (pin!(start.line_up()), pin!(start.line_up()), pin!(start.line_up()));
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        assert_eq!((start.here(), start.begin_within(Duration::ZERO), woken.0.load(SeqCst)), (2, None, 0));
        assert!(last.as_mut().poll(&mut cx).is_ready());
        assert_eq!(woken.0.load(SeqCst), 2);
        assert!(first.poll(&mut cx).is_ready() && second.poll(&mut cx).is_ready());
        assert!(start.begin().is_some_and(|begin| begin >= start.since));
    }

    #[test]
    fn threads_wait_for_each_other_too() {
        let start = Start::of(20);
        let line_up = || {
            start.line_up_thread();
            assert_eq!((start.here(), start.begin().is_some()), (20, true));
        };
        thread::scope(|scope| (0..20).for_each(|_| drop(scope.spawn(line_up))));
    }
}
