//! What a learner meets who starts the program itself. No step here gets as far as its work.

use std::process::{Command, Output, Stdio};

fn xtask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().expect("xtask is built and starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("xtask prints UTF-8")
}

#[test]
fn help_lists_the_command_and_every_step() {
    let output = xtask(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for name in [
        "test-all",
        "record",
        "serve",
        "fmt",
        "clippy",
        "test",
        "python",
        "loom",
        "doc",
        "book",
        "links",
        "browser",
        "recordings",
        "readme",
    ] {
        let rows = help.lines().filter(|line| line.split_whitespace().next() == Some(name)).count();
        assert_eq!(rows, 1, "{name}:\n{help}");
    }
    assert!(help.contains("cargo xtask <STEP>..."), "{help}");
}

#[test]
fn nothing_asked_for_is_answered_with_help_and_exit_code_2() {
    let output = xtask(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Commands:"));
}

#[test]
fn an_unknown_step_gets_a_suggestion_and_exit_code_2() {
    let output = xtask(&["fmt", "clipy"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "", "no step may run when one of them is unknown");
    let error = text(&output.stderr);
    assert!(error.contains("tip: a similar value exists: 'clippy'"), "{error}");
}

#[test]
fn an_unknown_flag_has_exit_code_2() {
    assert_eq!(xtask(&["--nothing"]).status.code(), Some(2));
}

#[test]
fn a_server_without_cargo_is_a_failure() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("serve")
        .env("CARGO", "no-such-program-anywhere")
        .output()
        .expect("xtask is built and starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).starts_with("cargo could not be started: "));
}

#[test]
fn a_failed_step_is_reported_and_the_exit_code_is_1() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("fmt")
        .env("CARGO", "no-such-program-anywhere")
        .output()
        .expect("xtask is built and starts");
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output.stdout);
    assert!(report.starts_with("[1/1] fmt: "), "{report}");
    assert!(report.contains("could not be started: ") && report.contains("alone: cargo xtask fmt"), "{report}");
    assert_eq!(report.lines().last(), Some("0 passed, 1 failed, 0 skipped"));
}

#[test]
fn a_reader_that_went_away_gets_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("fmt")
        // Should the step run nevertheless, it is over at once.
        .env("CARGO", "no-such-program-anywhere")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xtask is built and starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("xtask ends");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_readme_shows_is_understood_and_starts_no_readme_within_itself() {
    let inside = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(words).env("XTASK_INSIDE_README", "1").output().expect("xtask is built and starts")
    };
    for words in [&["test-all"][..], &["fmt", "readme"]] {
        let output = inside(words);
        assert_eq!(text(&output.stdout), "understood, not run: it would start this step again\n");
        assert_eq!(output.status.code(), Some(0));
    }
    assert_eq!(inside(&["fmt", "readmee"]).status.code(), Some(2));
}
