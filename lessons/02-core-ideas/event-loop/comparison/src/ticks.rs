//! Tasks that tick: when each of them should, and how late they were.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

/// Each task ticks once in it.
pub const PERIOD: Duration = Duration::from_millis(100);

/// When so many tasks tick, spread evenly over the period.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    tasks: u32,
    ticks: u32,
    begin: Instant,
}

impl Schedule {
    /// Begins late enough for all tasks to be spawned by then.
    pub fn new(tasks: u32, ticks: u32) -> Self {
        let spawning = Duration::from_micros(2) * tasks;
        Self { tasks, ticks, begin: Instant::now() + Duration::from_millis(20) + spawning }
    }

    /// When each task ticks for the first time.
    pub fn firsts(self) -> impl Iterator<Item = Instant> {
        (0..self.tasks).map(move |task| self.begin + PERIOD.mul_f64(f64::from(task) / f64::from(self.tasks)))
    }

    /// All ticks of the task that begins then. A task that is late doesn't put off those that follow, or else lateness
    /// would hide itself.
    pub fn ticks(self, first: Instant) -> impl Iterator<Item = Instant> + Send {
        (0..self.ticks).map(move |tick| first + PERIOD * tick)
    }

    /// When the last tick's period is over.
    pub fn end(self) -> Instant {
        self.begin + PERIOD * (self.ticks + 1)
    }
}

thread_local! {
    /// Of this thread's ticks, so many are in each bucket of lateness.
    static LATENESS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// How finely lateness is told apart, four buckets to each doubling of microseconds.
const BUCKETS_IN_A_DOUBLING: f32 = 4.0;

/// A task ticks, and should have done so then.
pub fn note(intended: Instant) {
    let late = intended.elapsed();
    let bucket = bucket(late);
    LATENESS.with_borrow_mut(|buckets| {
        if buckets.len() <= bucket {
            buckets.resize(bucket + 1, 0);
        }
        buckets[bucket] += 1;
    });
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a small number that is not negative")]
fn bucket(late: Duration) -> usize {
    ((late.as_secs_f32() * 1e6 + 1.0).log2() * BUCKETS_IN_A_DOUBLING) as usize
}

/// The lateness in the middle of a bucket, in microseconds.
#[allow(clippy::cast_precision_loss, reason = "there are few buckets")]
fn middle(bucket: usize) -> f64 {
    ((bucket as f64 + 0.5) / f64::from(BUCKETS_IN_A_DOUBLING)).exp2() - 1.0
}

/// What became of the ticks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Kept {
    /// The share of all ticks that ran before the next was due, from 0 to 1.
    pub share: f64,
    /// How late half of those that ran were at most, in microseconds. `None` if none has run.
    pub median_late: Option<f64>,
}

/// What became of the ticks of this thread since it began, of so many that there should have been, and in the buckets
/// of other threads.
#[allow(clippy::cast_precision_loss, reason = "a share needs few digits")]
pub fn kept(buckets: &[u64], expected: u64) -> Kept {
    let ran: u64 = buckets.iter().sum();
    let in_time: u64 = buckets[..buckets.len().min(bucket(PERIOD))].iter().sum();
    let mut seen = 0;
    let median = buckets.iter().position(|count| {
        seen += count;
        ran > 0 && 2 * seen >= ran
    });
    Kept { share: in_time as f64 / expected as f64, median_late: median.map(middle) }
}

/// Takes the buckets of this thread.
pub fn take() -> Vec<u64> {
    LATENESS.take()
}

/// Adds up the buckets of several threads.
pub fn together(threads: &[Vec<u64>]) -> Vec<u64> {
    let longest = threads.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest).map(|bucket| threads.iter().filter_map(|buckets| buckets.get(bucket)).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_counts_until_the_next_is_due() {
        let mut buckets = vec![0; bucket(PERIOD) + 1];
        buckets[bucket(Duration::from_millis(1))] = 2;
        buckets[bucket(PERIOD)] = 1;
        let kept = kept(&buckets, 4);
        assert!((kept.share - 0.5).abs() < 1e-9, "{kept:?}");
        assert!(kept.median_late.is_some_and(|late| (800.0..1_250.0).contains(&late)), "{kept:?}");
    }

    #[test]
    fn every_task_ticks_once_in_each_period() {
        let schedule = Schedule::new(10, 3);
        let firsts: Vec<_> = schedule.firsts().collect();
        assert_eq!(firsts.len(), 10);
        assert!(firsts.iter().all(|&first| first - firsts[0] < PERIOD));
        let ticks: Vec<_> = schedule.ticks(firsts[9]).collect();
        assert_eq!((ticks.len(), ticks[2] - ticks[0]), (3, 2 * PERIOD));
        assert!(ticks[2] + PERIOD <= schedule.end() + PERIOD);
    }
}
