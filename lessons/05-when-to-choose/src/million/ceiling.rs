//! How many threads there can be, found out by trying.
//!
//! The last one need not be refused: Rust's standard library aborts the process when there is no room for the stack on
//! which a thread handles signals. So a child process tries, says how far it has come, and may die of it.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::Stdio,
    sync::mpsc,
    thread,
};

use crate::limits::{self, Limit};

/// How often the child says how far it has come.
const TELL: u64 = 16;

/// The share of the ceiling that is left for what else a process needs, one in so many.
const TO_SPARE: u64 = 50;

/// How many threads there can be, and how that showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The most that were there at once, or as many as were asked for.
    reached: u64,
    /// What the next one met, if it met anything.
    met: Option<String>,
}

/// Has a child process make up to `wanted` threads.
///
/// # Errors
///
/// If the child can't be started or heard.
pub fn find(wanted: u64) -> io::Result<Ceiling> {
    let mut command = super::child(super::CEILING)?;
    // Of its abort the standard library tells on standard error; we tell what it means.
    let mut child = command.env("SPINNERS", wanted.to_string()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut reached = 0;
    let mut refused = None;
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        let line = line?;
        match line.parse() {
            Ok(count) => reached = count,
            Err(_) => refused = Some(line),
        }
    }
    let status = child.wait()?;
    let met = if status.success() { refused } else { Some(format!("the process died of it ({status})")) };
    Ok(Ceiling { reached, met })
}

impl Ceiling {
    /// How many of `wanted` threads can well be had.
    pub fn usable(&self, wanted: u64) -> u64 {
        if self.met.is_none() { wanted } else { (self.reached - self.reached / TO_SPARE).min(wanted).max(1) }
    }

    /// What stopped them, if anything did: of the limits that are known, the one that lies closest to where they ended.
    pub fn in_words(&self) -> Option<String> {
        let met = self.met.as_ref()?;
        let limits = limits::thread_limits();
        let limit = limits.iter().min_by_key(|limit| limit.most.abs_diff(self.reached));
        let named = limit.map_or_else(String::new, |Limit { setting, .. }| format!("; the limit: {setting}"));
        Some(format!("threads ended at {}: {met}{named}", self.reached))
    }
}

/// What the child does: makes threads until there are so many, or until that fails.
pub fn reach(wanted: u64) -> io::Result<()> {
    let (here, arrived) = mpsc::channel();
    let mut output = io::stdout().lock();
    for count in 1..=wanted {
        let here = here.clone();
        let spawned = thread::Builder::new().spawn(move || {
            // Only when it runs has it all that it needs.
            let _ = here.send(());
            loop {
                thread::park();
            }
        });
        if let Err(error) = spawned {
            writeln!(output, "{error}")?;
            break;
        }
        let _ = arrived.recv();
        if count % TELL == 0 || count == wanted {
            writeln!(output, "{count}")?;
            output.flush()?;
        }
    }
    output.flush()?;
    // Not through the end of `main`, behind which others might still run.
    std::process::exit(0);
}
