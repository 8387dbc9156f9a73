//! A recording as a Chrome trace: the JSON that Perfetto (<https://ui.perfetto.dev>) and `chrome://tracing` open.
//!
//! The format is Google's "Trace Event Format". Each thread of the run is a track; each entry into a span is a complete
//! event (`X`) on it; each frame is an instant (`i`). Times are in microseconds.

use serde_json::{Value, json};

use crate::recording::{Recording, Why};

pub(crate) fn render(recording: &Recording) -> Value {
    let process_name = |process: usize| {
        let name = match process {
            0 => format!("{} {}", recording.lesson, recording.variant),
            _ => format!("{} {}, process {}", recording.lesson, recording.variant, process + 1),
        };
        // Perfetto takes 0 for a process without a number.
        json!({"ph": "M", "name": "process_name", "pid": process + 1, "tid": 0, "args": {"name": name}})
    };
    let processes = recording.threads.iter().map(|thread| thread.process + 1).max().unwrap_or(0);
    let mut events: Vec<_> = (0..processes).map(process_name).collect();
    for (place, thread) in recording.threads.iter().enumerate() {
        let (pid, tid) = (thread.process + 1, place + 1);
        events.push(json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": thread.name}}));
        events
            .push(json!({"ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": {"sort_index": tid}}));
    }
    for entry in &recording.entries {
        let span = &recording.spans[entry.span];
        let name = match entry.why {
            Why::Drop => format!("drop {}", span.name),
            Why::Call | Why::Poll => span.name.clone(),
        };
        let to = entry.to.unwrap_or(recording.measured.elapsed);
        events.push(json!({
            "ph": "X", "name": name, "cat": entry.why.to_string(),
            "pid": recording.threads[entry.thread].process + 1, "tid": entry.thread + 1,
            "ts": microseconds(entry.from), "dur": microseconds(to.saturating_sub(entry.from)),
        }));
    }
    for frame in &recording.frames {
        // A frame that was seen in the output alone belongs to the whole run.
        let (scope, pid, tid) = match frame.thread {
            Some(thread) => ("t", recording.threads[thread].process + 1, thread + 1),
            None => ("g", 1, 0),
        };
        events.push(json!({
            "ph": "i", "name": frame.text, "cat": "frame", "s": scope,
            "pid": pid, "tid": tid, "ts": microseconds(frame.at),
        }));
    }
    json!({"displayTimeUnit": "ms", "traceEvents": events})
}

#[allow(clippy::cast_precision_loss, reason = "exact for the first hundred days of a run")]
fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1_000.0
}
