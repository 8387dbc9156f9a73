//! A million spinners at once: a task for each, on every runtime and on our own loop of lesson 2; and as many threads as the
//! machine lets us have, with the limit that stopped them.
//!
//! All are made first. Then each turns once a period, at a moment of its own, and notes how late it is. Eight of them stand
//! in the status line, beside what all have come to. Each kind runs in a process of its own, so its memory is its own too.
//!
//! Python's asyncio stands beside them, with a hundred thousand at most; on uvloop too, where that is installed. Where there
//! is no Python, its rows are left out.
//!
//!     cargo run -p lesson-05 --release -- million
//!     SPINNERS=100000 PERIOD=0.1 cargo run -p lesson-05 --release -- million
//!
//! Without `--release` there are a hundred thousand.
//!
//! The fewer turns a second a million of them has to make, the less late they are: try `PERIOD=0.5` and `PERIOD=10`.

mod board;
mod ceiling;
mod lateness;
mod on_async_std;
mod on_asyncio;
mod on_our_loop;
mod on_smol;
mod on_threads;
mod on_tokio;
mod plan;
mod report;
mod start;

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead, BufReader, Read, Write},
    panic::{self, PanicHookInfo},
    process::{Command, ExitStatus, Stdio},
};

use lesson_kit::{Column, Results, StatusLine, end_with_parent, unrecorded};

use self::{
    board::Board,
    plan::Plan,
    report::{Phase, Report},
};
use crate::{
    event_loops,
    limits::{self, Limit},
    unoptimised,
};

/// Names the kind of spinners that a child process is to run.
const KIND: &str = "LESSON_05_SPINNERS";

/// The child process that finds out how many threads there can be.
const CEILING: &str = "ceiling";

/// What runs spinners: its name, and the function that makes them. It returns only if that fails: the board ends the
/// process when the time is over.
type Kind = (&'static str, fn(&'static Board) -> io::Result<()>);

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
        return run(&kind, plan);
    }
    limits::enough_descriptors()?;
    println!(
        "{} spinners, each turns every {:?}, for {:?}{}",
        plan.spinners,
        plan.period,
        plan.time,
        unoptimised::NOTE
    );
    let columns = [
        Column::count("spinners"),
        Column::of("on time", "%", 1),
        Column::of("median", "ms", 2),
        Column::of("p99", "ms", 2),
        Column::of("worst", "ms", 1),
    ];
    let mut names = KINDS.map(|(name, _)| name.to_owned()).to_vec();
    let asyncio = event_loops::found_or_left_out();
    names.extend(asyncio.iter().map(|name| (*name).to_owned()));
    let mut results = Results::new("spinners on", &names, columns);
    let mut took = Vec::new();
    let mut stopped = None;
    let mut failed = BTreeMap::<String, Vec<&str>>::new();
    let mut fewest = plan.spinners;
    for name in &names {
        let cannot = |error: io::Error| format!("cannot run a process for the spinners on {name}: {error}");
        let mut spinners = plan.spinners;
        if name == "threads" {
            let ceiling = ceiling::find(plan.spinners).map_err(cannot)?;
            spinners = ceiling.usable(spinners);
            stopped = ceiling.in_words();
        }
        let is_python = asyncio.contains(&name.as_str());
        if is_python {
            spinners = on_asyncio::usable(spinners);
        }
        let watch = |spinners| {
            let command =
                if is_python { on_asyncio::command(name, Plan { spinners, ..plan }) } else { child(name, spinners) };
            watch(name, command.map_err(cannot)?).map_err(cannot)
        };
        let mut watched = watch(spinners)?;
        // So near to a limit it need not come out the same twice.
        while name == "threads" && stopped.is_some() && watched.is_err() && spinners > 1 {
            spinners -= (spinners / 4).max(1);
            watched = watch(spinners)?;
        }
        match watched {
            Ok(report) => {
                results.row(name, report.punctuality());
                took.push((name, report.costs()));
            }
            Err(why) => {
                results.row(name, [None::<f64>; 5]);
                failed.entry(why).or_default().push(name);
                if is_python {
                    fewest = spinners;
                }
            }
        }
    }
    if !took.is_empty() {
        println!();
    }
    let columns = [Column::of("each", "bytes", 0), Column::of("CPU", "s", 1)];
    let mut results = Results::new("taken by", took.iter().map(|(name, _)| *name), columns);
    for (name, costs) in &took {
        results.row(name, *costs);
    }
    if let Some(stopped) = stopped {
        println!("{stopped}");
    }
    if failed.is_empty() {
        return Ok(());
    }
    let fewer = (fewest / 10).max(1);
    let why: Vec<_> = failed.iter().map(|(why, names)| format!("{} {why}", names.join(", "))).collect();
    Err(format!("{} spinners are too many: {}; try SPINNERS={fewer}", plan.spinners, why.join("; ")))
}

/// Has a child process run them, and shows what it tells. Gives the last of it, or why it ended before that.
fn watch(name: &str, mut command: Command) -> io::Result<Result<Report, String>> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut line = StatusLine::new();
    let mut last = Report::default();
    for told in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        // Half a line, if the process has died in the middle of it.
        let Ok(report) = told?.parse() else { continue };
        last = report;
        line.show(format_args!("{last}, {name}"));
    }
    drop(line);
    let mut complaint = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut complaint)?;
    let status = child.wait()?;
    if status.success() && last.phase == Phase::Over {
        return Ok(Ok(last));
    }
    Ok(Err(why(status, &complaint)))
}

/// Why a child process has ended early, as far as can be told from outside.
fn why(status: ExitStatus, complaint: &str) -> String {
    let limited =
        |limit: Option<Limit>| limit.map_or_else(String::new, |limit| format!("; the limit: {}", limit.setting));
    // A runtime that has no room for its threads panics, and says this.
    if complaint.contains("spawn") {
        return format!("could not start their threads ({status}){}", limited(limits::threads()));
    }
    // A signal: that of the system when there is no memory left, or that of Rust's allocator to itself. Python may find
    // the time to say it.
    if status.code().is_none() || complaint.contains("MemoryError") {
        return format!("ran out of memory ({status}){}", limited(limits::memory()));
    }
    let words = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nobody knows why");
    format!("ended early ({})", words.strip_prefix("lesson-05: ").unwrap_or(words))
}

/// This program again, as a child that runs one kind with so many spinners.
fn child(kind: &str, spinners: u64) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    // See `say_and_abort`.
    command.arg("million").env(KIND, kind).env("RUST_BACKTRACE", "0");
    command.env("SPINNERS", spinners.to_string());
    end_with_parent(unrecorded(&mut command));
    Ok(command)
}

/// Ends a process that panics, without a backtrace. The usual hook makes one of some panics whatever is set; and if there is
/// no memory left, which is what those of tasks are about here, it would wait for ever for itself in the middle of it.
fn say_and_abort(panic: &PanicHookInfo<'_>) {
    let _ = writeln!(io::stderr(), "{panic}");
    std::process::abort();
}

/// What the child does.
fn run(kind: &str, plan: Plan) -> Result<(), String> {
    limits::keep_no_core();
    panic::set_hook(Box::new(say_and_abort));
    if kind == CEILING {
        ceiling::reach(plan.spinners);
    }
    let Some((_, spin)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        return Err(format!("{KIND}={kind} is set by this program alone; unset it"));
    };
    Board::set_up(plan).and_then(spin).map_err(|error| error.to_string())
}
