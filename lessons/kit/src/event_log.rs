//! What one process of a run hands over when it ends: its events in the order in which they happened.
//!
//! A run can be several processes, and one of them can be Python's, so a log is a JSON file in a folder that the run
//! names in the environment. Each process writes `<pid>.json` there:
//!
//! ```json
//! {"process": 4711, "cpu": 8200000, "threads": ["main"], "events": [
//!   {"at": 81020000, "thread": 0, "what": {"opened": {"span": 1, "parent": null, "name": "spin", "future": false}}},
//!   {"at": 81021000, "thread": 0, "what": {"entered": {"span": 1}}},
//!   {"at": 81150000, "thread": 0, "what": {"frame": {"span": 1, "text": "| thinking!"}}},
//!   {"at": 82022000, "thread": 0, "what": {"left": {"span": 1}}},
//!   {"at": 82023000, "thread": 0, "what": {"closed": {"span": 1}}}
//! ]}
//! ```

#![allow(clippy::question_mark, reason = "what the derive of DeJson writes")]

use std::{
    env, fs, io,
    path::Path,
    process::{self, Command},
};

use lesson_data::recording::{Measurement, Outcome, Step};
use nanoserde::{DeJson, SerJson};

/// Names the folder that event logs are written to. A process that finds it set records itself.
pub(crate) const FOLDER: &str = "LESSON_KIT_EVENTS";

/// Keeps what `command` starts out of the recording in which the calling process may be: a recording of a hundred short
/// workers is hard to read. What they take is counted all the same: threads and memory, and their CPU time once they have
/// been waited for.
pub fn unrecorded(command: &mut Command) -> &mut Command {
    command.env_remove(FOLDER)
}

/// Whether the calling process is recorded, as on a tour. Then its output is not a terminal, and nobody can be asked.
#[must_use]
pub fn is_recorded() -> bool {
    env::var_os(FOLDER).is_some()
}

/// How much a process notes, see [`recording`](lesson_data::recording). More is more than a person looks at, and would take more
/// time and memory than the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The most spans, entries and steps of an event loop, counted together; and as many frames.
    pub(crate) events: usize,
    /// How long after the first event, in nanoseconds.
    pub(crate) time: u64,
}

impl Bounds {
    /// The script `python/stage.py` has the same.
    pub(crate) const USUAL: Self = Self { events: 100_000, time: 3_600_000_000_000 };
}

impl Default for Bounds {
    fn default() -> Self {
        Self::USUAL
    }
}

/// The events of one process.
#[derive(Debug, Clone, Default, PartialEq, SerJson, DeJson)]
pub struct EventLog {
    pub process: u32,
    /// The CPU time that the process has spent, and the children that it has waited for, in nanoseconds, where the system
    /// tells.
    pub cpu: Option<u64>,
    /// The highest that the process's resident set has been, in bytes, and its threads at the end, where a process says so
    /// itself. Nobody else may have looked at one that was soon over.
    pub memory: Option<u64>,
    pub threads_left: Option<u64>,
    /// When there first was something that the log has no room for, in nanoseconds of [`crate::clock`]; `None` if it has
    /// everything.
    pub complete_until: Option<u64>,
    /// The names of the threads that took part, in the order of their first event.
    pub threads: Vec<String>,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
pub struct Event {
    /// When, in nanoseconds of [`crate::clock`].
    pub at: u64,
    /// On which of the log's threads.
    pub thread: usize,
    pub what: EventKind,
}

#[derive(Debug, Clone, PartialEq, SerJson, DeJson)]
pub enum EventKind {
    /// `future` says that the span is known to be a coroutine's, whose entries are polls. Rust's spans don't know, and
    /// whoever reads the log works it out.
    #[nserde(rename = "opened")]
    Opened { span: u64, parent: Option<u64>, name: String, future: bool },
    #[nserde(rename = "entered")]
    Entered { span: u64 },
    #[nserde(rename = "left")]
    Left { span: u64 },
    #[nserde(rename = "closed")]
    Closed { span: u64 },
    #[nserde(rename = "frame")]
    Frame { span: Option<u64>, text: String },
    #[nserde(rename = "result")]
    Result(Measurement),
    #[nserde(rename = "outcome")]
    Outcome(Outcome),
    #[nserde(rename = "scheduled")]
    /// Without its time, its thread and the task that did it: these are worked out when the log is read.
    Scheduled(Step),
}

impl EventLog {
    /// Writes the log into `folder`, under this process's number.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(format!("{}.json", process::id())), self.serialize_json())
    }

    /// Reads every log in `folder`, the earliest first. A process that was killed has left none, or half of one, which
    /// is passed over.
    pub(crate) fn read_all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut logs = Vec::new();
        for entry in fs::read_dir(folder)? {
            let log = Self::deserialize_json(&fs::read_to_string(entry?.path())?);
            logs.extend(log.ok().filter(Self::is_sound));
        }
        logs.sort_by_key(|log| log.events.first().map(|event| event.at));
        Ok(logs)
    }

    fn is_sound(&self) -> bool {
        self.events.iter().all(|event| event.thread < self.threads.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_json() {
        let events = [
            EventKind::Opened { span: 1, parent: None, name: "supervisor".into(), future: false },
            EventKind::Opened { span: 2, parent: Some(1), name: "spin".into(), future: true },
            EventKind::Entered { span: 2 },
            EventKind::Frame { span: Some(2), text: r"\ thinking!".into() },
            EventKind::Frame { span: None, text: "/ \"quoted\" \u{1b}[K".into() },
            EventKind::Left { span: 2 },
            EventKind::Closed { span: 2 },
            EventKind::Result(Measurement {
                row: "a task".into(),
                column: "elapsed".into(),
                value: 0.125,
                unit: "ms".into(),
            }),
            EventKind::Outcome(Outcome { row: "smol".into(), column: "dropped".into(), words: "cancelled".into() }),
            EventKind::Scheduled(Step { message: "woken".into(), task: Some(2), ..Step::default() }),
        ];
        let events = (1..).zip(events).map(|(at, what)| Event { at, thread: 0, what }).collect();
        let log =
            EventLog { process: 7, cpu: Some(u64::MAX), threads: vec!["main".into()], events, ..EventLog::default() };
        assert_eq!(EventLog::deserialize_json(&log.serialize_json()).ok(), Some(log));
    }

    #[test]
    fn reads_what_other_programs_write() {
        let text = r#"{"process": 1, "cpu": null, "threads": ["main"], "events": [
            {"at": 5, "thread": 0, "what": {"opened": {"span": 1, "parent": null, "name": "spin", "future": true}}}]}"#;
        let what = EventKind::Opened { span: 1, parent: None, name: "spin".into(), future: true };
        let log = EventLog {
            process: 1,
            cpu: None,
            threads: vec!["main".into()],
            events: vec![Event { at: 5, thread: 0, what }],
            ..EventLog::default()
        };
        assert_eq!(EventLog::deserialize_json(text).ok(), Some(log));
    }

    #[test]
    fn passes_over_what_a_killed_process_left() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let write = |name, text| fs::write(folder.path().join(name), text).expect("it is ours");
        write("1.json", r#"{"process": 1, "threads": ["main"], "eve"#);
        write(
            "2.json",
            r#"{"process": 2, "threads": [], "events": [{"at": 1, "thread": 3, "what": {"left": {"span": 1}}}]}"#,
        );
        assert_eq!(EventLog::read_all(folder.path()).expect("it can be read"), []);
    }
}
