#![doc = include_str!("../../recording-format.md")]
#![allow(clippy::question_mark, reason = "what the derive of DeJson writes")]

use std::{collections::HashMap, fmt, str::Chars, vec};

use nanoserde::{DeJson, DeJsonErr, DeJsonState, DeJsonTok, SerJson};

use crate::units::seconds;

/// What the key `format` says in every recording.
pub const FORMAT: &str = "lesson-recording";
/// The version of the format.
pub const VERSION: u32 = 1;

/// One run of a variant. Its JSON is what the [module](self) describes; names that differ there say their unit.
#[derive(Debug, Clone, Default, PartialEq, SerJson, DeJson)]
pub struct Recording {
    /// Always [`FORMAT`].
    pub format: String,
    /// The version of the format.
    pub version: u32,
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
    #[nserde(serialize_none_as_null)]
    pub cpus: Option<u64>,
    /// When it ran, in seconds since 1970 (UTC).
    pub recorded: u64,
    /// How it ended.
    pub exit: Exit,
    /// The operating system's account of it.
    pub measured: Measured,
    /// When there was first something that it has no room for; `None` if it has the whole run.
    #[nserde(serialize_none_as_null)]
    pub complete_until: Option<u64>,
    /// The threads that took part, in the order of their first event.
    pub threads: Vec<Thread>,
    /// The calls and futures, in the order in which they began.
    pub spans: Vec<Span>,
    /// When a thread was inside a span.
    pub entries: Vec<Entry>,
    /// What status lines showed.
    pub frames: Vec<Frame>,
    /// What the program measured.
    #[nserde(default)]
    pub results: Vec<Measurement>,
    /// What the program found out and is no figure.
    #[nserde(default)]
    pub outcomes: Vec<Outcome>,
    /// What our own event loop did.
    #[nserde(default)]
    pub scheduling: Vec<Step>,
    /// What the program wrote.
    pub output: Vec<Output>,
}

/// What ran a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, SerJson, DeJson)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, SerJson, DeJson)]
pub struct Exit {
    /// With this exit code.
    pub code: Option<i32>,
    /// By this signal.
    pub signal: Option<i32>,
}

impl Exit {
    /// An end with an exit code.
    #[must_use]
    pub fn code(code: i32) -> Self {
        Self { code: Some(code), signal: None }
    }

    /// An end by a signal.
    #[must_use]
    pub fn signal(signal: i32) -> Self {
        Self { code: None, signal: Some(signal) }
    }

