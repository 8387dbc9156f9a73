//! Which tasks can go on, in the order in which they were woken.
//!
//! It stays on the loop's thread, and so needs no lock. What other threads have woken comes out of the inbox.

use std::{cell::RefCell, collections::VecDeque, mem, sync::Arc};

use crate::{inbox::Inbox, task_id::TaskId};

#[derive(Debug)]
pub(crate) struct ReadyQueue {
    /// What is still to be polled in this turn.
    turn: RefCell<VecDeque<TaskId>>,
    /// What has been woken since it began.
    woken: RefCell<VecDeque<TaskId>>,
    inbox: Arc<Inbox>,
}

impl ReadyQueue {
    pub(crate) fn new() -> Self {
        Self { turn: RefCell::default(), woken: RefCell::default(), inbox: Arc::new(Inbox::new()) }
    }

    // ANCHOR: queue
    /// Puts a task at the end.
    pub(crate) fn push(&self, task: TaskId) {
        let mut woken = self.woken.borrow_mut();
        // Before it comes whatever another thread has woken before it.
        self.inbox.empty_into(&mut woken);
        woken.push_back(task);
    }

    /// The next one of this turn.
    pub(crate) fn next(&self) -> Option<TaskId> {
        self.turn.borrow_mut().pop_front()
    }

    /// Begins the next turn with all that has been woken. Returns how many these are.
    pub(crate) fn begin_turn(&self) -> usize {
        let (mut turn, mut woken) = (self.turn.borrow_mut(), self.woken.borrow_mut());
        self.inbox.empty_into(&mut woken);
        if turn.is_empty() {
            // The two change places for ever, and neither has to grow anew.
            mem::swap(&mut *turn, &mut *woken);
        } else {
            turn.append(&mut woken);
        }
        turn.len()
    }
    // ANCHOR_END: queue

    /// Whether this thread has woken nobody since the turn began.
    pub(crate) fn nobody_woken_here(&self) -> bool {
        self.woken.borrow().is_empty()
    }

    /// Where other threads put what they wake.
    pub(crate) fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }
}
