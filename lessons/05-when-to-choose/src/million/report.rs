//! What a process with spinners tells its parent: as a line of numbers, as the status line, and as a row of the table.

use std::{fmt, str::FromStr, time::Duration};

use super::lateness::Summary;

/// How many of the spinners are shown.
pub const SHOWN: usize = 8;

/// What a spinner shows, turn by turn.
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// How far a process is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// Not all spinners are there.
    #[default]
    Making,
    Turning,
    /// The time is over.
    Over,
}

/// How it goes, at some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    pub phase: Phase,
    /// How many spinners have lined up.
    pub here: u64,
    /// What they have added to the resident memory of the process, in bytes.
    pub memory: u64,
    /// The turns of those that are shown.
    pub shown: [u64; SHOWN],
    pub lateness: Summary,
    /// CPU time since they began.
    pub cpu: Duration,
}

impl Report {
    /// As a line for the parent.
    pub fn told(&self) -> String {
        let Self { phase, here, memory, shown, lateness, cpu } = self;
        let Summary { due, on_time, median, p99, worst } = lateness;
        let times = [median, p99, worst, cpu].map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        let numbers = [*phase as u64, *here, *memory, *due, *on_time];
        let numbers = numbers.iter().chain(&times).chain(shown).map(u64::to_string);
        numbers.collect::<Vec<_>>().join(" ")
    }

    /// The row of the first table: how late they were.
    #[allow(clippy::cast_precision_loss, reason = "these are measurements")]
    pub fn punctuality(&self) -> [Option<f64>; 5] {
        let milliseconds = |time: Duration| Some(time.as_secs_f64() * 1e3);
        let Summary { median, p99, worst, .. } = self.lateness;
        [Some(self.here as f64), Some(self.on_time()), milliseconds(median), milliseconds(p99), milliseconds(worst)]
    }

    /// The row of the second table: what they took.
    pub fn costs(&self) -> [Option<f64>; 2] {
        [Some(self.each()).filter(|&bytes| bytes > 0.0), Some(self.cpu.as_secs_f64())]
    }

    /// The memory for each spinner, in bytes.
    #[allow(clippy::cast_precision_loss, reason = "these are measurements")]
    fn each(&self) -> f64 {
        self.memory as f64 / self.here as f64
    }

    /// The share of turns on time, in per cent.
    #[allow(clippy::cast_precision_loss, reason = "these are measurements")]
    fn on_time(&self) -> f64 {
        self.lateness.on_time as f64 / self.lateness.due as f64 * 100.0
    }
}

impl FromStr for Report {
    type Err = ();

    fn from_str(told: &str) -> Result<Self, ()> {
        let numbers =
            told.split(' ').map(|number| number.parse::<u64>().map_err(drop)).collect::<Result<Vec<_>, ()>>()?;
        let (&[phase, here, memory, due, on_time, median, p99, worst, cpu], shown) =
            numbers.split_first_chunk().ok_or(())?;
        let phase = match phase {
            0 => Phase::Making,
            1 => Phase::Turning,
            2 => Phase::Over,
            _ => return Err(()),
        };
        let [median, p99, worst, cpu] = [median, p99, worst, cpu].map(Duration::from_nanos);
        let lateness = Summary { due, on_time, median, p99, worst };
        Ok(Self { phase, here, memory, shown: shown.try_into().map_err(drop)?, lateness, cpu })
    }
}

/// The status line, but for who runs them.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.phase == Phase::Making {
            #[allow(clippy::cast_precision_loss, reason = "rounded")]
            let memory = self.memory as f64 / 1e6;
            return match self.here {
                // Tasks that all run on the thread that makes them come when that is done.
                0 => write!(f, "spinners are being made, in {memory:.0} MB"),
                here => write!(f, "{here} spinners are there, in {memory:.0} MB"),
            };
        }
        for turns in self.shown.iter().take(usize::try_from(self.here).unwrap_or(SHOWN)) {
            write!(f, "{}", FRAMES[usize::try_from(turns % 4).expect("it is below four")])?;
        }
        let Summary { median, p99, worst, .. } = self.lateness;
        let [median, p99, worst] = [median, p99, worst].map(|time| time.as_secs_f64() * 1e3);
        // Short, so that most of it has room in eighty columns.
        let digits = |milliseconds: f64| usize::from(milliseconds < 100.0);
        let (here, there) = (digits(median), digits(p99));
        write!(f, " {:.1} % on time, late {median:.here$} ms, p99 {p99:.there$}, worst {worst:.0}", self.on_time())?;
        if self.memory > 0 {
            write!(f, "; {:.0} B each", self.each())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let [median, p99, worst] = [1, 20, 300].map(Duration::from_millis);
        let lateness = Summary { due: 80, on_time: 60, median, p99, worst };
        let shown = [0, 1, 2, 3, 4, 5, 6, 7];
        Report { phase: Phase::Turning, here: 1_000, memory: 500_000, shown, lateness, cpu: Duration::from_secs(4) }
    }

    #[test]
    fn the_parent_understands_the_child() {
        for phase in [Phase::Making, Phase::Turning, Phase::Over] {
            let report = Report { phase, ..report() };
            assert_eq!(report.told().parse(), Ok(report));
        }
        for other in ["", "1 2 3", "9 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"] {
            assert_eq!(other.parse::<Report>(), Err(()), "{other}");
        }
    }

    #[test]
    fn the_tables_have_the_figures_in_their_places() {
        assert_eq!(report().punctuality(), [1_000.0, 75.0, 1.0, 20.0, 300.0].map(Some));
        assert_eq!(report().costs(), [500.0, 4.0].map(Some));
    }

    #[test]
    fn a_person_sees_spinners_and_figures() {
        let mut report = report();
        assert_eq!(report.to_string(), r"|/-\|/-\ 75.0 % on time, late 1.0 ms, p99 20.0, worst 300; 500 B each");
        report.here = 1;
        assert!(report.to_string().starts_with("| 75.0 % on time"));
        report.phase = Phase::Making;
        assert_eq!(report.to_string(), "1 spinners are there, in 0 MB");
    }
}
