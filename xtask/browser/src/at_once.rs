//! Shares tasks out among several browsers: each waits much of its time, for a frame, a file or an answer.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use crate::{browser::Browser, programs::Programs, server::Server, site::Site};

/// How many browsers run at once.
const BROWSERS: usize = 3;

/// Does `work` for every task, in the order of `tasks`, with a browser and a server that no other task has meanwhile.
/// `say` is told of each before it begins. Gives back what came of them, in the same order.
///
/// # Errors
///
/// If a browser does not start, or the first that `work` gives. What has not begun by then does not begin.
pub fn run<T: Sync, R: Send>(
    programs: &Programs,
    site: &Site,
    tasks: &[T],
    work: impl Fn(&mut Browser, &Server, &T) -> Result<R, String> + Sync,
    say: &mut dyn FnMut(&T),
) -> Result<Vec<R>, String> {
    let waiting: Mutex<VecDeque<usize>> = Mutex::new((0..tasks.len()).collect());
    let waiting = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let (report, reports) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..BROWSERS.min(tasks.len()) {
            let (report, waiting, work) = (report.clone(), &waiting, &work);
            scope.spawn(move || {
                // Who hears our reports is there until the last of us is gone.
                let failed = |why| {
                    waiting().clear();
                    let _ = report.send(Report::Failed(why));
                };
                let mut browser = match Browser::start(programs) {
                    Ok(browser) => browser,
                    Err(why) => return failed(why),
                };
                let server = match Server::start(browser.runtime(), &site.built) {
                    Ok(server) => server,
                    Err(why) => return failed(why),
                };
                loop {
                    let Some(index) = waiting().pop_front() else { return };
                    let _ = report.send(Report::Begins(index));
                    match work(&mut browser, &server, &tasks[index]) {
                        Ok(result) => drop(report.send(Report::Ended(index, result))),
                        Err(why) => return failed(why),
                    }
                }
            });
        }
        drop(report);
        let mut results: Vec<Option<R>> = tasks.iter().map(|_| None).collect();
        let mut failure = None;
        for report in reports {
            match report {
                Report::Begins(index) => say(&tasks[index]),
                Report::Ended(index, result) => results[index] = Some(result),
                Report::Failed(why) => drop(failure.get_or_insert(why)),
            }
        }
        match failure {
            Some(why) => Err(why),
            None => Ok(results.into_iter().flatten().collect()),
        }
    })
}

enum Report<R> {
    Begins(usize),
    Ended(usize, R),
    Failed(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn nothing_begins_where_nothing_starts() {
        let folder = tempfile::TempDir::new().expect("there is room for a folder");
        fs::write(folder.path().join("index.html"), "").expect("it is written");
        let site = Site::of(folder.path(), folder.path()).expect("there is a page");
        let programs = Programs { chromium: None, driver: "no-such-program-anywhere".into() };
        let began = |(): &()| panic!("nothing can begin");
        let done: Result<Vec<()>, String> = run(&programs, &site, &[(), ()], |_, _, (): &()| Ok(()), &mut { began });
        assert!(done.is_err_and(|why| why.starts_with("no-such-program-anywhere did not start")));
    }
}
