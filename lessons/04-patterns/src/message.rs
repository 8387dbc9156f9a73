//! Messages for the backpressure variants: they take up memory, and know how many of them there are.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use lesson_kit::{Column, Results};

use crate::watchdog;

/// How many messages the bounded channels hold.
pub const BOUND: usize = 8;

/// How many messages the producer has whenever it looks.
pub const BURST: usize = 10;

/// How often the producer looks, and how long the consumer takes for one message.
pub const TICK: Duration = Duration::from_millis(5);

/// When a part is looked at, since its start.
pub const LOOKS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(600),
    Duration::from_millis(800),
];

/// The part with a bounded channel.
pub const BOUNDED: &str = "bounded";
/// The part with an unbounded one.
pub const UNBOUNDED: &str = "unbounded";

/// The size of a message in bytes.
const SIZE: usize = 16 * 1024;

/// Longer than a part takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Counts the messages that are made.
#[derive(Debug, Clone, Default)]
pub struct Messages(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    made: AtomicUsize,
    held: AtomicUsize,
    most_held: AtomicUsize,
}

/// A message. It is held until somebody drops it.
#[derive(Debug)]
pub struct Message {
    counts: Arc<Counts>,
    _content: Vec<u8>,
}

impl Messages {
    /// The next.
    #[must_use]
    pub fn make(&self) -> Message {
        self.0.made.fetch_add(1, SeqCst);
        let held = self.0.held.fetch_add(1, SeqCst) + 1;
        self.0.most_held.fetch_max(held, SeqCst);
        // Not zeros, for which the system would not give any memory.
        Message { counts: Arc::clone(&self.0), _content: vec![1; SIZE] }
    }

    /// Writes down for the parent how things stand.
    pub fn look(&self) {
        let Counts { made, most_held, .. } = &*self.0;
        let memory = resident().map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
        println!("{} {} {memory}", made.load(SeqCst), most_held.load(SeqCst));
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        self.counts.held.fetch_sub(1, SeqCst);
    }
}

/// Runs both parts of `variant`, each in a process of its own, and tabulates what was seen of them and when.
///
/// # Errors
///
/// If one of them can't be run.
pub fn compare(variant: &str) -> io::Result<()> {
    let row = |part: &str, at: Duration| format!("{part}, {}", at.as_millis());
    let rows = [BOUNDED, UNBOUNDED].into_iter().flat_map(|part| LOOKS.map(|at| row(part, at)));
    let columns = [Column::count("made"), Column::count("most held"), Column::of("memory", "MB", 1)];
    let mut results = Results::new("channel, ms", rows, columns);
    for part in [BOUNDED, UNBOUNDED] {
        let run = watchdog::run(variant, part, LIMIT)?;
        let looks: Vec<_> = run.output.lines().filter_map(figures).collect();
        if looks.len() != LOOKS.len() {
            let errors = run.errors.trim();
            return Err(io::Error::other(format!("`{part}` could not be measured ({:?}): {errors}", run.ended)));
        }
        for (at, figures) in LOOKS.into_iter().zip(looks) {
            results.row(&row(part, at), figures);
        }
    }
    Ok(())
}

/// Reads what [`Messages::look`] has written.
fn figures(line: &str) -> Option<[Option<f64>; 3]> {
    let mut words = line.split(' ').map(|word| word.parse::<f64>().ok());
    let [made, most_held, memory] = [words.next()?, words.next()?, words.next()?];
    Some([Some(made?), Some(most_held?), memory.map(|bytes| bytes / 1e6)])
}

/// The memory that this process has from the system at the moment, in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
