//! Recordings as the book reads them: one run of a variant, in the format of `lessons/kit/recording-format.md`.
//!
//! This reader is written from that page and not from the kit's code, so that the page stays enough to write one.

use std::{collections::HashMap, fmt, fs, path::Path};

use serde::Deserialize;

/// What the key `format` says in every recording.
const FORMAT: &str = "lesson-recording";
/// The version of the format that this reader knows.
const VERSION: u64 = 1;

/// One run of a variant. Times are in nanoseconds since the run began, unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Recording {
    /// The lesson's package.
    pub lesson: String,
    /// The variant's name.
    pub variant: String,
    /// What ran it.
    pub runtime: Runtime,
    /// The compiler that built the lesson, as `rustc --version` prints it, and whether it optimised.
    pub rustc: String,
    /// The operating system that it ran on.
    pub os: String,
    /// The architecture that it ran on.
    pub arch: String,
    /// How many CPUs it could use.
    pub cpus: Option<u64>,
    /// When it ran, in seconds since 1970 (UTC).
    pub recorded: u64,
    /// How it ended.
    pub exit: Exit,
    /// The operating system's account of it.
    pub measured: Measured,
    /// Until when it has everything, if it has not the whole run.
    pub complete_until: Option<u64>,
    /// The threads that took part, in the order of their first event.
    pub threads: Vec<Thread>,
    /// The calls and futures, in the order in which they began.
    pub spans: Vec<Span>,
    /// When a thread was inside a span.
    pub entries: Vec<Entry>,
    /// What status lines showed.
    pub frames: Vec<Frame>,
    /// What the program measured. Recordings that are older than this key have none.
    #[serde(default)]
    pub results: Vec<Measurement>,
    /// What the program found out and is no figure. Recordings that are older than this key have none.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// What our own event loop did.
    #[serde(default)]
    pub scheduling: Vec<Scheduled>,
    /// What the program wrote.
    pub output: Vec<Output>,
}

/// What ran a variant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Runtime {
    /// Its name, with its flavour where there is a choice.
    pub name: String,
    /// The version of the crate, compiler or interpreter.
    pub version: String,
}

impl fmt::Display for Runtime {
    /// The name and the version, and whose version it is where the name does not say so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, version } = self;
        match name.as_str() {
            "std" | "from-scratch" => write!(f, "{name}, Rust {version}"),
            _ => write!(f, "{name} {version}"),
        }
    }
}

/// How a run ended: one of the two is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Exit {
    /// With this exit code.
    pub code: Option<i32>,
    /// By this signal.
    pub signal: Option<i32>,
}

impl Exit {
    /// Whether the program says that all went well.
    #[must_use]
    pub fn success(self) -> bool {
        self.code == Some(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (Some(code), _) => write!(f, "exit code {code}"),
            (None, Some(signal)) => write!(f, "signal {signal}"),
            (None, None) => f.write_str("no exit code"),
        }
    }
}

/// The operating system's account of a run. `None` where the platform gave no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Measured {
    /// From just before the first process was started until it had ended, in nanoseconds.
    #[serde(rename = "elapsed_ns")]
    pub elapsed: u64,
    /// CPU time of all processes, in nanoseconds.
    #[serde(rename = "cpu_ns")]
    pub cpu: Option<u64>,
    /// The highest resident sets of all processes, added up, in bytes.
    #[serde(rename = "peak_memory_bytes")]
    pub peak_memory: Option<u64>,
    /// The most operating system threads seen at once.
    pub peak_threads: Option<u64>,
}

/// An operating system thread.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Thread {
    /// Which process of the run it belongs to, counted from 0.
    pub process: usize,
    /// Its name.
    pub name: String,
}

/// Whether a span ran once, or was polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A function that ran from top to bottom.
    Call,
    /// A future, or another language's coroutine.
    Future,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call => "a call",
            Self::Future => "a future",
        })
    }
}

/// A call or a future.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The function's name.
    pub name: String,
    /// The span inside which it was opened.
    pub parent: Option<usize>,
    /// Whether it ran once, or was polled.
    pub kind: Kind,
    /// When it began.
    pub opened: u64,
    /// When it returned or was dropped; `None` if the run ended first.
    pub closed: Option<u64>,
}

/// Why a thread was inside a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// The function ran.
    Call,
    /// The future was polled.
    Poll,
    /// The future was dropped. This is no poll.
    Drop,
}

/// A stretch of time for which a thread was inside a span.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Which span.
    pub span: usize,
    /// Which thread.
    pub thread: usize,
    /// When it went in.
    pub from: u64,
    /// When it came out; `None` if the run ended first.
    pub to: Option<u64>,
    /// What it did there.
    pub why: Why,
}

