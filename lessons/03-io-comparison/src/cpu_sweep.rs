//! Eight prime checks, shared out among one worker, two, four and eight: what do more workers bring?
//!
//! In Rust the workers are threads, rayon's threads, or processes; in Python threads or processes. Each takes a number,
//! says whether it is prime, and takes the next. A row's time is that of its whole life: from the making of the workers
//! to the end of the last. You will see what the machine's cores give, and that only one way of five gets nothing from
//! them: Python's threads compute in turns, since each has to hold the interpreter's lock.
//!
//! Everything is measured three times, in rounds, so that a machine that is busy for a moment spoils one figure of
//! three; the table has the median. A speedup is against one worker of the same kind, in the same round. Where there is
//! no Python, its rows are left out.
//!
//!     cargo run -p lesson-03 -- cpu-sweep
//!     NUMBERS=1000000000039,561,97 cargo run -p lesson-03 -- cpu-sweep

mod worker_process;

#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::{
    env,
    io::{self, IsTerminal},
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::{Column, Results, StatusLine, python_command, unrecorded};
use rayon::{ThreadPoolBuilder, iter::ParallelIterator, slice::ParallelSlice};

use crate::{prime::is_prime, settings::NUMBERS};
use worker_process::WorkerProcess;

const WORKERS: [usize; 4] = [1, 2, 4, 8];

/// An odd number of them has a median.
const ROUNDS: usize = 3;

/// Has so many workers check these numbers. Gives the time that it took, and the answers in the order of the numbers.
type Way = fn(&[u64], usize) -> Result<(Duration, Vec<bool>), String>;

const RUST: [(&str, Way); 3] = [
    ("threads", |numbers, workers| timed(|| Ok(on_threads(numbers, workers)))),
    ("rayon", |numbers, workers| timed(|| on_rayon(numbers, workers))),
    ("processes", |numbers, workers| timed(|| in_processes(numbers, workers))),
];

const PYTHON: [(&str, Way); 2] = [
    ("python threads", |numbers, workers| in_python("threads", numbers, workers)),
    ("python processes", |numbers, workers| in_python("processes", numbers, workers)),
];

pub fn main() -> Result<(), String> {
    if env::var_os(worker_process::CHILD).is_some() {
        worker_process::work(); // (1) A worker of `processes`: this executable once more.
        return Ok(());
    }
    let numbers = NUMBERS.values();
    let mut ways = RUST.to_vec();
    match python_command(Path::new(SCRIPT)) {
        Ok(_) => ways.extend(PYTHON),
        Err(reason) => eprintln!("Python's rows are left out: {reason}"),
    }
    if !io::stdout().is_terminal() {
        let cells = ways.len() * WORKERS.len(); // Nobody sees the status line.
        eprintln!("measuring {cells} cells, {ROUNDS} times each; the table comes when all are done");
    }
    let times = measure(&ways, &numbers)?;

    let rows = ways.iter().flat_map(|(way, _)| WORKERS.map(|workers| name(way, workers)));
    let columns = [Column::of("elapsed", "ms", 0), Column::of("speedup", "", 2), Column::count("primes")];
    let mut results = Results::new("workers", rows, columns);
    for ((way, _), times) in ways.iter().zip(times) {
        for (place, workers) in WORKERS.into_iter().enumerate() {
            let elapsed = median(times.rounds.map(|round| round[place]));
            let speedup = median(times.rounds.map(|round| round[0] / round[place]));
            results.row(&name(way, workers), [elapsed * 1_000.0, speedup, times.primes]);
        }
    }
    Ok(())
}

fn name(way: &str, workers: usize) -> String {
    format!("{way}, {workers}")
}

/// What was measured of one way.
#[derive(Default)]
struct Times {
    /// In seconds, in each round for each number of workers.
    rounds: [[f64; WORKERS.len()]; ROUNDS],
    /// How many of the numbers are prime.
    primes: f64,
}

/// Measures every cell in every round. Fails if two cells answer differently.
fn measure(ways: &[(&str, Way)], numbers: &[u64]) -> Result<Vec<Times>, String> {
    let mut times: Vec<_> = ways.iter().map(|_| Times::default()).collect();
    let mut expected = None;
    let mut line = StatusLine::new();
    for round in 0..ROUNDS {
        for ((way, check), times) in ways.iter().zip(&mut times) {
            for (place, workers) in WORKERS.into_iter().enumerate() {
                let cell = name(way, workers);
                line.show(format_args!("round {} of {ROUNDS}: {cell}", round + 1));
                let (elapsed, answers) = check(numbers, workers).map_err(|error| format!("{cell}: {error}"))?;
                if expected.get_or_insert_with(|| answers.clone()) != &answers {
                    return Err(format!("{cell} gives other answers than the ways before it: {answers:?}"));
                }
                times.rounds[round][place] = elapsed.as_secs_f64();
                times.primes = answers.iter().map(|&is_prime| f64::from(u8::from(is_prime))).sum();
            }
        }
    }
    Ok(times)
}