    /// Whether the program says that all went well.
    #[must_use]
    pub fn is_success(self) -> bool {
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

/// The operating system's account of a run. `None` where the platform gives no figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, SerJson, DeJson)]
#[nserde(serialize_none_as_null)]
pub struct Measured {
    /// From just before the first process was started until it had ended, in nanoseconds.
    #[nserde(rename = "elapsed_ns")]
    pub elapsed: u64,
    /// CPU time of all processes, in nanoseconds.
    #[nserde(rename = "cpu_ns")]
    pub cpu: Option<u64>,
    /// The highest resident sets of all processes, added up, in bytes.
    #[nserde(rename = "peak_memory_bytes")]
    pub peak_memory: Option<u64>,
    /// The most operating system threads seen at once.
    pub peak_threads: Option<u64>,
}

/// An operating system thread.
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
pub struct Thread {
    /// Which process of the run it belongs to, counted from 0.
    pub process: usize,
    /// Its name, or `unnamed`.
    pub name: String,
}

/// Whether a span ran once, or was polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, SerJson, DeJson)]
pub enum Kind {
    /// A function that ran from top to bottom.
    #[nserde(rename = "call")]
    Call,
    /// A future, or another language's coroutine or generator.
    #[nserde(rename = "future")]
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

/// A call or a future. Times are in nanoseconds since the run began.
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
#[nserde(serialize_none_as_null)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, SerJson, DeJson)]
pub enum Reason {
    /// The function ran.
    #[nserde(rename = "call")]
    Call,
    /// The future was polled.
    #[nserde(rename = "poll")]
    Poll,
    /// The future was dropped. This is no poll.
    #[nserde(rename = "drop")]
    Drop,
}

/// A stretch of time for which a thread was inside a span, in nanoseconds since the run began.
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
#[nserde(serialize_none_as_null)]
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
    #[nserde(rename = "why")]
    pub reason: Reason,
}

/// A frame that a status line showed.
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
#[nserde(serialize_none_as_null)]
pub struct Frame {
    /// When, in nanoseconds since the run began.
    pub at: u64,
    /// On which thread; `None` in older recordings of Python.
    pub thread: Option<usize>,
    /// Inside which span, if inside of one.
    pub span: Option<usize>,
    /// What it showed.
    pub text: String,
}

/// A figure that the program measured.
#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
pub struct Outcome {
    /// What it is about.
    pub row: String,
    /// What of it.
    pub column: String,
    /// What was found, in a word or a few.
    pub words: String,
}

/// A step of our own event loop, as it said so itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, SerJson, DeJson)]
#[nserde(serialize_none_as_null)]
pub struct Step {
    /// When, in nanoseconds since the run began.
    pub at: u64,
    /// On which thread.
    pub thread: usize,
    /// What it did, in the words of the crate `event-loop`.
    #[nserde(rename = "what")]
    pub message: String,
    /// The number of the task that this is about.
    pub task: Option<u64>,
    /// The number of the task that was being polled on this thread meanwhile, and so did it.
    pub by: Option<u64>,
    /// How many tasks were in the queue.
    pub ready: Option<u64>,
    /// How many alarms were set.
    pub timers: Option<u64>,
    /// How many tasks there were.
    pub tasks: Option<u64>,
}

/// A piece of the program's output.
#[derive(Debug, Clone, PartialEq, Eq, SerJson, DeJson)]
pub struct Output {
    /// When it came out, in nanoseconds since the run began.
    pub at: u64,
    /// What it was, control characters included.
    pub text: String,
}

/// Why a text is no recording, as the second half of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsound(String);

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsound {}

impl From<DeJsonErr> for Unsound {
    fn from(DeJsonErr { line, col, msg }: DeJsonErr) -> Self {
        Self(format!("{msg:?} in line {}, column {}", line + 1, col + 1))
    }
}

/// What a text claims to be. A version that is not known here may look different in every other key.
#[derive(DeJson)]
struct Claim {
    format: String,
    version: u32,
}

impl Recording {
    /// Reads a recording from its JSON. Every index in it names something that is there.
    ///
    /// # Errors
    ///
    /// If the text is no recording of the [`VERSION`] that is known here, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, Unsound> {
        check_json(text)?;
        let claim = Claim::deserialize_json(text)?;
        if claim.format != FORMAT {
            return Err(Unsound(format!("its format is `{}` and not `{FORMAT}`", claim.format)));
        }
        if claim.version != VERSION {
            return Err(Unsound(format!("its version is {}, and only {VERSION} is known here", claim.version)));
        }
        let recording = Self::deserialize_json(text)?;
        recording.check_indexes()?;
        recording.check_results()?;
        Ok(recording)
    }

    fn check_indexes(&self) -> Result<(), Unsound> {
        let parents = self.spans.iter().filter_map(|span| span.parent);
        let entered = self.entries.iter().map(|entry| entry.span);
        let drew = self.frames.iter().filter_map(|frame| frame.span);
        if let Some(index) = parents.chain(entered).chain(drew).find(|&index| index >= self.spans.len()) {
            return Err(Unsound(format!("it names span {index} and has {} spans", self.spans.len())));
        }
        let ran = self.entries.iter().map(|entry| entry.thread);
        let showed = self.frames.iter().filter_map(|frame| frame.thread);
        let scheduled = self.scheduling.iter().map(|step| step.thread);
        if let Some(index) = ran.chain(showed).chain(scheduled).find(|&index| index >= self.threads.len()) {
            return Err(Unsound(format!("it names thread {index} and has {} threads", self.threads.len())));
        }
        Ok(())
    }

    /// Whether the tables' cells were printed: a page quotes the cells and shows the output, and the two must agree.
    fn check_results(&self) -> Result<(), Unsound> {
        let written = self.written();
        // A status line may have stood where the row was printed, and named it as well.
        let rest_of_lines = |row: &str| {
            let behind = written.match_indices(row).map(|(at, row)| &written[at + row.len()..]);
            let cells = behind.filter_map(|behind| behind.lines().next()).filter(|cells| cells.starts_with(' '));
            cells.collect::<Vec<_>>()
        };
        let mut printed: HashMap<&str, vec::IntoIter<f64>> = HashMap::new();
        for Measurement { row, column, value, .. } in &self.results {
            let cells = printed.entry(row).or_insert_with(|| {
                let cells = rest_of_lines(row).into_iter().flat_map(str::split_whitespace);
                cells.filter_map(|cell| cell.parse().ok()).collect::<Vec<_>>().into_iter()
            });
            // A row's figures stand in the order in which they were printed, so the search goes on from the last.
            if !cells.any(|cell| cell.total_cmp(value).is_eq()) {
                let why = format!("its {column} of `{row}` is {value}, which its output doesn't say in that place");
                return Err(Unsound(why));
            }
        }
        for Outcome { row, column, words } in &self.outcomes {
            if !rest_of_lines(row).iter().any(|cells| cells.contains(words)) {
                return Err(Unsound(format!("its {column} of `{row}` is `{words}`, which its output doesn't say")));
            }
        }
        Ok(())
    }

    /// A sentence for a person if the recording has not the whole run.
    #[must_use]
    pub fn cut_notice(&self) -> Option<String> {
        let (variant, end) = (&self.variant, seconds(self.complete_until?));
        Some(format!("{variant} does more than a recording holds: after {end}, much of what began is left out"))
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

    /// The longest time between two frames in nanoseconds; `None` if fewer than two were shown.
    #[must_use]
    pub fn longest_gap(&self) -> Option<u64> {
        self.frames.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).max()
    }

    /// How long the first span named `spinner` outlived the first named `slow`, in nanoseconds: from the last entry into
    /// the latter that is no drop, until the former was closed. `None` if the run has no such pair, or the spinner ended
    /// first.
    #[must_use]
    pub fn stop_latency(&self, slow: &str, spinner: &str) -> Option<u64> {
        let slow = self.spans.iter().position(|span| span.name == slow)?;
        if self.complete_until.is_some() && self.spans[slow].closed.is_none() {
            return None; // Its last entry may be left out.
        }
        let spinner = self.spans.iter().find(|span| span.name == spinner)?;
        let ran = |entry: &&Entry| entry.span == slow && entry.reason != Reason::Drop;
        let returned = self.entries.iter().rfind(ran)?.to?;
        spinner.closed?.checked_sub(returned)
    }

    /// The spans named `name`, and the entries into each.
    pub fn spans_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a Span, Vec<&'a Entry>)> {
        let named = self.spans.iter().enumerate().filter(move |(_, span)| span.name == name);
        named.map(|(place, span)| (span, self.entries.iter().filter(|entry| entry.span == place).collect()))
    }

