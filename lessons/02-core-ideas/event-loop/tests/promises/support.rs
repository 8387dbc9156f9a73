//! What these tests share.

use std::{
    cell::RefCell,
    fmt::Debug,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Wake},
};

/// Something to write down what happens in, from any task.
#[derive(Debug)]
pub struct Diary<T>(Rc<RefCell<Vec<T>>>);

impl<T> Diary<T> {
    pub fn new() -> Self {
        Self(Rc::default())
    }

    pub fn note(&self, what: T) {
        self.0.borrow_mut().push(what);
    }

    /// Takes all that was noted.
    pub fn read(&self) -> Vec<T> {
        self.0.take()
    }
}

impl<T> Clone for Diary<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// Notes its name when it is dropped.
pub struct Guard(pub &'static str, pub Diary<&'static str>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.1.note(self.0);
    }
}

/// What a waker that panics points to.
pub struct PanickingWaker;

impl Wake for PanickingWaker {
    fn wake(self: Arc<Self>) {
        panic_quietly("in a waker");
    }
}

/// Polls a future once, for a waker that panics when it is called. The future has to wait.
pub fn poll_with_panicking_waker<F: Future + Unpin>(future: &mut F) {
    let waker = Arc::new(PanickingWaker).into();
    let polled = Pin::new(future).poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
}

/// Panics in a task, on purpose, and without a report among those of the tests.
pub fn panic_quietly(payload: &'static str) -> ! {
    std::panic::resume_unwind(Box::new(payload))
}
