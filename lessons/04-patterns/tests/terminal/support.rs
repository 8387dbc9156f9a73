//! The built program, and what a recording of it says.

use std::{fs, process::Command, thread};

use lesson_terminal::{Exit, contract::Lesson};
use serde_json::Value;

/// The lesson.
pub const LESSON: Lesson = Lesson::at(env!("CARGO_BIN_EXE_lesson-04"));

/// Runs `variant` without a terminal, and gives its recording.
pub fn record(variant: &str) -> Value {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let path = folder.path().join("run.json");
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-04"))
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

/// What was found out: the row, the column and the words of each cell.
pub fn outcomes(recording: &Value) -> Vec<(&str, &str, &str)> {
    let cells = list(recording, "outcomes").iter();
    cells.map(|cell| ["row", "column", "words"].map(|key| cell[key].as_str().expect("it is text")).into()).collect()
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

/// The lines that `variant` prints, in a terminal, where they must be the same as in a pipe.
pub fn lines(variant: &str) -> Vec<String> {
    let (run, output) = thread::scope(|scope| {
        let run = scope.spawn(|| LESSON.run([variant]));
        let output = LESSON.output(variant);
        (run.join().expect("it runs in a terminal"), output)
    });
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    assert!(output.status.success(), "{variant}");
    let piped = String::from_utf8(output.stdout).expect("the lesson writes UTF-8");
    let without_times = |lines: &[String]| lines.iter().map(|line| without_time(line)).collect::<Vec<_>>();
    let piped: Vec<_> = piped.lines().map(str::to_owned).collect();
    assert_eq!(without_times(&run.screen.lines()), without_times(&piped));
    run.screen.lines()
}

/// A line without the time in it, which need not be the same twice.
pub fn without_time(line: &str) -> String {
    match (line.split_once(" after "), line.split_once(" s, ")) {
        (Some((before, _)), Some((_, after))) => format!("{before}, {after}"),
        _ => line.to_owned(),
    }
}