    /// Why a thread was inside each of the spans named `name`, entry by entry.
    #[must_use]
    pub fn reasons(&self, name: &str) -> Vec<Vec<Reason>> {
        self.spans_named(name).map(|(_, entries)| entries.iter().map(|entry| entry.reason).collect()).collect()
    }
}

/// Whether `text` is JSON. nanoserde takes for granted that the value of a key that it does not know is, and would wait
/// for ever for the end of one that is cut off.
fn check_json(text: &str) -> Result<(), DeJsonErr> {
    fn value(state: &mut DeJsonState, text: &mut Chars<'_>) -> Result<(), DeJsonErr> {
        match state.tok {
            DeJsonTok::CurlyOpen => {
                state.curly_open(text)?;
                while state.next_str().is_some() {
                    state.next_colon(text)?;
                    value(state, text)?;
                    state.eat_comma_curly(text)?;
                }
                state.curly_close(text)
            }
            DeJsonTok::BlockOpen => {
                state.block_open(text)?;
                while state.tok != DeJsonTok::BlockClose {
                    value(state, text)?;
                    state.eat_comma_block(text)?;
                }
                state.block_close(text)
            }
            DeJsonTok::Colon | DeJsonTok::Comma | DeJsonTok::CurlyClose | DeJsonTok::BlockClose | DeJsonTok::Eof => {
                Err(state.err_token("a value"))
            }
            _ => state.next_tok(text),
        }
    }

    let (mut state, mut text) = (DeJsonState::default(), text.chars());
    state.next(&mut text);
    state.next_tok(&mut text)?;
    value(&mut state, &mut text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A recording with every key: a run of a second, in which `slow` lasts half of it, and `spin` is polled twice and
    /// dropped on another thread.
    pub(crate) const SAMPLE: &str = include_str!("../fixtures/recording.json");

    /// [`SAMPLE`], read.
    pub(crate) fn sample() -> Recording {
        Recording::parse(SAMPLE).expect("the sample is a recording")
    }

    fn refusal(text: &str) -> String {
        Recording::parse(text).expect_err("it is no recording").to_string()
    }

    #[test]
    fn survives_the_way_through_json() {
        assert_eq!(Recording::parse(&sample().serialize_json()), Ok(sample()));
        let killed = Recording { exit: Exit::signal(9), cpus: None, complete_until: Some(5), ..sample() };
        assert_eq!(Recording::parse(&killed.serialize_json()), Ok(killed));
    }

    #[test]
    fn passes_over_what_it_does_not_know_and_misses_what_older_ones_lack() {
        assert!(SAMPLE.contains("\"from the future\""));
        let mut text = SAMPLE.to_owned();
        for key in ["results", "outcomes", "scheduling", "complete_until"] {
            text = text.replace(&format!("\"{key}\":"), &format!("\"not {key}\":"));
        }
        let (older, sample) = (Recording::parse(&text).expect("older recordings are read"), sample());
        assert!(!sample.results.is_empty() && !sample.outcomes.is_empty() && !sample.scheduling.is_empty());
        let without = Recording { results: vec![], outcomes: vec![], scheduling: vec![], ..sample };
        assert_eq!(older, without);
    }

    #[test]
    fn another_format_or_version_is_refused() {
        let version = refusal(&SAMPLE.replace(r#""version": 1,"#, r#""version": 2,"#));
        assert_eq!(version, "its version is 2, and only 1 is known here");
        let format = refusal(&SAMPLE.replace("lesson-recording", "something-else"));
        assert_eq!(format, "its format is `something-else` and not `lesson-recording`");
        // A later version may have turned everything else round.
        let later = refusal(r#"{"format": "lesson-recording", "version": 3}"#);
        assert!(later.starts_with("its version is 3"), "{later}");
    }

    #[test]
    fn what_is_cut_off_anywhere_is_refused() {
        for end in (0..SAMPLE.trim_end().len()).step_by(7) {
            refusal(&SAMPLE[..end]);
        }
        for text in [r#"{"format": }"#, r#"{"format": ["a" "b"]}"#, "[", "null"] {
            let why = refusal(text);
            assert!(why.contains(" in line 1, column "), "{why}");
        }
    }

    #[test]
    fn an_index_out_of_range_is_refused() {
        for (sound, wrong, why) in [
            (r#""span": 1, "thread": 2"#, r#""span": 2, "thread": 2"#, "it names span 2 and has 2 spans"),
            (r#""span": 1, "thread": 2"#, r#""span": 1, "thread": 3"#, "it names thread 3 and has 3 threads"),
            (r#""parent": 0"#, r#""parent": 5"#, "it names span 5 and has 2 spans"),
            (r#""thread": 1, "span": 1, "text": "/"#, r#""thread": 9, "span": 1, "text": "/"#, "it names thread 9"),
            (r#""thread": 1, "what": "turn""#, r#""thread": 7, "what": "turn""#, "it names thread 7"),
        ] {
            assert!(SAMPLE.contains(sound), "{sound}");
            let refused = refusal(&SAMPLE.replace(sound, wrong));
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
            assert!(SAMPLE.contains(sound), "{sound}");
            assert_eq!(refusal(&SAMPLE.replace(sound, wrong)), format!("its {why}"));
        }
    }

    #[test]
    fn the_answer_is_what_stands_behind_the_word() {
        let mut recording = sample();
        assert_eq!(recording.answer().as_deref(), Some("42"));
        recording.output.truncate(1);
        assert_eq!(recording.answer(), None);
    }

    #[test]
    fn works_out_the_gap_and_the_stop() {
        let mut recording = sample();
        assert_eq!(recording.longest_gap(), Some(250_000_000));
        assert_eq!(recording.stop_latency("slow", "spin"), Some(101_000_000));
        assert_eq!(recording.stop_latency("slow", "turn"), None, "there is no such span");
        recording.frames.truncate(1);
        assert_eq!(recording.longest_gap(), None);
        recording.spans[1].closed = Some(499_000_000);
        assert_eq!(recording.stop_latency("slow", "spin"), None, "the spinner ended first");
        recording.spans[1].closed = None;
        assert_eq!(recording.stop_latency("slow", "spin"), None, "the spinner never ended");
        let mut cut = sample();
        (cut.complete_until, cut.spans[0].closed) = (Some(500_000_000), None);
        assert_eq!(cut.stop_latency("slow", "spin"), None, "the last entry may be left out");
    }

    #[test]
    fn tells_polls_from_drops() {
        use Reason::{Call, Drop, Poll};
        assert_eq!(sample().reasons("spin"), [[Poll, Poll, Drop]]);
        assert_eq!(sample().reasons("slow"), [[Call]]);
    }
}
