//! How many spinners turn, how often and for how long; and which turn is due when.

use std::{env, time::Duration};

/// Seconds that can be set.
const SECONDS: std::ops::RangeInclusive<f64> = 0.001..=3_600.0;

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
        Self::of(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn of(environment: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let seconds = |name: &str, usual: f64| {
            let Some(said) = set(name) else { return Ok(Duration::from_secs_f64(usual)) };
            let seconds = said.parse().ok().filter(|seconds| SECONDS.contains(seconds)).map(Duration::from_secs_f64);
            let (least, most) = SECONDS.into_inner();
            seconds.ok_or_else(|| {
                format!("{name}={said} is no number of seconds from {least} to {most}; without it, it is {usual}")
            })
        };
        let spinners = set("SPINNERS").map_or(Ok(1_000_000), |said| {
            let spinners = said.replace('_', "").parse().ok().filter(|spinners| (1..=100_000_000).contains(spinners));
            spinners.ok_or_else(|| {
                format!("SPINNERS={said} is no whole number from 1 to 100000000; without it, it is 1000000")
            })
        })?;
        Ok(Self { spinners, period: seconds("PERIOD", 1.5)?, time: seconds("SECONDS", 3.0)? })
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

    #[test]
    fn what_is_not_set_is_as_usual_and_what_is_wrong_is_a_sentence() {
        let with = |name: &'static str, value: &'static str| {
            Plan::of(move |asked| (asked == name).then(|| value.to_owned())).map(|plan| (plan.spinners, plan.period))
        };
        let usual = (1_000_000, Duration::from_millis(1_500));
        assert_eq!(with("SPINNERS", ""), Ok(usual));
        assert_eq!(with("SPINNERS", "20_000"), Ok((20_000, usual.1)));
        assert_eq!(with("PERIOD", "0.1"), Ok((usual.0, Duration::from_millis(100))));
        for number in ["0", "-1", "1.5", "many", "100000001"] {
            let said = format!("SPINNERS={number} is no whole number from 1 to 100000000; without it, it is 1000000");
            assert_eq!(with("SPINNERS", number), Err(said));
        }
        for seconds in ["0", "-1", "NaN", "inf", "often", "3601", "0.0001"] {
            let said = format!("PERIOD={seconds} is no number of seconds from 0.001 to 3600; without it, it is 1.5");
            assert_eq!(with("PERIOD", seconds), Err(said));
        }
    }
}
