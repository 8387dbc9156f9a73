//! What is measured, in which sizes, and how often.
//!
//! The subjects take turns: a machine that is slower now than a minute ago is slower for all of them, and a ratio of
//! two figures of one round doesn't see it.

use std::{thread, time::Duration};

use crate::{
    child,
    figures::{Better, Measure},
    machine,
    work::{SUBJECTS, Subject, Work},
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

/// Measures everything, and says each as soon as it is there.
///
/// # Errors
///
/// If a process for one of the subjects fails.
pub fn all(sizes: &Sizes, mut say: impl FnMut(&Measure)) -> Result<Vec<Measure>, String> {
    let mut measures = Vec::new();
    let mut done = |measure: Measure| {
        say(&measure);
        measures.push(measure);
    };
    let operations = sizes.operations;
    done(work(sizes, "spawn and join, one by one", operations, |subject| subject.spawn_one_by_one)?);
    done(work(sizes, "spawn and join, 1,000 at a time", operations, |subject| subject.spawn_in_batches)?);
    done(work(sizes, "yield_now among 1,000 tasks", operations, |subject| subject.yield_in_turns)?);
    done(work(sizes, "wake from another thread", sizes.wakes, |subject| subject.wake_from_another_thread)?);

    let memory = rounds(sizes.long_rounds, |subject| child::memory(subject, sizes.sleeping))?;
    // Where the system doesn't say, there is no such row.
    let memory: Option<Vec<_>> = memory.into_iter().map(all_known).collect();
    if let Some(memory) = memory {
        done(Measure::of("memory of a sleeping task", "B", Better::Less, &memory));
    }

    let most = rounds(sizes.long_rounds, |subject| most_ticking(sizes, subject))?;
    done(Measure::of("tasks ticking on one thread", "", Better::More, &most));

    let loops = thread::available_parallelism().map_or(1, |cpus| u32::try_from(cpus.get()).unwrap_or(1));
    let kept = rounds(sizes.long_rounds, |subject| child::ticks(subject, sizes.spread, sizes.ticks, loops))?;
    let share: Vec<_> = kept.iter().map(|round| round.map(|kept| 100.0 * kept.share)).collect();
    done(Measure::of("a million ticking tasks, ticks kept", "%", Better::More, &share));
    // Where a loop is so late that nothing has run, nobody can say by how much.
    let late = kept.iter().map(|round| all_known(round.map(|kept| kept.median_late.map(|late| late / 1e3))));
    if let Some::<Vec<_>>(late) = late.collect() {
        done(Measure::of("a million ticking tasks, half at most late by", "ms", Better::Less, &late));
    }

    for connections in sizes.connections {
        let echo = rounds(sizes.long_rounds, |subject| child::echo(subject, connections, sizes.echo))?;
        let name = |what: &str| format!("TCP echo, {} connections{what}", thousands(connections));
        let answers: Vec<_> = echo.iter().map(|round| round.each_ref().map(|(load, _)| load.per_second)).collect();
        done(Measure::of(name(""), "/s", Better::More, &answers));
        let client = echo.iter().map(|round| all_known(round.each_ref().map(|(load, _)| load.busy)));
        let server = echo.iter().map(|round| all_known(round.each_ref().map(|(_, busy)| *busy)));
        let busy = [(", client busy", client.collect::<Option<Vec<_>>>()), (", server busy", server.collect())];
        for (what, shares) in busy {
            let Some(shares) = shares else { continue };
            let percent: Vec<_> = shares.iter().map(|round| round.map(|share| 100.0 * share)).collect();
            done(Measure::of(name(what), "%", Better::Less, &percent).without_ratio());
        }
    }
    Ok(measures)
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

/// Nanoseconds for each operation, on one CPU: two threads that share it hand over in the same way each time, and the
/// time that an idle CPU needs to wake up is none of theirs.
fn work(sizes: &Sizes, name: &str, operations: usize, of: fn(&Subject) -> Work) -> Result<Measure, String> {
    let measure = |subject: &Subject| {
        let work = of(subject);
        // A thread of its own, which takes its place on the CPU with it when it ends.
        let worked = thread::spawn(move || {
            machine::pin(0);
            work(operations)
        });
        let took = worked.join().map_err(|_| format!("{} did not do `{name}`", subject.name))?;
        #[allow(clippy::cast_precision_loss, reason = "so many operations nobody waits for")]
        let each = took.as_secs_f64() * 1e9 / operations as f64;
        Ok(each)
    };
    Ok(Measure::of(name, "ns", Better::Less, &rounds(sizes.rounds, measure)?))
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

/// `1000` as `1,000`.
fn thousands(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
