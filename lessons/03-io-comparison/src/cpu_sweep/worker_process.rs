//! A process that answers one number after the other, over pipes: a line for each number, and a line for each answer.
//!
//! It lives as long as its input is open. So it ends when it is told that nothing more comes, and also when whoever
//! asks is gone, whatever ended that: the operating system closes the pipes of the dead.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    process::{self, Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use lesson_kit::unrecorded;

use crate::prime::is_prime;

/// Set for a worker.
pub const CHILD: &str = "LESSON_03_WORKER";

/// The asking side. Dropping it waits for the process to end.
pub struct WorkerProcess {
    child: Child,
    /// `None` once nothing more comes.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl WorkerProcess {
    /// Starts a worker.
    ///
    /// # Errors
    ///
    /// If the system refuses another process.
    pub fn start() -> Result<Self, String> {
        let cannot = |error: io::Error| format!("a process can't be started: {error}");
        let mut command = Command::new(env::current_exe().map_err(cannot)?);
        command.arg("cpu-sweep").env(CHILD, "yes").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = unrecorded(&mut command).spawn().map_err(cannot)?;
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        Ok(Self { child, questions, answers })
    }

    /// Asks whether `number` is prime, and waits for the answer.
    ///
    /// # Errors
    ///
    /// If the process has gone.
    pub fn ask(&mut self, number: u64) -> Result<bool, String> {
        let questions = self.questions.as_mut().expect("it is open until the end");
        let mut answer = String::new();
        writeln!(questions, "{number}")
            .and_then(|()| self.answers.read_line(&mut answer))
            .map_err(|error| format!("a process can't be asked: {error}"))?;
        answer.trim().parse().map_err(|_| "a process has gone without an answer".to_owned())
    }

    /// Tells the process that nothing more comes, and waits for its end.
    ///
    /// # Errors
    ///
    /// If it does not end well.
    pub fn finish(mut self) -> Result<(), String> {
        self.questions = None;
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("a process ended with {status}")),
            Err(error) => Err(format!("a process can't be waited for: {error}")),
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.questions = None;
        // Also after an error. Its status has been asked for, or does not matter any more.
        let _ = self.child.wait();
    }
}

/// The worker's whole program.
pub fn work() {
    let (sender, questions) = mpsc::channel();
    let unanswered = Arc::new(AtomicUsize::new(0));
    thread::spawn({
        let unanswered = Arc::clone(&unanswered);
        move || {
            for number in io::stdin().lines().map_while(|line| line.ok()?.parse().ok()) {
                unanswered.fetch_add(1, SeqCst);
                if sender.send(number).is_err() {
                    return;
                }
            }
            // Whoever wants an answer keeps the pipe open until it comes. So nobody wants this one any more.
            if unanswered.load(SeqCst) > 0 {
                process::exit(1);
            }
        }
    });
    for number in questions {
        let answer = is_prime(number);
        unanswered.fetch_sub(1, SeqCst); // Before anybody can know the answer, and hang up.
        println!("{answer}");
    }
}
