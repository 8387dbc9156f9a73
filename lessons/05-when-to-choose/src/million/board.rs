//! What the spinners of a process have in common: the start at which they line up, and the board on which they note how
//! late they turn. A thread beside them tells the parent process now and then what stands there.

use std::{
    fs,
    io::{self, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use lesson_kit::cpu_time;

use super::{
    lateness::Lateness,
    plan::Plan,
    report::{Phase, Report, SHOWN},
    start::Start,
};

/// How often the parent is told.
const TELL: Duration = Duration::from_millis(200);

/// Where spinners line up and note their turns.
#[derive(Debug)]
pub struct Board {
    plan: Plan,
    start: Start,
    /// Behind a lock, which is held for some nanoseconds: no more tasks than there are cores are ever at it.
    lateness: Mutex<Lateness>,
    /// The turns of some spinners, for the eye.
    shown: [AtomicU64; SHOWN],
    /// Memory before there was any spinner, in bytes.
    memory_before: u64,
}

impl Board {
    /// Prepares a board that lasts as long as the process, which ends when the time of the plan is over: whoever was too
    /// late by then has missed turns, and a million spinners would take their time to be dropped. Until then the parent is
    /// told how it goes.
    ///
    /// # Errors
    ///
    /// If there is no room for a thread.
    pub fn set_up(plan: Plan) -> io::Result<&'static Self> {
        let board: &'static Self = Box::leak(Box::new(Self {
            plan,
            start: Start::of(plan.spinners),
            lateness: Mutex::new(Lateness::by(plan)),
            shown: Default::default(),
            memory_before: memory(),
        }));
        thread::Builder::new().name("board".into()).spawn(|| board.tell_all())?;
        Ok(board)
    }

    /// How many spinners there are to be.
    pub fn spinners(&self) -> u64 {
        self.plan.spinners
    }

    /// Where spinners wait for each other.
    pub fn start(&self) -> &Start {
        &self.start
    }

    // ANCHOR: turns
    /// When a turn is due. The first of each spinner has its own number, and all begin together.
    ///
    /// # Panics
    ///
    /// If not all have lined up at the start.
    pub fn due(&self, turn: u64) -> Instant {
        self.start.begin().expect("a spinner turns when all are there") + self.plan.due(turn)
    }

    /// A spinner turns, now. Gives the number of its next turn, which is due when it would be if this one had been in time.
    pub fn turn(&self, turn: u64) -> u64 {
        let late = self.due(turn).elapsed();
        self.lateness.lock().unwrap_or_else(PoisonError::into_inner).note(turn, late);
        self.show(turn % self.plan.spinners);
        turn + self.plan.spinners
    }
    // ANCHOR_END: turns

    /// Counts the turns of the first spinner in each eighth of them.
    fn show(&self, spinner: u64) {
        let eighth = self.plan.spinners.div_ceil(SHOWN as u64);
        if spinner % eighth == 0 {
            let place = usize::try_from(spinner / eighth).expect("it is below eight");
            self.shown[place].fetch_add(1, Relaxed);
        }
    }

    /// What the thread beside the spinners does until the end of the process.
    fn tell_all(&self) -> ! {
        let begin = loop {
            if let Some(begin) = self.start.begin_within(TELL) {
                break begin;
            }
            tell(&self.report(Phase::Making));
        };
        thread::sleep(begin.saturating_duration_since(Instant::now()));
        let cpu_before = cpu_time().unwrap_or_default();
        let mut most_memory = 0;
        loop {
            let passed = begin.elapsed();
            let phase = if passed < self.plan.time { Phase::Turning } else { Phase::Over };
            // A copy, so that nobody waits for the figures.
            let lateness = self.lateness.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut report = self.report(phase);
            most_memory = report.memory.max(most_memory);
            report.memory = most_memory;
            report.lateness = lateness.summary(passed);
            report.cpu = cpu_time().unwrap_or_default().saturating_sub(cpu_before);
            tell(&report);
            if phase == Phase::Over {
                std::process::exit(0);
            }
            thread::sleep(TELL.min(self.plan.time.saturating_sub(begin.elapsed())));
        }
    }

    fn report(&self, phase: Phase) -> Report {
        Report {
            phase,
            here: self.start.here(),
            memory: memory().saturating_sub(self.memory_before),
            shown: self.shown.each_ref().map(|turns| turns.load(Relaxed)),
            ..Report::default()
        }
    }
}

/// Tells the parent.
fn tell(report: &Report) {
    // Without one there is nothing to go on for.
    if writeln!(io::stdout(), "{}", report.told()).is_err() {
        std::process::exit(1);
    }
}

/// The memory of this process, in bytes: what is resident now. 0 where the system doesn't tell.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