/// A frame that a status line showed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Frame {
    /// When.
    pub at: u64,
    /// On which thread; `None` if it was seen only in the output.
    pub thread: Option<usize>,
    /// Inside which span.
    pub span: Option<usize>,
    /// What it showed.
    pub text: String,
}

/// A figure that the program measured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Measurement {
    /// What was measured.
    pub row: String,
    /// What of it.
    pub column: String,
    /// The figure, rounded as it was printed.
    pub value: f64,
    /// Its unit, empty for a count.
    pub unit: String,
}

/// Something that the program found out and that is no figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outcome {
    /// What it is about.
    pub row: String,
    /// What of it.
    pub column: String,
    /// What was found, in a word or a few.
    pub words: String,
}

/// A step of our own event loop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Scheduled {
    /// When.
    pub at: u64,
    /// On which thread.
    pub thread: usize,
    /// What it did, in the words of the crate `event-loop`.
    pub what: String,
    /// The number of the task that this is about.
    pub task: Option<u64>,
    /// The number of the task that was being polled meanwhile, and so did it.
    pub by: Option<u64>,
    /// How many tasks were in the queue.
    pub ready: Option<u64>,
    /// How many alarms were set.
    pub timers: Option<u64>,
}

/// A piece of the program's output.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Output {
    /// When it came out.
    pub at: u64,
    /// What it was, control characters included.
    pub text: String,
}

/// Reads the recording at `path`.
///
/// # Errors
///
/// If there is none, or none that this reader understands; in one sentence, with the way out.
pub fn load(path: &Path) -> Result<Recording, String> {
    let text = fs::read_to_string(path).map_err(|error| {
        format!("cannot read the recording {} ({error}); `cargo xtask record` makes it", path.display())
    })?;
    parse(&text)
        .map_err(|why| format!("{} is no sound recording: {why}; `cargo xtask record` makes it again", path.display()))
}

/// Reads a recording from its JSON.
///
/// # Errors
///
/// If the text is no recording of the version that this reader knows, or contradicts itself.
pub fn parse(text: &str) -> Result<Recording, String> {
    // First what it claims to be: a version that we do not know may look different in every other key.
    #[derive(Deserialize)]
    struct Claim {
        format: String,
        version: u64,
    }
    let claim: Claim = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if claim.format != FORMAT {
        return Err(format!("its format is `{}` and not `{FORMAT}`", claim.format));
    }
    if claim.version != VERSION {
        return Err(format!("its version is {}, and only {VERSION} is known here", claim.version));
    }
    let recording: Recording = serde_json::from_str(text).map_err(|error| error.to_string())?;
    recording.check_indexes()?;
    recording.check_results()?;
    Ok(recording)
}

impl Recording {
    /// Whether every index names something that is there, so that nobody has to ask again.
    fn check_indexes(&self) -> Result<(), String> {
        let parents = self.spans.iter().filter_map(|span| span.parent);
        let entered = self.entries.iter().map(|entry| entry.span);
        let drew = self.frames.iter().filter_map(|frame| frame.span);
        if let Some(index) = parents.chain(entered).chain(drew).find(|&index| index >= self.spans.len()) {
            return Err(format!("it names span {index} and has {} spans", self.spans.len()));
        }
        let ran = self.entries.iter().map(|entry| entry.thread);
        let showed = self.frames.iter().filter_map(|frame| frame.thread);
        let scheduled = self.scheduling.iter().map(|step| step.thread);
        if let Some(index) = ran.chain(showed).chain(scheduled).find(|&index| index >= self.threads.len()) {
            return Err(format!("it names thread {index} and has {} threads", self.threads.len()));
        }
        Ok(())
    }

    /// Whether the tables' cells were printed: a page quotes the cells and shows the output, and the two must agree.
    fn check_results(&self) -> Result<(), String> {
        let written = self.written();
        // A status line may have stood where the row was printed, and named it as well.
        let rest_of_lines = |row: &str| {
            let behind = written.match_indices(row).map(|(at, row)| &written[at + row.len()..]);
            let cells = behind.filter_map(|behind| behind.lines().next()).filter(|cells| cells.starts_with(' '));
            cells.collect::<Vec<_>>()
        };
        let mut printed: HashMap<&str, std::vec::IntoIter<f64>> = HashMap::new();
        for Measurement { row, column, value, .. } in &self.results {
            let cells = printed.entry(row).or_insert_with(|| {
                let cells = rest_of_lines(row).into_iter().flat_map(str::split_whitespace);
                cells.filter_map(|cell| cell.parse().ok()).collect::<Vec<_>>().into_iter()
            });
            // A row's figures stand in the order in which they were printed, so the search goes on from the last.
            if !cells.any(|cell| cell.total_cmp(value).is_eq()) {
                return Err(format!("its {column} of `{row}` is {value}, which its output doesn't say in that place"));
            }
        }
        for Outcome { row, column, words } in &self.outcomes {
            if !rest_of_lines(row).iter().any(|cells| cells.contains(words)) {
                return Err(format!("its {column} of `{row}` is `{words}`, which its output doesn't say"));
            }
        }
        Ok(())
    }

