//! Whatever ends us, nothing that we have started lives on, and nothing that it wrote stays behind.
//!
//! It needs Chromium and the built book, so `browser` is in the test's name.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The processes that have this folder in their environment.
fn told_of(folder: &Path) -> Vec<String> {
    let folder = folder.as_os_str().as_encoded_bytes();
    let processes = fs::read_dir("/proc").expect("Linux has it").flatten().map(|entry| entry.path());
    processes
        .filter(|process| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            environment.windows(folder.len()).any(|window| window == folder)
        })
        .map(|process| process.display().to_string())
        .collect()
}

#[test]
fn ctrl_c_leaves_nothing_of_a_browser_behind() {
    let folder = TempDir::new().expect("there is room for a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_xtask-browser"))
        .arg("check")
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stdout = child.stdout.take().expect("stdout is piped");
    let first = BufReader::new(stdout).lines().next().expect("it says which page it looks at").expect("it is text");
    assert!(first.starts_with("  "), "{first}");
    assert!(told_of(folder.path()).len() > 2, "the browser runs");

    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a child has a number");
    kill_process(id, Signal::INT).expect("it still runs");
    let deadline = Instant::now() + Duration::from_secs(60);
    let status = loop {
        match child.try_wait().expect("it is our child") {
            Some(status) => break status,
            None => assert!(Instant::now() < deadline, "it does not end"),
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(130));
    assert_eq!(told_of(folder.path()), [""; 0]);
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("it is a folder").flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{left:?}");
}
