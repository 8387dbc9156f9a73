//! The alarms that are set, and which is due next.
//!
//! Alarms are gathered by the millisecond in which they are due. The order among those of one millisecond matters only
//! when it is the first of all that are left, so they are put in order then, all at once. That is much less work than to
//! keep every alarm in order all the time, as a heap does. It is exact nonetheless: the millisecond says where an alarm
//! lies, and its deadline says when it rings.
//!
//! Most timers of a real program are timeouts that are dropped long before they are due, and to look for them would
//! take long. So a sleeper that goes away only leaves word that its alarm is off, and it is passed over when its turn
//! comes. Since that may be hours away, all are also swept whenever they have grown to twice what was left the last
//! time, which costs each timer a constant share.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    task::Waker,
    time::{Duration, Instant},
};

use slab::Slab;

/// Below this many alarms it is not worth looking for those that are off.
const FIRST_SWEEP: usize = 64;

/// An alarm of a loop. Dropping it turns it off.
pub(crate) struct Alarm {
    timers: Rc<RefCell<Timers>>,
    place: u32,
}

impl Alarm {
    /// Calls `waker` at `deadline`.
    pub(crate) fn set(timers: &Rc<RefCell<Timers>>, deadline: Instant, waker: Waker) -> Self {
        Self { place: timers.borrow_mut().set(deadline, waker), timers: Rc::clone(timers) }
    }

    /// Whether it is one of these.
    pub(crate) fn is_of(&self, timers: &Rc<RefCell<Timers>>) -> bool {
        Rc::ptr_eq(&self.timers, timers)
    }

    /// Whether its time has come.
    pub(crate) fn has_rung(&self) -> bool {
        self.timers.borrow().alarms[self.place as usize].is_none()
    }

    /// Says whom to wake, which may be another than when it was set. It must not have rung.
    pub(crate) fn wakes(&self, waker: Waker) {
        // The one before can be anybody's, so it is dropped when the timers are free again.
        let _before = self.timers.borrow_mut().alarms[self.place as usize].replace(waker);
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let _waker = self.timers.borrow_mut().let_go(self.place);
    }
}

// ANCHOR: alarms
pub(crate) struct Timers {
    /// Whom each alarm wakes. A place belongs to a sleeper and to an entry below. `None` says that one of them is done
    /// with it, since the alarm has rung or is off. The other then gives the place back.
    alarms: Slab<Option<Waker>>,
    /// The milliseconds in which something is due, by when they begin.
    milliseconds: BTreeMap<Instant, Millisecond>,
    /// Where one millisecond begins, and so all of them.
    origin: Instant,
    /// How many have neither rung nor been turned off.
    len: usize,
    /// The number of places taken at which they are swept next.
    sweep_at: usize,
}

/// What is due in one millisecond.
#[derive(Default)]
struct Millisecond {
    /// In the order of setting. Once they are sorted by their deadlines, that is the order of those with the same one.
    entries: VecDeque<Entry>,
    is_sorted: bool,
}

/// An alarm that is due so many nanoseconds after its millisecond has begun.
struct Entry {
    nanos: u32,
    place: u32,
}
// ANCHOR_END: alarms

impl Timers {
    pub(crate) fn new() -> Self {
        let origin = Instant::now();
        Self { alarms: Slab::new(), milliseconds: BTreeMap::new(), origin, len: 0, sweep_at: FIRST_SWEEP }
    }

    // ANCHOR: timers
    /// Sets an alarm, and gives its place.
    fn set(&mut self, deadline: Instant, waker: Waker) -> u32 {
        if self.alarms.len() >= self.sweep_at {
            self.sweep();
        }
        self.len += 1;
        let place = u32::try_from(self.alarms.insert(Some(waker))).expect("no loop has four billion alarms");
        // What was due before there was a loop is a millisecond by itself.
        let nanos = deadline.saturating_duration_since(self.origin).subsec_nanos() % 1_000_000;
        let begin = deadline.checked_sub(Duration::from_nanos(nanos.into())).expect("it is that far from the origin");
        self.milliseconds.entry(begin).or_default().put(Entry { nanos, place });
        place
    }

    /// When the next alarm is due.
    pub(crate) fn next(&mut self) -> Option<Instant> {
        while let Some(mut first) = self.milliseconds.first_entry() {
            let begin = *first.key();
            let entries = first.get_mut().in_order();
            while let Some(entry) = entries.front() {
                if self.alarms[entry.place as usize].is_some() {
                    return Some(begin + Duration::from_nanos(entry.nanos.into()));
                }
                self.alarms.remove(entry.place as usize);
                entries.pop_front();
            }
            first.remove();
        }
        None
    }

