//! What the spinners of a process have in common: the plan by which they turn, and the board on which they note how late
//! they were. A thread beside them tells the parent process now and then what stands there.

use std::{
    env, fmt, fs,
    io::{self, Write},
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::cpu_time;

use super::lateness::Lateness;

/// How often the parent is told.
const TELL: Duration = Duration::from_millis(200);

/// What a spinner shows, turn by turn.
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// When which spinner turns.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub spinners: u64,
    pub period: Duration,
    /// How long they turn.
    pub time: Duration,
    /// When the first one turns first. By then all have to be there.
    begin: Instant,
}

impl Plan {
    /// Reads it from the environment.
    ///
    /// # Errors
    ///
    /// In one sentence, if that says nothing of use.
    pub fn read() -> Result<Self, String> {
        let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let seconds = |name: &str, default: f64| {
            let said = set(name);
            let seconds = said.as_deref().map_or(Ok(default), str::parse).ok().filter(|&seconds| seconds >= 0.001);
            let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            time.filter(|&time| time <= Duration::from_secs(3_600)).ok_or_else(|| {
                format!("{name}={} is not a number of seconds from 0.001 to 3600", said.unwrap_or_default())
            })
        };
        let spinners = set("SPINNERS").map_or(Ok(1_000_000), |said| {
            let spinners = said.replace('_', "").parse().ok().filter(|spinners| (1..=100_000_000).contains(spinners));
            spinners.ok_or_else(|| format!("SPINNERS={said} is not a whole number from 1 to 100000000"))
        })?;
        let period = seconds("PERIOD", 2.0)?;
        let time = seconds("SECONDS", 4.0)?;
        Ok(Self { spinners, period, time, begin: Instant::now() })
    }

    /// The same, to begin when there was time to make all spinners, if one takes so long.
    pub fn after_making(self, each: Duration) -> Self {
        let time = each * u32::try_from(self.spinners).unwrap_or(u32::MAX) + Duration::from_millis(200);
        Self { begin: Instant::now() + time, ..self }
    }

    /// When a spinner turns first: they are spread over a period.
    pub fn first_turn(&self, spinner: u64) -> Instant {
        #[allow(clippy::cast_precision_loss, reason = "a share of a period")]
        let share = spinner as f64 / self.spinners as f64;
        self.begin + self.period.mul_f64(share)
    }

    pub fn end(&self) -> Instant {
        self.begin + self.time
    }

    /// How many turns were due after so long.
    fn turns_by(&self, now: Instant) -> u64 {
        let periods =
            now.saturating_duration_since(self.begin).min(self.time).as_secs_f64() / self.period.as_secs_f64();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rounded"
        )]
        let turns = (periods * self.spinners as f64) as u64;
        turns
    }
}

/// Where spinners note their turns.
#[derive(Debug)]
pub struct Board {
    lateness: Lateness,
    /// The turns of the first spinner, for the eye.
    shown: AtomicU64,
    /// Memory before there was any spinner, in bytes.
    memory_before: u64,
    /// The most memory since. At the end, many have turned for the last time and are gone.
    most_memory: AtomicU64,
}

impl Board {
    /// Prepares a board that lasts as long as the process.
    pub fn begin() -> &'static Self {
        let board = Self {
            lateness: Lateness::default(),
            shown: AtomicU64::new(0),
            memory_before: memory(),
            most_memory: AtomicU64::new(0),
        };
        Box::leak(Box::new(board))
    }

    /// Notes a turn that was `due` then. Gives when the next one is, or nothing if that is behind the end.
    pub fn turn(&self, plan: &Plan, spinner: u64, due: Instant) -> Option<Instant> {
        self.lateness.note(due.elapsed());
        if spinner == 0 {
            self.shown.fetch_add(1, Relaxed);
        }
        Some(due + plan.period).filter(|&next| next < plan.end())
    }

    /// Tells the parent what stands here until the end of the `plan`, and then ends the process: whoever was too late by
    /// then has missed turns, and a million spinners take their time to be dropped.
    ///
    /// # Errors
    ///
    /// If there is no room for a thread.
    pub fn tell(&'static self, plan: Plan) -> io::Result<()> {
        let tell = move || {
            loop {
                let now = Instant::now();
                let report = self.report(&plan, now);
                // Without a parent there is nobody to tell, and nothing to go on for.
                if writeln!(io::stdout(), "{}", report.told()).and_then(|()| io::stdout().flush()).is_err() {
                    std::process::exit(1);
                }
                if report.is_last {
                    std::process::exit(0);
                }
                thread::sleep(TELL.min(plan.end().saturating_duration_since(now)));
            }
        };
        thread::Builder::new().name("board".into()).spawn(tell).map(drop)
    }

    fn report(&self, plan: &Plan, now: Instant) -> Report {
        self.most_memory.fetch_max(memory(), Relaxed);
        Report {
            is_last: now >= plan.end(),
            frame: self.shown.load(Relaxed),
            memory: self.most_memory.load(Relaxed).saturating_sub(self.memory_before),
            due: plan.turns_by(now),
            turns: self.lateness.count(),
            median: self.lateness.at(50.0),
            p99: self.lateness.at(99.0),
            worst: self.lateness.worst(),
            cpu: cpu_time().unwrap_or_default(),
        }
    }
}

