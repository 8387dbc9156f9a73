//! What is measured, in which sizes, and how often.
//!
//! The subjects take turns: a machine that is slower now than a minute ago is slower for all of them, and a ratio of
//! two figures of one round doesn't see it. A row of a table has the middle of all rounds for each of them. *Ratio* is
//! ours divided by the better of the other two, taken within a round: the middle of all rounds, and *from* where *to*
//! where the middle half of them lies. The machine should have nothing else to do meanwhile.
//!
//!     cargo run --release -p event-loop-comparison -- compare

use std::{thread, time::Duration};

use lesson_kit::{Cell, Column, Results};

use crate::{
    child::{self, Operation},
    spread::{self, Better, Spread},
    subject::{self, SUBJECTS, Subject},
};

/// How much of everything.
pub struct Sizes {
    /// Rounds of what takes a fraction of a second.
    rounds: usize,
    /// Rounds of what takes seconds.
    long_rounds: usize,
    operations: usize,
    wakes: usize,
    sleeping: usize,
    /// With how many ticking tasks the search for the most begins.
    ticking: u32,
    /// Whether it goes on from there.
    searches: bool,
    /// How many tasks tick on as many loops as there are CPUs.
    spread: u32,
    ticks: u32,
    connections: [usize; 2],
    echo: Duration,
}

impl Sizes {
    /// For figures that mean something.
    pub const FULL: Self = Self {
        rounds: 15,
        long_rounds: 3,
        operations: 200_000,
        wakes: 10_000,
        sleeping: 1_000_000,
        ticking: 10_000,
        searches: true,
        spread: 1_000_000,
        ticks: 10,
        connections: [100, 1_000],
        echo: Duration::from_secs(1),
    };

    /// To see in a moment that it all works.
    pub const QUICK: Self = Self {
        rounds: 2,
        long_rounds: 1,
        operations: 2_000,
        wakes: 100,
        sleeping: 1_000,
        ticking: 10,
        searches: false,
        spread: 20,
        ticks: 2,
        connections: [2, 4],
        echo: Duration::from_millis(50),
    };
}

/// The share of its ticks that a task keeps which can keep up.
const KEPT: f64 = 0.99;

const MEMORY: &str = "memory of a sleeping task";
const MOST: &str = "tasks ticking on one thread";
const TICKS_KEPT: &str = "a million ticking tasks, ticks kept";
const LATE: &str = "a million ticking tasks, half at most late by";
const ECHO: [&str; 2] = ["TCP echo, 100 connections", "TCP echo, 1,000 connections"];

pub fn main() -> Result<(), String> {
    let sizes = if cfg!(debug_assertions) { &Sizes::QUICK } else { &Sizes::FULL };
    if cfg!(debug_assertions) {
        println!("built without optimisation: tiny sizes, and no figures to believe; --release measures");
    }
    let names = SUBJECTS.map(|subject| subject.name);
    let mut versions = Results::new("", ["version"], names.map(|name| Column::words(name, 8)));
    versions.row("version", names.map(subject::version));

    let operations = [
        ("spawn and join, one by one", Operation::SpawnOneByOne, sizes.operations),
        ("spawn and join, 1,000 at a time", Operation::SpawnInBatches, sizes.operations),
        ("yield_now among 1,000 tasks", Operation::YieldInTurns, sizes.operations),
        ("wake from another thread", Operation::WakeFromAnotherThread, sizes.wakes),
    ];
    let mut table = Table::new(operations.map(|(name, ..)| name), "ns", 0);
    for (name, operation, times) in operations {
        let took = rounds(sizes.rounds, |subject| child::operate(subject, operation, times))?;
        table.row(name, Better::Less, &took);
    }

    let memory = rounds(sizes.long_rounds, |subject| child::memory(subject, sizes.sleeping))?;
    // Where the system doesn't say, there is no such row.
    if let Some::<Vec<_>>(memory) = memory.into_iter().map(all_known).collect() {
        Table::new([MEMORY], "B", 0).row(MEMORY, Better::Less, &memory);
    }

    let most = rounds(sizes.long_rounds, |subject| most_ticking(sizes, subject))?;
    Table::new([MOST], "", 0).row(MOST, Better::More, &most);

    let loops = thread::available_parallelism().map_or(1, |cpus| u32::try_from(cpus.get()).unwrap_or(1));
    let kept = rounds(sizes.long_rounds, |subject| child::ticks(subject, sizes.spread, sizes.ticks, loops))?;
    let share: Vec<_> = kept.iter().map(|round| round.map(|kept| 100.0 * kept.share)).collect();
    Table::new([TICKS_KEPT], "%", 0).row(TICKS_KEPT, Better::More, &share);

    // Where a loop is so late that nothing has run, there is no such figure.
    let late = kept.iter().map(|round| all_known(round.map(|kept| kept.median_late.map(|late| late / 1e3))));
    if let Some::<Vec<_>>(late) = late.collect() {
        Table::new([LATE], "ms", 2).row(LATE, Better::Less, &late);
    }

    let mut answered = Table::new(ECHO, "/s", 0);
    let mut busy = Vec::new();
    for (name, connections) in ECHO.into_iter().zip(sizes.connections) {
        let echo = rounds(sizes.long_rounds, |subject| child::echo(subject, connections, sizes.echo))?;
        let answers: Vec<_> = echo.iter().map(|round| round.each_ref().map(|(load, _)| load.per_second)).collect();
        answered.row(name, Better::More, &answers);
        let client = echo.iter().map(|round| all_known(round.each_ref().map(|(load, _)| load.busy)));
        let server = echo.iter().map(|round| all_known(round.each_ref().map(|(_, busy)| *busy)));
        let shares = [("client", client.collect::<Option<Vec<_>>>()), ("server", server.collect())];
        for (whose, shares) in shares {
            // Where the system doesn't say, there is no such row.
            busy.extend(shares.map(|shares| (format!("{name}, {whose} busy"), shares)));
        }
    }
    let columns = names.map(|name| Column::of(name, "%", 0));
    let mut table = Results::new("", busy.iter().map(|(name, _)| name.as_str()), columns);
    for (name, shares) in &busy {
        table.row(name, medians(shares).map(|share| share * 100.0));
    }
    Ok(())
}

