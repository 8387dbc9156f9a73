//! Builds the book, and again whenever its sources have changed, on a thread of its own.

use super::{
    edition::{self, Book, Edition},
    notice,
    say::{complain, say},
    sources::Sources,
};
use crate::{
    build,
    problem::{self, Problem},
    project::Project,
};
use anyhow::{Result, anyhow, bail};
use std::{
    convert::Infallible,
    fs, io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// The thread that builds.
pub struct Builder {
    thread: JoinHandle<()>,
    /// Nothing is ever sent. The thread stops when this is dropped.
    running: mpsc::Sender<Infallible>,
}

impl Builder {
    /// Builds the book of this project, hands it over, and goes on so.
    pub fn start(project: Project, editions: watch::Sender<Option<Arc<Edition>>>) -> io::Result<Self> {
        let (running, stop) = mpsc::channel();
        let thread =
            thread::Builder::new().name("builder".into()).spawn(move || keep_building(&project, &editions, &stop))?;
        Ok(Builder { thread, running })
    }

    /// Returns when nothing is built any more, and nothing half-built is left.
    pub fn stop(self) {
        drop(self.running);
        // It has said already why it panicked, if it did.
        let _ = self.thread.join();
    }
}

fn keep_building(project: &Project, editions: &watch::Sender<Option<Arc<Edition>>>, stop: &mpsc::Receiver<Infallible>) {
    let born = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mut last_good = None;
    let mut last_problems: Vec<Problem> = Vec::new();
    for number in 1_u64.. {
        // Before the build reads them: what is saved during it is built next.
        let sources = Sources::of(project);
        let started = Instant::now();
        let report = match build(project) {
            Ok((book, problems)) => {
                last_good = Some(Arc::new(book));
                // Said once, and not after every save. What stands above a problem may grow meanwhile.
                let is_new = |problem: &&Problem| {
                    !last_problems.iter().any(|last| (&last.file, &last.what) == (&problem.file, &problem.what))
                };
                let new: Vec<_> = problems.iter().filter(is_new).cloned().collect();
                if !new.is_empty() {
                    complain(&format!("{}\nthe page shows this until it is fixed", problem::report(new)));
                }
                last_problems = problems;
                None
            }
            Err(report) => Some(format!("{report:#}")),
        };
        let is_built = report.is_none();
        let edition = Edition { name: format!("{born}-{number}"), book: last_good.clone(), report: report.clone() };
        let is_new = publish(editions, edition);
        if let Some(report) = report.filter(|_| is_new) {
            complain(&format!("{report}\nevery page shows this until it is fixed"));
        }
        if is_built && number > 1 {
            say(&format!("built again in {:.1} s", started.elapsed().as_secs_f64()));
        }
        let pause = |time| (stop.recv_timeout(time) == Err(RecvTimeoutError::Timeout)).then_some(());
        if sources.changed(project, pause).is_none() {
            return;
        }
    }
}

/// Hands this edition over, unless a reader would see no difference: then no page needs to reload. Returns whether it has.
fn publish(editions: &watch::Sender<Option<Arc<Edition>>>, edition: Edition) -> bool {
    editions.send_if_modified(|latest| {
        let same = |latest: &Arc<Edition>| latest.book == edition.book && latest.report == edition.report;
        let is_new = !latest.as_ref().is_some_and(same);
        if is_new {
            *latest = Some(Arc::new(edition));
        }
        is_new
    })
}

/// Builds the book in a folder that is gone afterwards. What is wrong with a page stands on it, and is returned too.
fn build(project: &Project) -> Result<(Book, Vec<Problem>)> {
    let folder = project.built();
    let tidy = || drop(fs::remove_dir_all(&folder));
    // One that was killed may have left something.
    tidy();
    // A fault of ours, or of mdBook's, on one page is no reason to leave the writer without all others.
    let built = panic::catch_unwind(AssertUnwindSafe(|| {
        let problems = build::with_problems(project)?;
        let mut book = edition::read(&folder)
            .map_err(|error| anyhow!("the built book could not be read: {error}; save a page again"))?;
        notice::put_on_pages(project, &mut book, &problems);
        Ok((book, problems))
    }));
    tidy();
    built.unwrap_or_else(|_| bail!("the build panicked, and the terminal says where; this is a fault of ours"))
}