/// What a process with spinners tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The time is over.
    pub is_last: bool,
    frame: u64,
    memory: u64,
    due: u64,
    turns: u64,
    median: Duration,
    p99: Duration,
    worst: Duration,
    cpu: Duration,
}

impl Report {
    /// As a line for the parent.
    fn told(&self) -> String {
        let Self { is_last, frame, memory, due, turns, median, p99, worst, cpu } = self;
        let times = [median, p99, worst, cpu].map(|time| time.as_nanos().to_string()).join(" ");
        format!("{} {frame} {memory} {due} {turns} {times}", u8::from(*is_last))
    }

    /// The row of the table.
    #[allow(clippy::cast_precision_loss, reason = "these are measurements")]
    pub fn figures(&self, spinners: u64) -> [Option<f64>; 7] {
        let milliseconds = |time: Duration| Some(time.as_secs_f64() * 1e3);
        let memory = Some(self.memory as f64 / spinners as f64).filter(|&bytes| bytes > 0.0);
        [
            Some(spinners as f64),
            memory,
            Some(self.turns as f64 / self.due as f64 * 100.0),
            milliseconds(self.median),
            milliseconds(self.p99),
            milliseconds(self.worst),
            Some(self.cpu.as_secs_f64()),
        ]
    }
}

impl FromStr for Report {
    type Err = ();

    fn from_str(told: &str) -> Result<Self, ()> {
        let numbers =
            told.split(' ').map(|number| number.parse::<u64>().map_err(drop)).collect::<Result<Vec<_>, ()>>()?;
        let [is_last, frame, memory, due, turns, median, p99, worst, cpu] = numbers[..] else { return Err(()) };
        let [median, p99, worst, cpu] = [median, p99, worst, cpu].map(Duration::from_nanos);
        Ok(Self { is_last: is_last == 1, frame, memory, due, turns, median, p99, worst, cpu })
    }
}

/// The status line, but for who runs them.
impl fmt::Display for Report {
    #[allow(clippy::cast_precision_loss, reason = "these are measurements")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = FRAMES[usize::try_from(self.frame % 4).expect("it is below four")];
        let [median, p99] = [self.median, self.p99].map(|time| time.as_secs_f64() * 1e3);
        let memory = self.memory as f64 / 1e6;
        write!(f, "{frame} {} turns, {memory:.0} MB, late by {median:.1} ms, p99 {p99:.1} ms,", self.turns)
    }
}

/// The memory of this process, in bytes: what is resident now. 0 where the system doesn't tell.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_understands_the_child() {
        let [median, p99, worst, cpu] = [1, 20, 300, 4_000].map(Duration::from_nanos);
        let report = Report { is_last: true, frame: 6, memory: 5_000_000, due: 9, turns: 8, median, p99, worst, cpu };
        assert_eq!(report.told().parse(), Ok(report));
        assert!(report.to_string().starts_with("- 8 turns, 5 MB, late by "), "{report}");
        assert_eq!("1 2 3".parse::<Report>(), Err(()));
    }

    #[test]
    fn turns_are_spread_over_a_period_and_all_are_counted() {
        let plan = Plan {
            spinners: 1_000,
            period: Duration::from_secs(2),
            time: Duration::from_secs(4),
            begin: Instant::now(),
        };
        assert_eq!(plan.first_turn(0), plan.begin);
        assert_eq!(plan.first_turn(500), plan.begin + Duration::from_secs(1));
        assert_eq!(plan.turns_by(plan.begin), 0);
        assert_eq!(plan.turns_by(plan.end() + Duration::from_secs(9)), 2_000);
    }
}
