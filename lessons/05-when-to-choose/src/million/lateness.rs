//! How late turns are, those included that have not happened although they are due.
//!
//! To leave those out would flatter whoever is slow: of ten turns it makes the first one in time, and the nine that it never
//! comes to spoil no figure. This is known as coordinated omission. So it is noted which turns have happened; each of the
//! others counts as late by as much as it is by now, which it will be at least.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::plan::Plan;

/// What is known of the schedule, in how many stretches: which turns of a stretch have happened is not noted, but how many.
const STRETCHES: u64 = 4_096;

/// The longest lateness, in microseconds: two hours, while no run takes longer than one.
const LONGEST: u64 = 7_200_000_000;

#[derive(Debug, Clone)]
pub struct Lateness {
    plan: Plan,
    /// Of the turns that have happened, in microseconds, to one per cent.
    happened: Histogram<u64>,
    on_time: u64,
    /// How many turns of each stretch have happened.
    by_stretch: Vec<u64>,
    /// How many turns there are in a stretch.
    stretch: u64,
}

/// What there is to say of the turns so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many turns were due.
    pub due: u64,
    /// How many of them happened before the next one of the same spinner was due.
    pub on_time: u64,
    /// Half of them are no later than this; so for the others.
    pub median: Duration,
    pub p99: Duration,
    pub worst: Duration,
}

impl Lateness {
    pub fn by(plan: Plan) -> Self {
        let happened = Histogram::new_with_bounds(1, LONGEST, 2).expect("it is a range");
        let turns = plan.due_before(plan.time);
        let stretch = turns.div_ceil(STRETCHES).max(1);
        let stretches = usize::try_from(turns.div_ceil(stretch)).expect("there are a few thousand at most");
        Self { plan, happened, on_time: 0, by_stretch: vec![0; stretches], stretch }
    }

    /// Notes that a turn has happened, so late. One that was due after the end counts for nothing.
    pub fn note(&mut self, turn: u64, late: Duration) {
        let stretch = usize::try_from(turn / self.stretch).ok();
        let Some(happened) = stretch.and_then(|stretch| self.by_stretch.get_mut(stretch)) else { return };
        *happened += 1;
        self.happened.saturating_record(microseconds(late));
        self.on_time += u64::from(late < self.plan.period);
    }

    /// What there is to say when so much time has passed since the beginning.
    pub fn summary(&self, passed: Duration) -> Summary {
        let due = self.plan.due_before(passed);
        let mut late = self.happened.clone();
        let firsts = (0..due).step_by(usize::try_from(self.stretch).unwrap_or(usize::MAX));
        for (first, &happened) in firsts.zip(&self.by_stretch) {
            let due_here = self.stretch.min(due - first);
            let missing = due_here.saturating_sub(happened);
            if missing > 0 {
                let at_least = passed.saturating_sub(self.plan.due(first + due_here - 1));
                late.saturating_record_n(microseconds(at_least), missing);
            }
        }
        let at = |quantile| Duration::from_micros(late.value_at_quantile(quantile));
        let worst = Duration::from_micros(late.max());
        Summary { due, on_time: self.on_time.min(due), median: at(0.5), p99: at(0.99).min(worst), worst }
    }
}

fn microseconds(late: Duration) -> u64 {
    u64::try_from(late.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(spinners: u64, period: u64, time: u64) -> Plan {
        Plan { spinners, period: Duration::from_millis(period), time: Duration::from_millis(time) }
    }

    #[test]
    fn who_never_turns_is_late_all_the_same() {
        // A turn each millisecond. The first hundred happen at once, the others not at all.
        let mut lateness = Lateness::by(plan(100, 100, 1_000));
        (0..100).for_each(|turn| lateness.note(turn, Duration::ZERO));
        let summary = lateness.summary(Duration::from_secs(1));
        assert_eq!((summary.due, summary.on_time), (1_000, 100));
        assert!((396..=404).contains(&summary.median.as_millis()), "{summary:?}");
        assert!((891..=909).contains(&summary.worst.as_millis()), "{summary:?}");
    }

    #[test]
    fn a_turn_that_is_due_after_the_end_counts_for_nothing() {
        let mut lateness = Lateness::by(plan(1, 100, 100));
        lateness.note(0, Duration::from_millis(1));
        let before = lateness.summary(Duration::from_secs(1));
        lateness.note(1, Duration::from_millis(90));
        assert_eq!(lateness.summary(Duration::from_secs(1)), before);
        assert_eq!((before.due, before.on_time), (1, 1));
    }

    #[test]
    fn many_turns_take_no_more_room_than_few() {
        let lateness = Lateness::by(plan(100_000_000, 1, 3_600_000));
        assert!(lateness.by_stretch.len() as u64 <= STRETCHES);
        assert_eq!(lateness.summary(Duration::ZERO).due, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Against a list of all turns, sorted.
        #[test]
        fn is_what_a_sorted_list_says(
            spinners in 1..50_u64,
            late in prop::collection::vec(prop::option::weighted(0.8, 0..3_000_000_u64), 1..1_500),
        ) {
            // As many turns as there are in the list, and less than there are stretches, so that each is known.
            let turns = late.len() as u64;
            let period = Duration::from_millis(2 * spinners);
            let plan = Plan { spinners, period, time: Duration::from_millis(2 * turns) };
            prop_assert_eq!(plan.due_before(plan.time), turns);
            let mut lateness = Lateness::by(plan);
            let mut list = Vec::new();
            let mut on_time = 0;
            for (turn, late) in (0..).zip(&late) {
                if let Some(late) = late.map(Duration::from_micros) {
                    lateness.note(turn, late);
                    on_time += u64::from(late < period);
                    list.push(late);
                } else {
                    list.push(plan.time.saturating_sub(plan.due(turn)));
                }
            }
            list.sort();
            let summary = lateness.summary(plan.time);
            prop_assert_eq!((summary.due, summary.on_time), (turns, on_time));
            for (found, quantile) in [(summary.median, 0.5), (summary.p99, 0.99), (summary.worst, 1.0)] {
                #[allow(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a place in a short list"
                )]
                let place = ((list.len() as f64 * quantile).ceil() as usize).max(1) - 1;
                let (right, found) = (list[place].as_secs_f64(), found.as_secs_f64());
                prop_assert!((found - right).abs() <= right * 0.01 + 2e-6, "{}: {} {}", quantile, right, found);
            }
        }
    }
}
