//! How many spinners turn, how often and for how long; and which turn is due when.

use std::time::Duration;

use crate::setting;

/// How many spinners, unless `SPINNERS` says otherwise. Without optimisation a million keep up on none of them, and that
/// would tell of the build and not of the runtime.
const USUAL: u64 = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };

/// The plan of a run.
///
/// Every turn has a number, in the order in which they are due: the spinners turn one after another, spread evenly over a
/// period, and then again. So with three of them, spinner 1 makes the turns 1, 4, 7 and so on.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub spinners: u64,
    /// From one turn of a spinner to its next.
    pub period: Duration,
    /// How long they turn.
    pub time: Duration,
}

impl Plan {
    /// Reads it from the environment.
    ///
    /// # Errors
    ///
    /// In one sentence, if that says nothing of use.
    pub fn read() -> Result<Self, String> {
        Ok(Self {
            spinners: setting::number("SPINNERS", 1..=100_000_000, USUAL)?,
            period: setting::seconds("PERIOD", 0.001, 1.5)?,
            time: setting::seconds("SECONDS", 0.001, 3.0)?,
        })
    }

    /// When a turn is due, counted from the beginning.
    #[allow(clippy::cast_precision_loss, reason = "to the nanosecond for as long as a run can be")]
    pub fn due(&self, turn: u64) -> Duration {
        self.period.mul_f64(turn as f64 / self.spinners as f64)
    }

    /// How many turns are due before so long has passed. None is due when the time is over.
    pub fn due_before(&self, passed: Duration) -> u64 {
        let turns = passed.min(self.time).as_nanos() * u128::from(self.spinners);
        u64::try_from(turns.div_ceil(self.period.as_nanos()))
            .expect("a hundred million each millisecond, for an hour, is less")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { spinners: 1_000, period: Duration::from_secs(2), time: Duration::from_secs(4) };

    #[test]
    fn turns_are_spread_over_a_period_and_all_are_counted() {
        assert_eq!(PLAN.due(0), Duration::ZERO);
        assert_eq!(PLAN.due(500), Duration::from_secs(1));
        assert_eq!(PLAN.due(1_500), Duration::from_secs(3));
        for (milliseconds, turns) in [(0, 0), (1, 1), (2, 1), (3, 2), (1_000, 500), (4_000, 2_000), (9_000, 2_000)] {
            assert_eq!(PLAN.due_before(Duration::from_millis(milliseconds)), turns, "{milliseconds}");
        }
    }
}
