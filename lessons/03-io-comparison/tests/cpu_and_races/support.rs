//! The built program, and what a recording of it says.

use std::{fs, process::Command};

use lesson_terminal::contract::Lesson;
use serde_json::Value;

/// The lesson, where the number is a prime whose check takes a tenth of a second in Rust, and several in Python.
pub const LESSON: Lesson =
    Lesson::at(env!("CARGO_BIN_EXE_lesson-03")).answering("prime").setting("NUMBER", "100000000000031");

/// The largest prime that can be asked for. Its check takes far longer than any test should.
pub const LARGEST: &str = "18446744073709551557";

/// Few numbers, and soon checked: two of them are prime.
pub const FEW: &str = "97,561,1009";

/// Runs `variant` without a terminal and with these settings, and gives its recording.
pub fn record(variant: &str, settings: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let path = folder.path().join("run.json");
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-03"))
        .args([variant, "--record"])
        .arg(&path)
        .envs(settings.iter().copied())
        .output()
        .expect("the lesson can be started");
    assert!(output.status.success(), "{variant}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&fs::read_to_string(path).expect("it was kept")).expect("it is JSON")
}

/// The list under `key`.
pub fn list<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    json[key].as_array().unwrap_or_else(|| panic!("{key} is a list"))
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
