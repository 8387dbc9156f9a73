//! How late turns were: a histogram that threads write at the same time, in little memory however many threads there are.
//!
//! A bucket is as wide as a thirty-second of what it holds, so a figure is right to three per cent.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Buckets for each doubling.
const STEPS: usize = 32;

/// Doublings from a microsecond up: to more than an hour.
const DOUBLINGS: usize = 32;

#[derive(Debug)]
pub struct Lateness {
    /// Counts by microseconds.
    buckets: Vec<AtomicU64>,
    /// In nanoseconds.
    worst: AtomicU64,
}

impl Default for Lateness {
    fn default() -> Self {
        let buckets = (0..STEPS * DOUBLINGS).map(|_| AtomicU64::new(0)).collect();
        Self { buckets, worst: AtomicU64::new(0) }
    }
}

impl Lateness {
    pub fn note(&self, late: Duration) {
        let microseconds = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(microseconds).min(self.buckets.len() - 1)].fetch_add(1, Relaxed);
        let nanoseconds = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
        if nanoseconds > self.worst.load(Relaxed) {
            self.worst.fetch_max(nanoseconds, Relaxed);
        }
    }

    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Relaxed)).sum()
    }

    pub fn worst(&self) -> Duration {
        Duration::from_nanos(self.worst.load(Relaxed))
    }

    /// What so many percent of them did not exceed, as the upper end of a bucket.
    pub fn at(&self, percent: f64) -> Duration {
        let count = self.count();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank"
        )]
        let rank = ((count as f64 * percent / 100.0).ceil() as u64).clamp(1, count.max(1));
        let mut seen = 0;
        for (number, bucket) in self.buckets.iter().enumerate() {
            seen += bucket.load(Relaxed);
            if seen >= rank {
                return Duration::from_micros(end_of(number)).min(self.worst());
            }
        }
        self.worst()
    }
}

/// Where so many microseconds are counted.
fn bucket(microseconds: u64) -> usize {
    let steps = STEPS as u64;
    if microseconds < steps {
        return usize::try_from(microseconds).expect("it is below 32");
    }
    let doublings = microseconds.ilog2() - steps.ilog2();
    let step = (microseconds >> doublings) - steps;
    (doublings as usize + 1) * STEPS + usize::try_from(step).expect("it is below 32")
}

/// The first number of microseconds behind a bucket.
fn end_of(bucket: usize) -> u64 {
    let (doublings, step) = ((bucket / STEPS).saturating_sub(1), bucket % STEPS);
    let first = if bucket < STEPS { step } else { STEPS + step };
    (first as u64 + 1) << doublings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_right_to_three_per_cent() {
        let lateness = Lateness::default();
        (1..=100_000_u64).for_each(|microseconds| lateness.note(Duration::from_micros(microseconds)));
        assert_eq!(lateness.count(), 100_000);
        assert_eq!(lateness.worst(), Duration::from_millis(100));
        for (percent, right) in [(1.0, 1_000.0), (50.0, 50_000.0), (99.0, 99_000.0), (100.0, 100_000.0)] {
            let found = lateness.at(percent).as_secs_f64() * 1e6;
            assert!((right..=right * 1.035).contains(&found), "{percent}: {found}");
        }
    }

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        for microseconds in (0..200_000).chain([u64::from(u32::MAX), 1 << 35]) {
            let number = bucket(microseconds);
            assert!(microseconds < end_of(number), "{microseconds}");
            assert!(number == 0 || end_of(number - 1) <= microseconds, "{microseconds}");
        }
    }
}