    /// Takes out the next alarm, if it is due by then, and gives whom to wake.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<Waker> {
        self.next().filter(|&next| next <= now)?;
        let entry = self.milliseconds.first_entry()?.get_mut().entries.pop_front()?;
        self.len -= 1;
        self.alarms[entry.place as usize].take()
    }
    // ANCHOR_END: timers

    /// The sleeper goes. Gives whom nobody is to wake any more.
    fn let_go(&mut self, place: u32) -> Option<Waker> {
        let waker = self.alarms[place as usize].take();
        match waker {
            Some(_) => self.len -= 1,
            // It has rung, so no entry leads to it.
            None => drop(self.alarms.remove(place as usize)),
        }
        waker
    }

    /// Forgets the alarms that are off.
    fn sweep(&mut self) {
        let alarms = &mut self.alarms;
        self.milliseconds.retain(|_, Millisecond { entries, .. }| {
            entries.retain(|entry| {
                let is_set = alarms[entry.place as usize].is_some();
                if !is_set {
                    alarms.remove(entry.place as usize);
                }
                is_set
            });
            !entries.is_empty()
        });
        self.sweep_at = FIRST_SWEEP.max(2 * self.alarms.len());
    }

    /// How many alarms are set.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Millisecond {
    // ANCHOR: order
    fn put(&mut self, entry: Entry) {
        let end = self.entries.len();
        let at = if self.is_sorted { self.entries.partition_point(|other| other.nanos <= entry.nanos) } else { end };
        self.entries.insert(at, entry);
    }

    /// Its entries, the earliest first.
    fn in_order(&mut self) -> &mut VecDeque<Entry> {
        if !self.is_sorted {
            self.entries.make_contiguous().sort_by_key(|entry| entry.nanos);
            self.is_sorted = true;
        }
        &mut self.entries
    }
    // ANCHOR_END: order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timers() -> Rc<RefCell<Timers>> {
        Rc::new(RefCell::new(Timers::new()))
    }

    fn set(timers: &Rc<RefCell<Timers>>, at: Instant) -> Alarm {
        Alarm::set(timers, at, Waker::noop().clone())
    }

    /// Rings the next alarm if it is due by then. Says which of these it was.
    fn ring(timers: &Rc<RefCell<Timers>>, now: Instant, alarms: &[Alarm]) -> Option<usize> {
        let silent: Vec<_> = alarms.iter().map(|alarm| !alarm.has_rung()).collect();
        timers.borrow_mut().take_due(now)?;
        let mut rung = (0..alarms.len()).filter(|&alarm| silent[alarm] && alarms[alarm].has_rung());
        let first = rung.next();
        assert_eq!(rung.next(), None);
        first
    }

    #[test]
    fn earliest_first_and_in_the_order_of_setting() {
        let start = Instant::now();
        let timers = timers();
        let alarms = [2, 1, 1].map(|s| set(&timers, start + Duration::from_secs(s)));
        assert_eq!(ring(&timers, start, &alarms), None);
        let due: Vec<_> = std::iter::from_fn(|| ring(&timers, start + Duration::from_secs(2), &alarms)).collect();
        assert_eq!(due, [1, 2, 0]);
        assert_eq!(timers.borrow_mut().next(), None);
    }

    #[test]
    fn a_sleeper_that_is_gone_is_nobody() {
        let start = Instant::now();
        let timers = timers();
        let gone = set(&timers, start);
        let _there = set(&timers, start + Duration::from_secs(1));
        drop(gone);
        assert_eq!(timers.borrow_mut().next(), Some(start + Duration::from_secs(1)));
        assert_eq!(timers.borrow().len(), 1);
    }

    /// Also among those that are set when their millisecond is in order already.
    #[test]
    fn the_order_is_that_of_the_deadlines_and_then_of_setting() {
        let start = Instant::now();
        let timers = timers();
        // Microseconds in no order, some of them twice: each millisecond has several, and some are before the first.
        timers.borrow_mut().origin += Duration::from_millis(5);
        let at = |number: u64| start + Duration::from_micros(number * 7_919 % 20_000 / 100 * 100);
        let mut alarms: Vec<_> = (0..250).map(|number| set(&timers, at(number))).collect();
        let mut rung = Vec::new();
        loop {
            let next = timers.borrow_mut().next();
            let Some(due) = next else { break };
            if alarms.len() < 500 {
                let number = alarms.len() as u64;
                alarms.push(set(&timers, due + Duration::from_micros(number % 4 * 100)));
            }
            assert!(due.checked_sub(Duration::from_nanos(1)).and_then(|early| ring(&timers, early, &alarms)).is_none());
            let alarm = ring(&timers, due, &alarms).expect("it is due");
            rung.push((due, alarm));
        }
        assert_eq!(rung.len(), alarms.len());
        assert!(rung.is_sorted());
        assert_eq!(timers.borrow().len(), 0);
        assert!(timers.borrow().milliseconds.is_empty());
    }

    #[test]
    fn sleepers_that_go_away_leave_no_pile() {
        let far = Instant::now() + Duration::from_secs(3600);
        let timers = timers();
        let kept: Vec<_> = (0..1_000).map(|_| set(&timers, far)).collect();
        for _ in 0..100_000 {
            drop(set(&timers, far));
        }
        assert!(kept.iter().all(|alarm| !alarm.has_rung()));
        {
            let timers = timers.borrow();
            let entries: usize = timers.milliseconds.values().map(|millisecond| millisecond.entries.len()).sum();
            assert_eq!((timers.len(), timers.alarms.len()), (kept.len(), entries));
            assert!(entries <= 2 * (kept.len() + FIRST_SWEEP), "{entries}");
        }
        // Those that have rung give their places back as well.
        while timers.borrow_mut().take_due(far).is_some() {}
        drop(kept);
        assert!(timers.borrow().alarms.is_empty());
    }
}
