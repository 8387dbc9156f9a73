//! The alarms that are set, and which is due next.
//!
//! The alarms lie in a binary heap, ordered by deadline: the earliest is always on top, and to put one in or to take
//! the top one out costs a number of steps that grows with the logarithm of their number.
//!
//! A heap is bad at one thing, which is to take something out of its middle. But most timers of a real program are
//! timeouts that are dropped long before they are due. So a sleeper that goes away does nothing at all: the heap holds
//! its alarm only weakly, and passes over what is gone when it comes to the top. Since the top may be hours away, the
//! heap also sweeps itself whenever it has grown to twice what was left the last time, which costs each timer a
//! constant share.

use std::{
    cell::Cell,
    cmp::Reverse,
    collections::BinaryHeap,
    rc::{Rc, Weak},
    task::Waker,
    time::Instant,
};

/// Below this many alarms it is not worth looking for those that are gone.
const FIRST_SWEEP: usize = 64;

/// What a sleeper and the heap share. It belongs to the sleeper.
pub(crate) struct Alarm {
    waker: Cell<Option<Waker>>,
    rung: Cell<bool>,
}

impl Alarm {
    /// Whether its time has come.
    pub(crate) fn has_rung(&self) -> bool {
        self.rung.get()
    }

    /// Says whom to wake, which may be another than when it was set.
    pub(crate) fn wakes(&self, waker: Waker) {
        self.waker.set(Some(waker));
    }

    pub(crate) fn ring(&self) {
        self.rung.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

pub(crate) struct Timers {
    /// The earliest on top.
    heap: BinaryHeap<Reverse<Entry>>,
    /// How many alarms have been set in all.
    set: u64,
    /// The size at which the heap is swept next.
    sweep_at: usize,
}

impl Timers {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), set: 0, sweep_at: FIRST_SWEEP }
    }

    // ANCHOR: timers
    /// Sets an alarm. It is off as soon as what this returns is dropped.
    pub(crate) fn set(&mut self, deadline: Instant, waker: Waker) -> Rc<Alarm> {
        if self.heap.len() >= self.sweep_at {
            self.heap.retain(|Reverse(entry)| entry.alarm.strong_count() > 0);
            self.sweep_at = FIRST_SWEEP.max(2 * self.heap.len());
        }
        let alarm = Rc::new(Alarm { waker: Cell::new(Some(waker)), rung: Cell::new(false) });
        self.set += 1;
        self.heap.push(Reverse(Entry { deadline, number: self.set, alarm: Rc::downgrade(&alarm) }));
        alarm
    }

    /// When the next alarm is due.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(Reverse(first)) = self.heap.peek() {
            if first.alarm.strong_count() > 0 {
                return Some(first.deadline);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes out the next alarm, if it is due by then.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Rc<Alarm>> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().and_then(|Reverse(first)| first.alarm.upgrade())
    }
    // ANCHOR_END: timers

    /// How many alarms are in the heap. Some of their sleepers may be gone.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}

/// An alarm's place in the heap.
struct Entry {
    deadline: Instant,
    /// Tells alarms with the same deadline apart: the one that was set first rings first.
    number: u64,
    alarm: Weak<Alarm>,
}

impl Entry {
    fn order(&self) -> (Instant, u64) {
        (self.deadline, self.number)
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Entry {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn set(timers: &mut Timers, at: Instant) -> Rc<Alarm> {
        timers.set(at, Waker::noop().clone())
    }

    #[test]
    fn earliest_first_and_in_the_order_of_setting() {
        let start = Instant::now();
        let mut timers = Timers::new();
        let [late, early, early_too] = [2, 1, 1].map(|s| set(&mut timers, start + Duration::from_secs(s)));
        assert!(timers.take_due(start).is_none());
        let due: Vec<_> = std::iter::from_fn(|| timers.take_due(start + Duration::from_secs(2))).collect();
        for (due, expected) in due.iter().zip([early, early_too, late]) {
            assert!(Rc::ptr_eq(due, &expected));
        }
        assert_eq!(timers.next(), None);
    }

    #[test]
    fn a_sleeper_that_is_gone_is_nobody() {
        let start = Instant::now();
        let mut timers = Timers::new();
        let gone = set(&mut timers, start);
        let _there = set(&mut timers, start + Duration::from_secs(1));
        drop(gone);
        assert_eq!(timers.next(), Some(start + Duration::from_secs(1)));
        assert_eq!(timers.len(), 1);
    }

    #[test]
    fn sleepers_that_go_away_leave_no_pile() {
        let far = Instant::now() + Duration::from_secs(3600);
        let mut timers = Timers::new();
        let kept: Vec<_> = (0..1_000).map(|_| set(&mut timers, far)).collect();
        for _ in 0..100_000 {
            drop(set(&mut timers, far));
        }
        assert!(timers.len() <= 2 * (kept.len() + FIRST_SWEEP), "{}", timers.len());
        assert!(kept.iter().all(|alarm| !alarm.has_rung()));
    }
}