fn timed(check: impl FnOnce() -> Result<Vec<bool>, String>) -> Result<(Duration, Vec<bool>), String> {
    let began = Instant::now();
    let answers = check()?;
    Ok((began.elapsed(), answers))
}

/// Threads that take the numbers one after the other.
fn on_threads(numbers: &[u64], workers: usize) -> Vec<bool> {
    let next = AtomicUsize::new(0); // (2) Which number comes next. Nothing else is shared.
    thread::scope(|scope| {
        let check_all_you_get = || {
            let mut answers = Vec::new();
            while let Some((place, number)) = take(numbers, &next) {
                answers.push((place, is_prime(number)));
            }
            answers
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(check_all_you_get)).collect();
        in_order(threads.into_iter().flat_map(|thread| thread.join().expect("dividing does not panic")))
    })
}

/// rayon's threads. Each begins with its share, and then helps those who have more left.
fn on_rayon(numbers: &[u64], workers: usize) -> Result<Vec<bool>, String> {
    let pool = ThreadPoolBuilder::new().num_threads(workers).build().map_err(|error| error.to_string())?;
    // (3) A number at a time, since each is much work.
    Ok(pool.install(|| numbers.par_chunks(1).map(|number| is_prime(number[0])).collect()))
}

/// Processes that are given one number after the other, each by a thread of ours that waits for its answers.
fn in_processes(numbers: &[u64], workers: usize) -> Result<Vec<bool>, String> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let ask_all_you_get = || {
            let mut worker = WorkerProcess::start()?;
            let mut answers = Vec::new();
            while let Some((place, number)) = take(numbers, &next) {
                answers.push((place, worker.ask(number)?));
            }
            worker.finish()?;
            Ok::<_, String>(answers)
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(ask_all_you_get)).collect();
        let mut answers = Vec::new();
        for thread in threads {
            answers.extend(thread.join().expect("waiting does not panic")?);
        }
        Ok(in_order(answers))
    })
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/cpu_sweep.py");

/// A Python that has threads or processes of its own. It takes the time itself, so that its own start does not count.
fn in_python(kind: &str, numbers: &[u64], workers: usize) -> Result<(Duration, Vec<bool>), String> {
    let mut command = python_command(Path::new(SCRIPT))?;
    command.arg(kind).arg(workers.to_string()).args(numbers.iter().map(u64::to_string));
    // In a group of its own it gets no Ctrl-C from the terminal, which it would report at length while it starts. We end,
    // and it ends by the pipe.
    #[cfg(unix)]
    command.process_group(0);
    let child = unrecorded(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("Python can't be started: {error}"))?;
    let _open_while_we_live = child.stdin.take(); // (4) Python ends when this does.
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut words = said.split_whitespace();
    let elapsed = words.next().and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs_f64);
    let answers: Vec<_> = words.map(|answer| answer == "True").collect();
    match elapsed {
        Some(elapsed) if output.status.success() && answers.len() == numbers.len() => Ok((elapsed, answers)),
        _ => Err(format!("{SCRIPT} said {said:?} and ended with {}", output.status)),
    }
}

/// The next number that nobody has taken, and its place.
fn take(numbers: &[u64], next: &AtomicUsize) -> Option<(usize, u64)> {
    let place = next.fetch_add(1, Relaxed);
    Some((place, *numbers.get(place)?))
}

/// The answers in the order of the numbers, from pairs of place and answer.
fn in_order(answers: impl IntoIterator<Item = (usize, bool)>) -> Vec<bool> {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.sort_unstable();
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn median(mut figures: [f64; ROUNDS]) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[ROUNDS / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_workers_gives_the_answers_in_order() {
        let numbers: Vec<_> = (0..200).collect();
        let expected: Vec<_> = numbers.iter().map(|&number| is_prime(number)).collect();
        for workers in [1, 2, 3, 4, 8, 300] {
            assert_eq!(on_threads(&numbers, workers), expected, "{workers} threads");
        }
        for workers in [1, 2, 3, 4, 8] {
            assert_eq!(on_rayon(&numbers, workers).as_ref(), Ok(&expected), "{workers} of rayon's");
        }
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
