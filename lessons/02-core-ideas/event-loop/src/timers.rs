//! The alarms that are set, and which is due next.
//!
//! A binary heap has the earliest deadline always on top, and to put one in or to take the top one out costs a number of
//! steps that grows with the logarithm of their number. With many alarms most of these steps lead to memory that no
//! cache holds any more. So there is not one heap, but one for each millisecond in which something is due: an alarm that
//! is far away waits in a heap that nobody looks into, and the one that is looked into is small. Which milliseconds
//! there are is kept in a tree. It is exact as one heap would be: the millisecond says in which heap an alarm lies, and
//! its deadline says when it rings.
//!
//! A heap is bad at one thing, which is to take something out of its middle. But most timers of a real program are
//! timeouts that are dropped long before they are due. So a sleeper that goes away does nothing at all: the heap holds
//! its alarm only weakly, and passes over what is gone when it comes to the top. Since the top may be hours away, all
//! heaps are also swept whenever the alarms have grown to twice what was left the last time, which costs each timer a
//! constant share.

use std::{
    cell::Cell,
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    rc::{Rc, Weak},
    task::Waker,
    time::Instant,
};

/// Below this many alarms it is not worth looking for those that are gone.
const FIRST_SWEEP: usize = 64;

/// What a sleeper and a heap share. It belongs to the sleeper.
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
    /// For each millisecond in which something is due its alarms, the earliest on top.
    heaps: BTreeMap<u64, BinaryHeap<Reverse<Entry>>>,
    /// From when on the milliseconds are counted.
    origin: Instant,
    /// How many alarms are in the heaps.
    len: usize,
    /// How many alarms have been set in all.
    set: u64,
    /// The number of alarms at which the heaps are swept next.
    sweep_at: usize,
}

impl Timers {
    pub(crate) fn new() -> Self {
        Self { heaps: BTreeMap::new(), origin: Instant::now(), len: 0, set: 0, sweep_at: FIRST_SWEEP }
    }

    // ANCHOR: timers
    /// Sets an alarm. It is off as soon as what this returns is dropped.
    pub(crate) fn set(&mut self, deadline: Instant, waker: Waker) -> Rc<Alarm> {
        if self.len >= self.sweep_at {
            self.sweep();
        }
        let alarm = Rc::new(Alarm { waker: Cell::new(Some(waker)), rung: Cell::new(false) });
        self.set += 1;
        self.len += 1;
        let entry = Entry { deadline, number: self.set, alarm: Rc::downgrade(&alarm) };
        self.heaps.entry(self.millisecond(deadline)).or_default().push(Reverse(entry));
        alarm
    }

    /// When the next alarm is due.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(mut first) = self.heaps.first_entry() {
            while let Some(Reverse(entry)) = first.get().peek() {
                if entry.alarm.strong_count() > 0 {
                    return Some(entry.deadline);
                }
                first.get_mut().pop();
                self.len -= 1;
            }
            first.remove();
        }
        None
    }

    /// Takes out the next alarm, if it is due by then.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Rc<Alarm>> {
        if self.next()? > now {
            return None;
        }
        let Reverse(entry) = self.heaps.first_entry()?.get_mut().pop()?;
        self.len -= 1;
        entry.alarm.upgrade()
    }
    // ANCHOR_END: timers

    /// Forgets the alarms whose sleepers are gone.
    fn sweep(&mut self) {
        self.heaps.retain(|_, heap| {
            heap.retain(|Reverse(entry)| entry.alarm.strong_count() > 0);
            !heap.is_empty()
        });
        self.len = self.heaps.values().map(BinaryHeap::len).sum();
        self.sweep_at = FIRST_SWEEP.max(2 * self.len);
    }

    /// In which millisecond that is. All that is past is in the first one.
    fn millisecond(&self, deadline: Instant) -> u64 {
        let after = deadline.saturating_duration_since(self.origin);
        after.as_secs() * 1_000 + u64::from(after.subsec_millis())
    }

    /// How many alarms are in the heaps. Some of their sleepers may be gone.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// An alarm's place in its heap.
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
    fn the_order_is_that_of_the_deadlines_across_milliseconds_and_within_one() {
        let start = Instant::now();
        let mut timers = Timers::new();
        // Microseconds in no order, four or five in each millisecond, and some before the first.
        timers.origin += Duration::from_millis(5);
        let at = |number: u64| start + Duration::from_micros(number * 7_919 % 20_000);
        let alarms: Vec<_> = (0..100).map(|number| (at(number), set(&mut timers, at(number)))).collect();
        let mut rung = Vec::new();
        while let Some(due) = timers.next() {
            assert!(due.checked_sub(Duration::from_nanos(1)).and_then(|early| timers.take_due(early)).is_none());
            let alarm = timers.take_due(due).expect("it is due");
            assert!(alarms.iter().any(|(at, set)| *at == due && Rc::ptr_eq(set, &alarm)));
            rung.push(due);
        }
        assert_eq!(rung.len(), alarms.len());
        assert!(rung.is_sorted());
        assert_eq!((timers.len(), timers.heaps.len()), (0, 0));
    }

    #[test]
    fn sleepers_that_go_away_leave_no_pile() {
        let far = Instant::now() + Duration::from_secs(3600);
        let mut timers = Timers::new();
        let kept: Vec<_> = (0..1_000).map(|_| set(&mut timers, far)).collect();
        for _ in 0..100_000 {
            drop(set(&mut timers, far));
        }
        let in_heaps: usize = timers.heaps.values().map(BinaryHeap::len).sum();
        assert_eq!(timers.len(), in_heaps);
        assert!(timers.len() <= 2 * (kept.len() + FIRST_SWEEP), "{}", timers.len());
        assert!(kept.iter().all(|alarm| !alarm.has_rung()));
    }
}
