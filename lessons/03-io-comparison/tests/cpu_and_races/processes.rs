//! No process outlives the one that wanted its answer.
//!
//! Everything that a run starts holds the pipe that we read as its standard error. It closes when nobody is left to
//! write, so reading to its end waits for all of them. Each would be busy for far longer than we wait.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

#[cfg(target_os = "linux")]
use std::{fs, time::Instant};

use crate::{LARGEST, LESSON};

/// Longer than an end takes on the slowest machine, and shorter than the checks that would go on.
const PATIENCE: Duration = Duration::from_secs(25);

/// Waits until nobody holds this pipe any more.
fn everybody_has_gone(mut pipe: impl Read + Send + 'static) {
    let (ended, wait) = mpsc::channel();
    thread::spawn(move || {
        let read = pipe.read_to_string(&mut String::new());
        let _ = ended.send(read);
    });
    wait.recv_timeout(PATIENCE).expect("a process has outlived its parent").expect("it can be read");
}

/// Starts the program with both outputs piped, and gives its errors too.
fn start(command: &mut Command) -> (Child, ChildStderr) {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it can be started");
    let errors = child.stderr.take().expect("it is piped");
    (child, errors)
}

/// Kills `variant` as soon as its process computes, and waits for that one's end.
#[cfg(target_os = "linux")]
fn is_survived_by_nobody(variant: &str) {
    let (mut parent, errors) = start(&mut LESSON.with(&[("NUMBER", LARGEST)]).command([variant]));
    wait_until_it_computes(parent.id());
    parent.kill().expect("it is running");
    parent.wait().expect("it has ended");
    everybody_has_gone(errors);
}

/// Waits until the process, or one that it has started, has spent a fifth of a second of CPU time. Nothing here takes
/// that for anything but a check.
#[cfg(target_os = "linux")]
pub fn wait_until_it_computes(process: u32) {
    // In hundredths of a second, user time alone.
    let spent = |process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name of the program, in parentheses, may hold spaces.
        let (_, fields) = stat.rsplit_once(") ")?;
        fields.split(' ').nth(11)?.parse::<u32>().ok()
    };
    wait_until("it does not compute", || {
        children(process).into_iter().chain([process]).any(|process| spent(process) >= Some(20))
    });
}

#[cfg(target_os = "linux")]
fn children(parent: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

#[cfg(target_os = "linux")]
fn wait_until(complaint: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "{complaint}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_parent_leaves_no_child_that_computes() {
    is_survived_by_nobody("cpu-processes");
}

#[cfg(target_os = "linux")]
#[test]
fn python_leaves_no_child_that_computes() {
    is_survived_by_nobody("python-cpu-processes");
}

/// The page has its reader kill by this number.
#[test]
fn the_first_line_names_the_parent() {
    let (parent, _errors) = start(&mut LESSON.with(&[("NUMBER", "97")]).command(["cpu-processes"]));
    let id = parent.id();
    let output = parent.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.lines().next().is_some_and(|line| line.ends_with(&format!(", in process {id}"))), "{text}");
}

/// A worker of the sweep, run as the sweep does, by a parent that closes the pipe as it would by dying.
#[test]
fn a_worker_whose_parent_has_gone_ends_in_the_middle_of_a_check() {
    let (mut worker, errors) = start(LESSON.command(["cpu-sweep"]).env("LESSON_03_WORKER", "yes"));
    let mut questions = worker.stdin.take().expect("it is piped");
    let mut answers = BufReader::new(worker.stdout.take().expect("it is piped"));
    writeln!(questions, "97\n{LARGEST}").expect("it reads");
    let mut answer = String::new();
    answers.read_line(&mut answer).expect("it answers");
    assert_eq!(answer, "true\n");
    drop(questions);
    everybody_has_gone(errors);
    assert_eq!(worker.wait().expect("it has ended").code(), Some(1));
}

#[test]
fn a_worker_that_has_answered_everything_ends_well() {
    let (mut worker, errors) = start(LESSON.command(["cpu-sweep"]).env("LESSON_03_WORKER", "yes"));
    let mut questions = worker.stdin.take().expect("it is piped");
    let mut answers = BufReader::new(worker.stdout.take().expect("it is piped"));
    for (number, expected) in [("561", "false\n"), ("1009", "true\n")] {
        writeln!(questions, "{number}").expect("it reads");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("it answers");
        assert_eq!(answer, expected);
    }
    drop(questions);
    everybody_has_gone(errors);
    assert!(worker.wait().expect("it has ended").success());
}

/// The same for Python's side of the sweep, with two processes of its own.
#[test]
fn python_workers_end_with_the_sweep() {
    for kind in ["threads", "processes"] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/cpu_sweep.py");
        let mut command = lesson_kit::python_command(&script).expect("there is a Python");
        let (mut python, errors) = start(command.args([kind, "2", LARGEST, LARGEST]));
        #[cfg(target_os = "linux")]
        wait_until_it_computes(python.id());
        drop(python.stdin.take());
        everybody_has_gone(errors);
        python.wait().expect("it has ended");
    }
}
