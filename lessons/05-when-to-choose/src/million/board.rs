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

/// A turn that a spinner is to make.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    pub due: Instant,
    number: u64,
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

    // ANCHOR: turns
    /// Waits, as a task, until all spinners are there. Gives the first turn of this one.
    pub async fn line_up(&self, spinner: u64) -> Turn {
        let begin = self.start.line_up().await;
        Turn { due: begin + self.plan.due(spinner), number: spinner }
    }

    /// The same for a thread.
    pub fn line_up_thread(&self, spinner: u64) -> Turn {
        let begin = self.start.line_up_thread();
        Turn { due: begin + self.plan.due(spinner), number: spinner }
    }

    /// A spinner turns, now. Gives its next turn, which is due when it would be if this one had been in time.
    pub fn turn(&self, Turn { due, number }: Turn) -> Turn {
        let late = due.elapsed();
        self.lateness.lock().unwrap_or_else(PoisonError::into_inner).note(number, late);
        self.show(number % self.plan.spinners);
        Turn { due: due + self.plan.period, number: number + self.plan.spinners }
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