/// A table of work whose figures have one unit.
struct Table(Results<7>);

impl Table {
    fn new(rows: impl IntoIterator<Item = impl Into<String>>, unit: &'static str, digits: usize) -> Self {
        let [ours, tokio, smol] = SUBJECTS.map(|subject| Column::of(subject.name, unit, digits));
        let [ratio, from, to] = ["ratio", "from", "to"].map(|name| Column::of(name, "", 2));
        Self(Results::new("", rows, [ours, tokio, smol, ratio, from, to, Column::words("better", 4)]))
    }

    /// Fills a row with the figures of all rounds.
    fn row(&mut self, name: &str, better: Better, rounds: &[[f64; SUBJECTS.len()]]) {
        let ratio = spread::ratio(rounds, better);
        let [ours, tokio, smol] = medians(rounds).map(Cell::from);
        let part = |part: fn(Spread) -> f64| Cell::from(ratio.map(part));
        let (middle, from, to) = (part(|ratio| ratio.median), part(|ratio| ratio.low), part(|ratio| ratio.high));
        let better = if better == Better::Less { "less" } else { "more" };
        self.0.row(name, [ours, tokio, smol, middle, from, to, better.into()]);
    }
}

/// The figure of each subject in the middle of all rounds.
fn medians(rounds: &[[f64; SUBJECTS.len()]]) -> [f64; SUBJECTS.len()] {
    [0, 1, 2].map(|place| Spread::of(rounds.iter().map(|round| round[place])).map_or(f64::NAN, |all| all.median))
}

/// Measures every subject once in each round.
fn rounds<T>(
    rounds: usize,
    mut measure: impl FnMut(&Subject) -> Result<T, String>,
) -> Result<Vec<[T; SUBJECTS.len()]>, String> {
    let mut figures = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let [ours, tokio, smol] = &SUBJECTS;
        figures.push([measure(ours)?, measure(tokio)?, measure(smol)?]);
    }
    Ok(figures)
}

/// The most tasks that tick on one thread and keep nearly all of their ticks: doubled until they don't, and then
/// narrowed down to a tenth.
fn most_ticking(sizes: &Sizes, subject: &Subject) -> Result<f64, String> {
    let keeps_up = |tasks| Ok::<_, String>(child::ticks(subject, tasks, sizes.ticks, 1)?.share >= KEPT);
    let mut most = sizes.ticking;
    let mut step = 2.0;
    let mut is_too_many = false;
    if !keeps_up(most)? && sizes.searches {
        return Err(format!("{} can't keep up with {most} ticking tasks; is the machine busy?", subject.name));
    }
    if !sizes.searches {
        return Ok(f64::from(most));
    }
    while step > 1.1 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "there are some millions at most")]
        let more = (f64::from(most) * step) as u32;
        if keeps_up(more)? {
            most = more;
        } else {
            is_too_many = true;
        }
        if is_too_many {
            step = step.sqrt();
        }
    }
    Ok(f64::from(most))
}

fn all_known<const N: usize>(figures: [Option<f64>; N]) -> Option<[f64; N]> {
    figures.iter().all(Option::is_some).then(|| figures.map(Option::unwrap_or_default))
}
