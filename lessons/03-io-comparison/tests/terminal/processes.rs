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

use crate::support::{LARGEST, LESSON};

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

/// Kills `variant` as soon as it has started a process, and waits for that one's end.
#[cfg(target_os = "linux")]
fn is_survived_by_nobody(variant: &str) {
    let (mut parent, errors) = start(&mut LESSON.setting("NUMBER", LARGEST).command(variant));
    wait_for_a_child(parent.id());
    parent.kill().expect("it is running");
    parent.wait().expect("it has ended");
    everybody_has_gone(errors);
}

/// Waits until `parent` has started a process.
#[cfg(target_os = "linux")]
fn wait_for_a_child(parent: u32) {
    use std::{fs, time::Instant};

    let began = Instant::now();
    let has_child = || {
        let tasks = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
        let mut lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        lists.any(|list| !list.trim().is_empty())
    };
    while !has_child() {
        assert!(began.elapsed() < PATIENCE, "it has started no process");
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

/// A worker of the sweep, run as the sweep does, by a parent that closes the pipe as it would by dying.
#[test]
fn a_worker_whose_parent_has_gone_ends_in_the_middle_of_a_check() {
    let (mut worker, errors) = start(LESSON.command("cpu-sweep").env("LESSON_03_WORKER", "yes"));
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
    let (mut worker, errors) = start(LESSON.command("cpu-sweep").env("LESSON_03_WORKER", "yes"));
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
        if kind == "processes" {
            wait_for_a_child(python.id());
        }
        drop(python.stdin.take());
        everybody_has_gone(errors);
        python.wait().expect("it has ended");
    }
}
