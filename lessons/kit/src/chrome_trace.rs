//! A recording as a Chrome trace: the JSON that Perfetto (<https://ui.perfetto.dev>) and `chrome://tracing` open.
//!
//! The format is Google's "Trace Event Format". Each thread of the run is a track; each entry into a span is a complete
//! event (`X`) on it; each frame is an instant (`i`). Times are in microseconds.

use lesson_data::recording::{Reason, Recording};
use nanoserde::SerJson;

#[derive(Debug, SerJson)]
pub struct Trace {
    #[nserde(rename = "displayTimeUnit")]
    unit: &'static str,
    #[nserde(rename = "traceEvents")]
    events: Vec<Event>,
}

#[derive(Debug, Default, SerJson)]
struct Event {
    #[nserde(rename = "ph")]
    phase: &'static str,
    name: String,
    #[nserde(rename = "cat")]
    category: Option<&'static str>,
    #[nserde(rename = "pid")]
    process: usize,
    #[nserde(rename = "tid")]
    thread: usize,
    #[nserde(rename = "ts")]
    from: Option<f64>,
    #[nserde(rename = "dur")]
    length: Option<f64>,
    #[nserde(rename = "s")]
    scope: Option<&'static str>,
    #[nserde(rename = "args")]
    arguments: Option<Arguments>,
}

/// What a metadata event (`M`) tells.
#[derive(Debug, Default, SerJson)]
struct Arguments {
    name: Option<String>,
    sort_index: Option<usize>,
}

pub(crate) fn render(recording: &Recording) -> Trace {
    let mut events: Vec<_> = (0..processes(recording)).map(|process| process_name(recording, process)).collect();
    // Perfetto takes the number 0 for a process or a thread that is not known, so both are counted from 1.
    let process_of = |thread: usize| recording.threads[thread].process + 1;
    for (thread, name) in recording.threads.iter().map(|thread| thread.name.clone()).enumerate() {
        let about = |what: &str, arguments| Event {
            phase: "M",
            name: what.to_owned(),
            process: process_of(thread),
            thread: thread + 1,
            arguments: Some(arguments),
            ..Event::default()
        };
        events.push(about("thread_name", Arguments { name: Some(name), sort_index: None }));
        events.push(about("thread_sort_index", Arguments { name: None, sort_index: Some(thread + 1) }));
    }
    for entry in &recording.entries {
        let span = &recording.spans[entry.span].name;
        let (name, category) = match entry.reason {
            Reason::Call => (span.clone(), "call"),
            Reason::Poll => (span.clone(), "poll"),
            Reason::Drop => (format!("drop {span}"), "drop"),
        };
        let to = entry.to.unwrap_or(recording.measured.elapsed);
        events.push(Event {
            phase: "X",
            name,
            category: Some(category),
            process: process_of(entry.thread),
            thread: entry.thread + 1,
            from: Some(microseconds(entry.from)),
            length: Some(microseconds(to.saturating_sub(entry.from))),
            ..Event::default()
        });
    }
    for frame in &recording.frames {
        let Some(thread) = frame.thread else { continue };
        events.push(Event {
            phase: "i",
            name: frame.text.clone(),
            category: Some("frame"),
            process: process_of(thread),
            thread: thread + 1,
            from: Some(microseconds(frame.at)),
            scope: Some("t"),
            ..Event::default()
        });
    }
    Trace { unit: "ms", events }
}

fn processes(recording: &Recording) -> usize {
    recording.threads.iter().map(|thread| thread.process + 1).max().unwrap_or(0)
}

fn process_name(recording: &Recording, process: usize) -> Event {
    let run = format!("{} {}", recording.lesson, recording.variant);
    let name = if process == 0 { run } else { format!("{run}, process {}", process + 1) };
    Event {
        phase: "M",
        name: "process_name".to_owned(),
        process: process + 1,
        arguments: Some(Arguments { name: Some(name), sort_index: None }),
        ..Event::default()
    }
}

#[allow(clippy::cast_precision_loss, reason = "exact for the first hundred days of a run")]
fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1_000.0
}
