//! Another thread, which does nothing but call wakers.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Waker},
    thread::{self, JoinHandle},
};

/// The thread. It ends when this is dropped.
pub struct Helper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Whom to wake.
    waker: Mutex<Option<Waker>>,
    has_woken: AtomicBool,
    is_over: AtomicBool,
}

impl Helper {
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.wake_whoever_asks()
        });
        Self { shared, thread: Some(thread) }
    }

    /// Asks the thread for a wake, and waits for it.
    pub async fn wakes_me(&self) {
        let mut has_asked = false;
        poll_fn(|cx| {
            if has_asked && self.shared.has_woken.swap(false, Ordering::Acquire) {
                return Poll::Ready(());
            }
            if !has_asked {
                has_asked = true;
                *self.shared.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
                self.unpark();
            }
            Poll::Pending
        })
        .await;
    }

    fn unpark(&self) {
        self.thread.iter().for_each(|thread| thread.thread().unpark());
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        self.unpark();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("a helper does not panic");
        }
    }
}

impl Shared {
    fn wake_whoever_asks(&self) {
        while !self.is_over.load(Ordering::Acquire) {
            let asked = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
            match asked {
                Some(waker) => {
                    self.has_woken.store(true, Ordering::Release);
                    waker.wake();
                }
                None => thread::park(),
            }
        }
    }
}
