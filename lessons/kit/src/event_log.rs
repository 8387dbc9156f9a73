//! What one process of a run hands over when it ends: its events in the order in which they happened.
//!
//! A run can be several processes, and one of them can be Python's, so a log is a JSON file in a folder that the run
//! names in the environment. Each process writes `<pid>.json` there:
//!
//! ```json
//! {"pid": 4711, "threads": ["main"], "events": [
//!   {"at": 81020000, "thread": 0, "open": 1, "parent": null, "name": "supervisor", "future": false},
//!   {"at": 81021000, "thread": 0, "enter": 1},
//!   {"at": 81150000, "thread": 0, "frame": "| thinking!", "span": 1},
//!   {"at": 82022000, "thread": 0, "leave": 1},
//!   {"at": 82023000, "thread": 0, "close": 1}
//! ]}
//! ```
//!
//! `at` is in nanoseconds of the clock that the processes share, `thread` an index into `threads`. `future` says that the
//! span is known to be a coroutine's, whose entries are polls; Rust's spans don't know, and the reader works it out.

use std::{fs, io, path::Path, process};

use serde_json::{Value, json};

/// Names the folder that event logs are written to. A process that finds it set records itself.
pub(crate) const FOLDER: &str = "LESSON_KIT_EVENTS";

/// The events of one process.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct EventLog {
    pub(crate) process: u32,
    /// The names of the threads that took part, in the order of their first event.
    pub(crate) threads: Vec<String>,
    pub(crate) events: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// When, in nanoseconds of [`crate::clock`].
    pub(crate) at: u64,
    /// On which of the log's threads.
    pub(crate) thread: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Opened { span: u64, parent: Option<u64>, name: String, future: bool },
    Entered { span: u64 },
    Left { span: u64 },
    Closed { span: u64 },
    Frame { span: Option<u64>, text: String },
}

impl EventLog {
    /// Writes the log into `folder`, under this process's number.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(format!("{}.json", process::id())), self.to_json().to_string())
    }

    /// Reads every log in `folder`. A process that was killed has left none, or half of one, which is passed over.
    pub(crate) fn read_all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut logs = Vec::new();
        for entry in fs::read_dir(folder)? {
            let text = fs::read_to_string(entry?.path())?;
            logs.extend(serde_json::from_str(&text).ok().and_then(|json| Self::from_json(&json)));
        }
        logs.sort_by_key(|log: &Self| log.events.first().map(|event| event.at));
        Ok(logs)
    }

    fn to_json(&self) -> Value {
        let events: Vec<_> = self.events.iter().map(Event::to_json).collect();
        json!({"pid": self.process, "threads": self.threads, "events": events})
    }

    fn from_json(json: &Value) -> Option<Self> {
        let threads: Option<Vec<_>> =
            json.get("threads")?.as_array()?.iter().map(|name| Some(name.as_str()?.to_owned())).collect();
        let events: Option<Vec<_>> = json.get("events")?.as_array()?.iter().map(Event::from_json).collect();
        let log = Self { process: json.get("pid")?.as_u64()?.try_into().ok()?, threads: threads?, events: events? };
        log.events.iter().all(|event| event.thread < log.threads.len()).then_some(log)
    }
}

impl Event {
    fn to_json(&self) -> Value {
        let (at, thread) = (self.at, self.thread);
        match &self.what {
            What::Opened { span, parent, name, future } => {
                json!({"at": at, "thread": thread, "open": span, "parent": parent, "name": name, "future": future})
            }
            What::Entered { span } => json!({"at": at, "thread": thread, "enter": span}),
            What::Left { span } => json!({"at": at, "thread": thread, "leave": span}),
            What::Closed { span } => json!({"at": at, "thread": thread, "close": span}),
            What::Frame { span, text } => json!({"at": at, "thread": thread, "frame": text, "span": span}),
        }
    }

    fn from_json(json: &Value) -> Option<Self> {
        let number = |key| json.get(key).and_then(Value::as_u64);
        let text = |key| json.get(key).and_then(Value::as_str).map(str::to_owned);
        let what = if let Some(span) = number("open") {
            let future = json.get("future").and_then(Value::as_bool).unwrap_or(false);
            What::Opened { span, parent: number("parent"), name: text("name")?, future }
        } else if let Some(span) = number("enter") {
            What::Entered { span }
        } else if let Some(span) = number("leave") {
            What::Left { span }
        } else if let Some(span) = number("close") {
            What::Closed { span }
        } else {
            What::Frame { span: number("span"), text: text("frame")? }
        };
        Some(Self { at: number("at")?, thread: number("thread")?.try_into().ok()?, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_way_through_json() {
        let events = [
            What::Opened { span: 1, parent: None, name: "supervisor".into(), future: false },
            What::Opened { span: 2, parent: Some(1), name: "spin".into(), future: true },
            What::Entered { span: 2 },
            What::Frame { span: Some(2), text: r"\ thinking!".into() },
            What::Frame { span: None, text: "/ \"quoted\"".into() },
            What::Left { span: 2 },
            What::Closed { span: 2 },
        ];
        let events = (1..).zip(events).map(|(at, what)| Event { at, thread: 0, what }).collect();
        let log = EventLog { process: 7, threads: vec!["main".into()], events };
        assert_eq!(EventLog::from_json(&log.to_json()), Some(log));
    }

    #[test]
    fn passes_over_what_a_killed_process_left() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        fs::write(folder.path().join("1.json"), r#"{"pid": 1, "threads": ["main"], "eve"#).expect("it is ours");
        assert_eq!(EventLog::read_all(folder.path()).expect("it can be read"), []);
    }
}
