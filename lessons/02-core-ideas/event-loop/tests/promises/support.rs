//! What these tests share.

use std::{cell::RefCell, fmt::Debug, rc::Rc};

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

/// Panics in a task, on purpose, and without a report among those of the tests.
pub fn panic_quietly(payload: &'static str) -> ! {
    std::panic::resume_unwind(Box::new(payload))
}
