//! The built program.

use std::{fs, process::Command};

use lesson_terminal::{Exit, contract::Lesson};
use serde_json::Value;

/// The lesson.
pub const LESSON: Lesson = Lesson::at(env!("CARGO_BIN_EXE_lesson-03"));

/// Runs `variant` in a terminal with these settings, and gives the lines that are left.
pub fn lines(variant: &str, settings: &[(&str, &str)]) -> Vec<String> {
    let terminal =
        settings.iter().fold(LESSON.terminal([variant]), |terminal, (name, value)| terminal.env(name, value));
    let run = terminal.start().expect("the lesson can be started").finish().expect("it ends by itself");
    assert_eq!(run.exit, Exit::Code(0), "{variant}: {:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{variant}: {:?}", run.screen);
    run.screen.lines()
}

/// Runs `variant` without a terminal, and gives what it measured: the row, the column and the value of each figure.
pub fn results(variant: &str, items: &str) -> Vec<(String, String, f64)> {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let path = folder.path().join("run.json");
    let output = Command::new(env!("CARGO_BIN_EXE_lesson-03"))
        .args([variant, "--record"])
        .arg(&path)
        .env("ITEMS", items)
        .output()
        .expect("the lesson can be started");
    assert!(output.status.success(), "{variant}: {}", String::from_utf8_lossy(&output.stderr));
    let recording: Value = serde_json::from_str(&fs::read_to_string(path).expect("it was kept")).expect("it is JSON");
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    let results = recording["results"].as_array().expect("it is a list");
    results
        .iter()
        .map(|result| {
            let value = result["value"].as_f64().expect("it is a number");
            (text(&result["row"]), text(&result["column"]), value)
        })
        .collect()
}
