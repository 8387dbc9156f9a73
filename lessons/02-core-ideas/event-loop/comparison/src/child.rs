//! The same program again, since all work has a process of its own: so one subject's memory is not mistaken for
//! another's, no heap is found that another has left behind, and nothing is recorded while it is measured.
//!
//! What a child has to say is one line of JSON on its standard output.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use lesson_kit::{cpu_time, end_with_parent, unrecorded};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    echo::{self, Load},
    machine,
    subject::{SUBJECTS, Subject, Work},
    ticks::{self, Kept, Schedule},
};

/// Set for a child: what it shall do, as JSON.
const JOB: &str = "COMPARISON_JOB";

/// What takes so short that many of it are done in turn.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Operation {
    SpawnOneByOne,
    SpawnInBatches,
    YieldInTurns,
    WakeFromAnotherThread,
}

#[derive(Debug, Serialize, Deserialize)]
enum Job {
    /// How many nanoseconds each of so many operations takes.
    Operate { subject: String, operation: Operation, times: usize },
    /// How many bytes of memory so many sleeping tasks take.
    Sleep { subject: String, tasks: usize },
    /// What becomes of the ticks of so many tasks, over so many threads with a loop each.
    Tick { subject: String, tasks: u32, ticks: u32, loops: u32 },
    /// Serves until its input ends, and then says how much CPU time it took.
    Serve { subject: String },
    /// Loads a server.
    Load { server: SocketAddr, connections: usize, duration: Duration },
}

/// How many nanoseconds each of so many operations takes, on one CPU: two threads that share it hand over in the same way
/// each time, and the time that an idle CPU needs to wake up is none of theirs.
pub fn operate(subject: &Subject, operation: Operation, times: usize) -> Result<f64, String> {
    ask(&Job::Operate { subject: subject.name.to_owned(), operation, times })
}

/// How many bytes of memory each of so many sleeping tasks takes. `None` where the system doesn't say.
pub fn memory(subject: &Subject, tasks: usize) -> Result<Option<f64>, String> {
    ask(&Job::Sleep { subject: subject.name.to_owned(), tasks })
}

/// What becomes of the ticks of so many tasks, over so many threads with a loop each.
pub fn ticks(subject: &Subject, tasks: u32, ticks: u32, loops: u32) -> Result<Kept, String> {
    ask(&Job::Tick { subject: subject.name.to_owned(), tasks, ticks, loops })
}

/// How an echo server does with so many connections: what the client saw, and how busy the server was, from 0 to 1.
pub fn echo(subject: &Subject, connections: usize, duration: Duration) -> Result<(Load, Option<f64>), String> {
    let began = Instant::now();
    let mut server = Child::start(&Job::Serve { subject: subject.name.to_owned() })?;
    let address = server.says()?;
    let load = ask(&Job::Load { server: address, connections, duration })?;
    let running = began.elapsed().as_secs_f64();
    drop(server.process.stdin.take());
    let cpu: Option<f64> = server.says()?;
    server.ends()?;
    Ok((load, cpu.map(|cpu| cpu / running)))
}

fn ask<T: DeserializeOwned>(job: &Job) -> Result<T, String> {
    let mut child = Child::start(job)?;
    let said = child.says()?;
    child.ends()?;
    Ok(said)
}

/// A child that runs. It doesn't outlive this.
struct Child {
    process: process::Child,
    output: BufReader<process::ChildStdout>,
    job: String,
}

impl Child {
    fn start(job: &Job) -> Result<Self, String> {
        let job = serde_json::to_string(job).expect("every job can be written as JSON");
        let this = env::current_exe().map_err(|error| format!("this program doesn't find itself: {error}"))?;
        let mut command = Command::new(this);
        command.env(JOB, &job).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = end_with_parent(unrecorded(&mut command))
            .spawn()
            .map_err(|error| format!("a process for {job} could not be started: {error}"))?;
        let output = BufReader::new(process.stdout.take().expect("it was asked for"));
        Ok(Self { process, output, job })
    }

    /// The next line that it says.
    fn says<T: DeserializeOwned>(&mut self) -> Result<T, String> {
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|error| format!("{} could not be heard: {error}", self.job))?;
        serde_json::from_str(&line).map_err(|_| format!("the process for {} ended without a result", self.job))
    }

    fn ends(mut self) -> Result<(), String> {
        let status = self.process.wait().map_err(|error| format!("{} could not be waited for: {error}", self.job))?;
        if status.success() { Ok(()) } else { Err(format!("the process for {} failed: {status}", self.job)) }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What this process was started for, if it is a child.
pub fn job() -> Option<String> {
    env::var(JOB).ok()
}

/// Does what a child was started for.
///
/// # Errors
///
/// If it can't be done, with a sentence that says why.
pub fn run(job: &str) -> Result<(), String> {
    let job = serde_json::from_str(job).map_err(|error| format!("{JOB} is for this program itself: {error}"))?;
    match job {
        Job::Operate { subject, operation, times } => {
            machine::pin(0);
            let took = find(&subject)?.work(operation)(times);
            #[allow(clippy::cast_precision_loss, reason = "there are some hundred thousands at most")]
            say(&(took.as_secs_f64() * 1e9 / times as f64));
        }
        Job::Sleep { subject, tasks } => {
            let before = machine::resident();
            let after = (find(&subject)?.fall_asleep)(tasks, machine::resident);
            #[allow(clippy::cast_precision_loss, reason = "no machine has so much memory")]
            let each = after.zip(before).map(|(after, before)| after.saturating_sub(before) as f64 / tasks as f64);
            say(&each);
        }
        Job::Tick { subject, tasks, ticks, loops } => {
            let subject = find(&subject)?;
            let threads: Vec<_> = (0..loops)
                .map(|_| {
                    thread::spawn(move || {
                        (subject.tick)(Schedule::new(tasks / loops, ticks));
                        ticks::take()
                    })
                })
                .collect();
            let threads: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no task panics")).collect();
            let expected = u64::from(tasks / loops * loops) * u64::from(ticks);
            say(&ticks::kept(&ticks::together(&threads), expected));
        }
        Job::Serve { subject } => {
            machine::pin(0);
            end_with_input();
            (find(&subject)?.serve)(|address| say(&address)).map_err(|error| format!("the server failed: {error}"))?;
        }
        Job::Load { server, connections, duration } => {
            machine::pin(1);
            say(&echo::load(server, connections, duration).map_err(|error| format!("the client failed: {error}"))?);
        }
    }
    // What is left of a million tasks needs no tidying.
    process::exit(0);
}

/// Ends the process when its input ends, also if whoever started it was killed.
fn end_with_input() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        say(&cpu_time().map(|cpu| cpu.as_secs_f64()));
        process::exit(0);
    });
}

impl Subject {
    fn work(&self, operation: Operation) -> Work {
        match operation {
            Operation::SpawnOneByOne => self.spawn_one_by_one,
            Operation::SpawnInBatches => self.spawn_in_batches,
            Operation::YieldInTurns => self.yield_in_turns,
            Operation::WakeFromAnotherThread => self.wake_from_another_thread,
        }
    }
}

fn find(subject: &str) -> Result<&'static Subject, String> {
    const { &SUBJECTS }.iter().find(|known| known.name == subject).ok_or_else(|| format!("there is no {subject}"))
}

fn say(what: &impl Serialize) {
    let line = serde_json::to_string(what).expect("every result can be written as JSON");
    // If nobody listens any more, nobody misses it.
    let _ = writeln!(io::stdout(), "{line}");
}
