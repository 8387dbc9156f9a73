//! How many threads there can be, found out by trying.
//!
//! The last one need not be refused: Rust's standard library aborts the process when there is no room for the stack on
//! which a thread handles signals. So a child process tries, says how far it has come, and may die of it.

use std::{
    io::{self, BufRead, BufReader},
    process::Stdio,
    sync::mpsc,
    thread,
};

use lesson_kit::StatusLine;

use crate::limits::{self, Limit};

/// What a thread of the child says when it runs.
const HERE: &str = "here";

/// How many of them the status line counts at once.
const SHOW: u64 = 100;

/// The share of the ceiling that is left for what else a process needs, one in so many; and how many at least.
const TO_SPARE: u64 = 50;
const LEAST_TO_SPARE: u64 = 4;

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
    let mut command = super::child(super::CEILING, wanted)?;
    // Of its abort the standard library tells on standard error; we tell what it means.
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = StatusLine::new();
    let mut reached = 0;
    let mut refused = None;
    for said in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        let said = said?;
        if said != HERE {
            refused = Some(said);
            continue;
        }
        reached += 1;
        if reached % SHOW == 0 {
            line.show(format_args!("{reached} threads; how many can there be?"));
        }
    }
    drop(line);
    let status = child.wait()?;
    let met = if status.success() { refused } else { Some(format!("the process died of it ({status})")) };
    Ok(Ceiling { reached, met })
}

impl Ceiling {
    /// How many of `wanted` threads can well be had.
    pub fn usable(&self, wanted: u64) -> u64 {
        if self.met.is_none() {
            return wanted;
        }
        let spare = LEAST_TO_SPARE.max(self.reached / TO_SPARE);
        self.reached.saturating_sub(spare).min(wanted).max(1)
    }

    /// What stopped them, if anything did.
    pub fn in_words(&self) -> Option<String> {
        let met = self.met.as_ref()?;
        let named = named(self.reached, &limits::thread_limits());
        Some(format!("threads ended at {}: {met}; {named}", self.reached))
    }
}

/// Of the limits that are known, the one that lies closest to where the threads ended. Other programs have threads as well,
/// so it need not be the same number; but one that lies far off is not what they met.
fn named(reached: u64, limits: &[Limit]) -> String {
    let closest = limits.iter().min_by_key(|limit| limit.most.abs_diff(reached));
    match closest {
        Some(limit) if limit.most.abs_diff(reached) <= reached / 4 + 16 => format!("the limit: {}", limit.setting),
        _ => {
            let lowest = limits.iter().min_by_key(|limit| limit.most);
            let lowest = lowest.map_or_else(String::new, |limit| format!("; the lowest is {}", limit.setting));
            format!("no limit that is known lies there{lowest}")
        }
    }
}

/// What the child does: makes threads until there are so many, or until that fails.
pub fn reach(wanted: u64) -> ! {
    let (arrive, arrived) = mpsc::channel();
    let mut made = 0;
    let mut refused = None;
    while made < wanted && refused.is_none() {
        let arrive = arrive.clone();
        // Only when a thread runs has it all that it needs.
        let spawned = thread::Builder::new().spawn(move || {
            println!("{HERE}");
            let _ = arrive.send(());
            loop {
                thread::park();
            }
        });
        match spawned {
            Ok(_) => made += 1,
            Err(error) => refused = Some(error),
        }
    }
    for _ in 0..made {
        let _ = arrived.recv();
    }
    if let Some(error) = refused {
        println!("{error}");
    }
    // Not through the end of `main`, behind which others might still run.
    std::process::exit(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(most: u64, setting: &str) -> Limit {
        Limit { most, setting: setting.to_owned() }
    }

    #[test]
    fn the_closest_limit_is_named_unless_it_lies_far_off() {
        let limits = [limit(16_000, "maps = 64000"), limit(90_000, "processes = 90000")];
        assert_eq!(named(16_350, &limits), "the limit: maps = 64000");
        assert_eq!(named(89_000, &limits), "the limit: processes = 90000");
        assert_eq!(named(5_000, &limits), "no limit that is known lies there; the lowest is maps = 64000");
        assert_eq!(named(5_000, &[]), "no limit that is known lies there");
    }

    #[test]
    fn some_are_spared_where_there_is_a_limit_and_one_is_left() {
        let met = |reached| Ceiling { reached, met: Some("no".to_owned()) };
        assert_eq!(met(10_000).usable(1_000_000), 9_800);
        assert_eq!(met(100).usable(1_000_000), 96);
        assert_eq!(met(2).usable(1_000_000), 1);
        assert_eq!(met(10_000).usable(50), 50);
        assert_eq!(Ceiling { reached: 70, met: None }.usable(70), 70);
    }
}
