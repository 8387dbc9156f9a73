//! The built program, and what a recording of it says.

use std::{fs, process::Command};

use lesson_terminal::contract::Lesson;
use serde_json::Value;

/// The lesson.
pub const LESSON: Lesson = Lesson::at(env!("CARGO_BIN_EXE_lesson-02"));

/// Runs `variant` without a terminal, and gives its recording.
pub fn record(variant: &str) -> Value {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let path = folder.path().join("run.json");
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-02"))
        .args([variant, "--record"])
        .arg(&path)
        .output()
        .expect("the lesson can be started");
    assert!(output.status.success(), "{variant}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&fs::read_to_string(path).expect("it was kept")).expect("it is JSON")
}

/// The list under `key`.
pub fn list<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    json[key].as_array().unwrap_or_else(|| panic!("{key} is a list"))
}

/// Why a thread was inside each of the spans called `name`, entry by entry.
pub fn whys(recording: &Value, name: &str) -> Vec<Vec<String>> {
    let spans = list(recording, "spans").iter().enumerate().filter(|(_, span)| span["name"] == name);
    spans
        .map(|(span, _)| {
            let entries = list(recording, "entries").iter().filter(|entry| entry["span"] == span);
            entries.map(|entry| entry["why"].as_str().expect("it is text").to_owned()).collect()
        })
        .collect()
}

/// What was measured: the row, the column and the value of each figure.
pub fn results(recording: &Value) -> Vec<(&str, &str, f64)> {
    list(recording, "results")
        .iter()
        .map(|result| {
            let row = result["row"].as_str().expect("it is text");
            let column = result["column"].as_str().expect("it is text");
            (row, column, result["value"].as_f64().expect("it is a number"))
        })
        .collect()
}
