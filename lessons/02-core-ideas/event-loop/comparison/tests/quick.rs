//! The comparison in the tiny sizes of an unoptimised build, so that it still works when somebody wants its figures.

use std::process::Command;

use lesson_testing::Program;

#[test]
fn measures_everything_and_records_it() {
    let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
    let file = folder.path().join("quick.json");
    let output = Command::new(env!("CARGO_BIN_EXE_event-loop-comparison"))
        .args(["compare", "--record"])
        .arg(&file)
        .output()
        .expect("it was built for this test");
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&file).expect("it was written");
    let recording: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let results = recording["results"].as_array().expect("it has results");
    for (row, unit) in [
        ("spawn and join, one by one", "ns"),
        ("yield_now among 1,000 tasks", "ns"),
        ("wake from another thread", "ns"),
        ("tasks ticking on one thread", ""),
        ("a million ticking tasks, ticks kept", "%"),
        ("TCP echo, 1,000 connections", "/s"),
    ] {
        for column in ["event-loop", "tokio", "smol"] {
            let figure = results.iter().find(|figure| figure["row"] == row && figure["column"] == column);
            let figure = figure.unwrap_or_else(|| panic!("no {column} in {row}: {text}"));
            assert!(figure["unit"] == unit && figure["value"].as_f64() >= Some(0.0), "{figure}");
        }
    }
    let ratio = results.iter().filter(|figure| figure["column"] == "ratio").count();
    assert!(ratio >= 7, "{text}");
    let versions = recording["outcomes"].as_array().expect("it has outcomes").iter();
    assert_eq!(versions.filter(|outcome| outcome["row"] == "version").count(), 3, "{text}");
    // A subject's work is none of the recording's.
    assert_eq!(recording["scheduling"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_table_beside_the_program_is_the_programs() {
    Program::at(env!("CARGO_BIN_EXE_event-loop-comparison")).keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}