    /// The longest time between two frames; `None` if fewer than two were shown.
    #[must_use]
    pub fn longest_gap(&self) -> Option<u64> {
        self.frames.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).max()
    }

    /// From the return of the slow function to the end of the spinner: from the last entry of the first span named
    /// `slow` that is no drop to the close of the first span named `spin`. `None` if the run has no such pair, or the
    /// spinner ended first.
    #[must_use]
    pub fn stop_latency(&self) -> Option<u64> {
        let slow = self.spans.iter().position(|span| span.name == "slow")?;
        let spin = self.spans.iter().find(|span| span.name == "spin")?;
        let ran = |entry: &&Entry| entry.span == slow && entry.why != Why::Drop;
        let returned = self.entries.iter().rfind(ran)?.to?;
        spin.closed?.checked_sub(returned)
    }

    /// The whole output.
    #[must_use]
    pub fn written(&self) -> String {
        self.output.iter().map(|output| output.text.as_str()).collect()
    }

    /// What the program printed behind `Answer:`.
    #[must_use]
    pub fn answer(&self) -> Option<String> {
        let written = self.written();
        // The line may begin with what erased the last frame.
        let (_, answer) = written.rsplit_once("Answer: ")?;
        answer.lines().next().map(str::to_owned)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A run of a second in two processes: `slow` lasts half of it, `spin` is polled twice and dropped on another
    /// thread, and the other process draws a frame that was seen only in the output.
    pub(crate) const SAMPLE: &str = r#"{
"format": "lesson-recording", "version": 1, "lesson": "lesson-00", "variant": "demo",
"runtime": {"name": "tokio multi_thread", "version": "1.2.3"}, "rustc": "rustc 1.85.0 (4d91de4e4 2025-02-17)",
"os": "linux", "arch": "x86_64", "cpus": 2, "recorded": 1795369227, "exit": {"code": 0},
"measured": {"elapsed_ns": 1000000000, "cpu_ns": 4540000, "peak_memory_bytes": null, "peak_threads": 3},
"threads": [
  {"process": 0, "name": "main"}, {"process": 0, "name": "worker"}, {"process": 0, "name": "worker"}
],
"spans": [
  {"name": "slow", "parent": null, "kind": "call", "opened": 0, "closed": 500000000},
  {"name": "spin", "parent": 0, "kind": "future", "opened": 90000000, "closed": 601000000}
],
"entries": [
  {"span": 0, "thread": 0, "from": 0, "to": 500000000, "why": "call"},
  {"span": 1, "thread": 1, "from": 100000000, "to": 101000000, "why": "poll"},
  {"span": 1, "thread": 1, "from": 350000000, "to": 351000000, "why": "poll"},
  {"span": 1, "thread": 2, "from": 600000000, "to": 601000000, "why": "drop"}
],
"frames": [
  {"at": 100000000, "thread": 1, "span": 1, "text": "| thinking!"},
  {"at": 350000000, "thread": 1, "span": 1, "text": "/ thinking!"}
],
"output": [
  {"at": 1, "text": "spinner object: Handle { id: Id(7) }\n"},
  {"at": 2, "text": "\r| thinking!\r/ thinking!\r\u001b[KAns"},
  {"at": 3, "text": "wer: 42\n"}
],
"from the future": {"a key": "that nobody knows"}
}"#;

    /// [`SAMPLE`], read.
    pub(crate) fn sample() -> Recording {
        parse(SAMPLE).expect("the sample is a recording")
    }

    #[test]
    fn reads_a_recording_and_passes_over_what_it_does_not_know() {
        let recording = sample();
        assert_eq!(recording.variant, "demo");
        assert_eq!(recording.measured.peak_memory, None);
        assert_eq!(recording.spans[1].parent, Some(0));
        assert_eq!(recording.entries[3].why, Why::Drop);
        assert_eq!(recording.answer().as_deref(), Some("42"));
        assert!(recording.exit.success());
    }

    /// The same run, with a table of what it measured.
    fn text_with_results() -> String {
        let results = r#""results": [
            {"row": "in a task", "column": "frames", "value": 0, "unit": ""},
            {"row": "in a task", "column": "elapsed", "value": 12.25, "unit": "ms"},
            {"row": "beside", "column": "elapsed", "value": 3, "unit": "ms"}
        ], "outcomes": [{"row": "in a task", "column": "ends", "words": "in <time>"}],
        "output": [{"at": 1, "text": "in a task       0  12.25  in <time>\nbeside             3\n"},"#;
        SAMPLE.replacen(r#""output": ["#, results, 1)
    }

    /// The same, read.
    pub(crate) fn sample_with_results() -> Recording {
        parse(&text_with_results()).expect("the sample is a recording")
    }

    /// The same run, on an event loop of ours, on the first worker.
    pub(crate) fn sample_with_scheduling() -> Recording {
        let step = |at: u64, thread: u64, what: &str, rest: &str| {
            format!(r#"{{"at": {at}, "thread": {thread}, "what": "{what}", {rest}}}"#)
        };
        let steps = [
            step(90_000_000, 1, "turn", r#""task": null, "by": null, "ready": 1, "timers": 0"#),
            step(100_000_000, 1, "polling", r#""task": 2, "by": null, "ready": null, "timers": null"#),
            step(100_100_000, 1, "woken", r#""task": 3, "by": 2, "ready": null, "timers": null"#),
            step(102_000_000, 1, "waits", r#""task": 2, "by": null, "ready": null, "timers": null"#),
            step(103_000_000, 2, "woken", r#""task": 2, "by": null, "ready": null, "timers": null"#),
        ];
        let steps = format!(r#""scheduling": [{}], "output""#, steps.join(", "));
        parse(&SAMPLE.replacen(r#""output""#, &steps, 1)).expect("the sample is a recording")
    }

    #[test]
    fn results_may_be_there_or_not() {
        assert_eq!(sample().results, []);
        let results = sample_with_results().results;
        assert_eq!((results[1].value, results[1].unit.as_str()), (12.25, "ms"));
    }

    #[test]
    fn another_format_or_version_is_refused() {
        let version = parse(&SAMPLE.replace(r#""version": 1,"#, r#""version": 2,"#));
        assert_eq!(version, Err("its version is 2, and only 1 is known here".to_owned()));
        let format = parse(&SAMPLE.replace("lesson-recording", "something-else"));
        assert_eq!(format, Err("its format is `something-else` and not `lesson-recording`".to_owned()));
        // A later version may have turned everything else round.
        let later = parse(r#"{"format": "lesson-recording", "version": 3}"#);
        assert!(later.is_err_and(|why| why.starts_with("its version is 3")));
    }

    #[test]
    fn an_index_out_of_range_is_refused() {
        for (sound, wrong, why) in [
            (r#""span": 1, "thread": 2"#, r#""span": 2, "thread": 2"#, "it names span 2 and has 2 spans"),
            (r#""span": 1, "thread": 2"#, r#""span": 1, "thread": 3"#, "it names thread 3 and has 3 threads"),
            (r#""parent": 0"#, r#""parent": 5"#, "it names span 5 and has 2 spans"),
            (r#""thread": 1, "span": 1, "text": "/"#, r#""thread": 9, "span": 1, "text": "/"#, "it names thread 9"),
        ] {
            assert!(SAMPLE.contains(sound));
            let refused = parse(&SAMPLE.replace(sound, wrong)).expect_err("the index is wrong");
            assert!(refused.starts_with(why), "{refused}");
        }
    }

    #[test]
    fn a_result_that_was_not_printed_is_refused() {
        for (sound, wrong, why) in [
            (
                r#""value": 12.25"#,
                r#""value": 12.5"#,
                "elapsed of `in a task` is 12.5, which its output doesn't say in that place",
            ),
            (
                r#""value": 0,"#,
                r#""value": 12.25,"#,
                "elapsed of `in a task` is 12.25, which its output doesn't say in that place",
            ),
            (
                r#""value": 3,"#,
                r#""value": 12.25,"#,
                "elapsed of `beside` is 12.25, which its output doesn't say in that place",
            ),
            (r#""words": "in"#, r#""words": "at"#, "ends of `in a task` is `at <time>`, which its output doesn't say"),
        ] {
            let text = text_with_results();
            assert!(text.contains(sound));
            assert_eq!(parse(&text.replace(sound, wrong)), Err(format!("its {why}")));
        }
    }

    #[test]
    fn a_file_that_is_not_there_says_what_makes_it() {
        let why = load(Path::new("no/such/recording.json")).expect_err("there is no such file");
        assert!(why.contains("no/such/recording.json") && why.contains("`cargo xtask record`"), "{why}");
    }

    #[test]
    fn works_out_the_gap_and_the_stop() {
        let mut recording = sample();
        assert_eq!(recording.longest_gap(), Some(250_000_000));
        assert_eq!(recording.stop_latency(), Some(101_000_000));
        recording.frames.truncate(1);
        assert_eq!(recording.longest_gap(), None);
        recording.spans[1].closed = Some(499_000_000);
        assert_eq!(recording.stop_latency(), None, "the spinner ended first");
        recording.spans[1].closed = None;
        assert_eq!(recording.stop_latency(), None, "the spinner never ended");
    }
}
