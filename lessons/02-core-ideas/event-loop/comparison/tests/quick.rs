//! The comparison in tiny sizes, so that it still works when somebody wants its figures.

use std::process::Command;

#[test]
fn measures_everything_and_writes_it_down() {
    let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
    let file = folder.path().join("quick.json");
    let output = Command::new(env!("CARGO_BIN_EXE_event-loop-comparison"))
        .args(["--quick", "--write"])
        .arg(&file)
        .output()
        .expect("it was built for this test");
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&file).expect("it was written");
    let report: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let measures = report["measures"].as_array().expect("it has measures");
    let names: Vec<_> = measures.iter().filter_map(|measure| measure["name"].as_str()).collect();
    for expected in ["spawn and join, one by one", "yield_now among 1,000 tasks", "tasks ticking on one thread"] {
        assert!(names.contains(&expected), "{names:?}");
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    for measure in measures {
        let name = measure["name"].as_str().expect("it has a name");
        assert!(printed.contains(name), "{name} is not in\n{printed}");
        let figures = measure["figures"].as_array().expect("it has figures");
        assert_eq!(figures.len(), 3, "{name}");
    }
    // The file alone, and nothing unfinished beside it.
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is ours").count(), 1);
}

#[test]
fn says_before_it_measures_that_the_file_has_no_place() {
    let output = Command::new(env!("CARGO_BIN_EXE_event-loop-comparison"))
        .args(["--quick", "--write", "no-such-folder/a.json"])
        .output()
        .expect("it was built for this test");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(why.contains("there is no folder no-such-folder; make it first"), "{why}");
}
