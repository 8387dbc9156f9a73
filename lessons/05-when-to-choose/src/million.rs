//! A million spinners at once: a task for each, on every runtime and on our own loop of lesson 2; and as many threads as the
//! machine lets us have, with the limit that stopped them.
//!
//! Each spinner turns once a period, at a moment of its own, and notes how late it was. The status line shows the first of
//! them, turning as it can. Each kind runs in a process of its own, so the memory is its own too.
//!
//!     cargo run -p lesson-05 --release -- million
//!     SPINNERS=100000 PERIOD=0.1 cargo run -p lesson-05 --release -- million
//!
//! The fewer turns a second a million of them has to make, the less late they are: try `PERIOD=0.5` and `PERIOD=10`.

mod board;
mod ceiling;
mod lateness;
mod on_async_std;
mod on_our_loop;
mod on_smol;
mod on_threads;
mod on_tokio;

use std::{
    env,
    io::{self, BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use lesson_kit::{Column, Results, StatusLine};

use self::board::{Board, Plan, Report};
use crate::lifeline;

/// Names the kind of spinners that a child process is to run.
const KIND: &str = "LESSON_05_SPINNERS";

/// The child process that finds out how many threads there can be.
const CEILING: &str = "ceiling";

/// What runs spinners: its name, and the function that spawns them and runs them until the end of the plan.
type Kind = (&'static str, fn(&Plan, &'static Board) -> io::Result<()>);

const KINDS: [Kind; 6] = [
    ("threads", on_threads::run),
    ("tokio current_thread", on_tokio::run_on_one_thread),
    ("tokio multi_thread", on_tokio::run_on_many_threads),
    ("async-std", on_async_std::run),
    ("smol", on_smol::run),
    ("our loop", on_our_loop::run),
];

pub fn main() -> Result<(), String> {
    let plan = Plan::read()?;
    if let Ok(kind) = env::var(KIND) {
        return run(&kind, &plan);
    }
    println!("{} spinners, each turns every {:?}, for {:?}", plan.spinners, plan.period, plan.time);
    let columns = [
        Column::count("spinners"),
        Column::of("each", "bytes", 0),
        Column::of("turns", "%", 1),
        Column::of("median", "ms", 2),
        Column::of("p99", "ms", 2),
        Column::of("worst", "ms", 1),
        Column::of("CPU", "s", 1),
    ];
    let mut results = Results::new("spinners on", KINDS.map(|(name, _)| name), columns);
    let mut stopped = None;
    for (name, _) in KINDS {
        let mut spinners = plan.spinners;
        if name == "threads" {
            let ceiling = ceiling::find(plan.spinners).map_err(|error| failed(name, &error))?;
            spinners = ceiling.usable(spinners);
            stopped = ceiling.in_words();
        }
        let report = watch(name, spinners).map_err(|error| failed(name, &error))?;
        results.row(name, report.figures(spinners));
    }
    if let Some(stopped) = stopped {
        println!("{stopped}");
    }
    Ok(())
}

fn failed(name: &str, error: &io::Error) -> String {
    format!("the spinners on {name} ended early: {error}")
}

/// Has a child process run them, and shows what it tells.
fn watch(name: &str, spinners: u64) -> io::Result<Report> {
    let mut child = child(name)?.env("SPINNERS", spinners.to_string()).stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let mut line = StatusLine::new();
    let mut last = None;
    for told in lines {
        let Ok(report) = told?.parse::<Report>() else { continue };
        line.show(format_args!("{report} on {name}"));
        last = Some(report);
    }
    drop(line);
    let status = child.wait()?;
    last.filter(|report: &Report| status.success() && report.is_last)
        .ok_or_else(|| io::Error::other(status.to_string()))
}

/// This program again, as a child that runs one kind.
fn child(kind: &str) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("million").env(KIND, kind);
    lifeline::tie(&mut command);
    Ok(command)
}

/// What the child does.
fn run(kind: &str, plan: &Plan) -> Result<(), String> {
    lifeline::hold();
    if kind == CEILING {
        return ceiling::reach(plan.spinners).map_err(|error| error.to_string());
    }
    let Some((_, spin)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        return Err(format!("{KIND}={kind} is set by this program alone; unset it"));
    };
    spin(plan, Board::begin()).map_err(|error| error.to_string())?;
    // The board ends the process when the time is over; it is up to a moment later than the last spinner.
    std::thread::sleep(Duration::from_secs(60));
    Err("nobody told the end of it".to_owned())
}
