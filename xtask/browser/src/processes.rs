//! Starts chromedriver, and ends it with all that it has started.
//!
//! Asked politely, chromedriver ends its Chromium and both are gone. This is for every other way out: whatever still
//! runs is killed and waited for, and then the folder that all of them wrote to is removed.

use std::{
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

use crate::programs::{ADVICE, Programs};

/// How often a port is asked for. chromedriver takes one that it finds free, and ends when it can't listen there after all.
/// While another program has tens of thousands of connections, that happens at every second attempt.
const ATTEMPTS: usize = 30;

/// Chromedriver, what it has started, and the folder of both.
#[derive(Debug)]
pub struct Processes {
    driver: Child,
    /// What chromedriver has started, as far as we know.
    below: Vec<u32>,
    folder: TempDir,
}

impl Processes {
    /// Starts chromedriver, and says on which port it listens.
    ///
    /// # Errors
    ///
    /// If it does not start.
    pub fn start(programs: &Programs) -> Result<(Self, u16), String> {
        own_orphans();
        until_it_listens(|| Self::attempt(programs))
            .map_err(|error| format!("{} did not start ({error}); {ADVICE}", programs.driver.display()))
    }

    /// Starts it once. If it ends instead of listening, that is its last line.
    fn attempt(programs: &Programs) -> io::Result<Result<(Self, u16), String>> {
        let folder = TempDir::with_prefix("lesson-browser-")?;
        let mut command = Command::new(&programs.driver);
        command.arg("--port=0");
        // Whatever the browser keeps, it keeps in the folder that goes away.
        for variable in ["TMPDIR", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            command.env(variable, folder.path());
        }
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // Ctrl-C reaches us alone, and we end it in order.
            command.process_group(0);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut processes = Processes { driver: command.spawn()?, below: Vec::new(), folder };
        let stdout = processes.driver.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let mut last_words = String::new();
        while let Some(line) = lines.next() {
            if let Some(port) = port(&line) {
                // What it says later is of no use, but it must have somewhere to say it.
                thread::spawn(move || lines.for_each(drop));
                return Ok(Ok((processes, port)));
            }
            last_words = line;
        }
        Ok(Err(last_words))
    }

    /// Where the browser keeps its profile, and nothing else lies.
    #[must_use]
    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }
}

impl Processes {
    /// Takes note of what runs now, since it can no longer be found by its parent when that has ended.
    pub fn note(&mut self) {
        self.below.extend(family::of(self.driver.id(), self.folder.path()));
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.note();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        family::end(&self.below, self.folder.path());
        // The folder goes with its field, when nobody writes to it any more.
    }
}

/// Attempts until it listens, or ends for any other reason than its port. Each attempt is another port.
fn until_it_listens<T>(mut attempt: impl FnMut() -> io::Result<Result<T, String>>) -> io::Result<T> {
    let mut last_words = String::new();
    for _ in 0..ATTEMPTS {
        match attempt()? {
            Ok(listening) => return Ok(listening),
            Err(said) => last_words = said,
        }
        if !last_words.ends_with("port not available. Exiting...") {
            break;
        }
    }
    Err(io::Error::other(format!("its last line is {last_words:?}")))
}

/// The port in `ChromeDriver was started successfully on port 41837.`
fn port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end().trim_end_matches('.').parse().ok()
}

#[cfg(target_os = "linux")]
fn own_orphans() {
    // A process whose parent has ended becomes ours instead of the system's, so that we can wait for it.
    let _ = rustix::process::set_child_subreaper(rustix::process::Pid::from_raw(1));
}

#[cfg(not(target_os = "linux"))]
fn own_orphans() {}

/// The processes below chromedriver, as far as Linux shows them.
#[cfg(target_os = "linux")]
mod family {
    use std::{
        collections::BTreeMap,
        fs,
        path::Path,
        process, thread,
        time::{Duration, Instant},
    };

    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

    /// Longer than the system ever takes to end what was killed.
    const LIMIT: Duration = Duration::from_secs(30);
    const PAUSE: Duration = Duration::from_millis(5);

    /// The descendants of this process, and of whoever has this folder in its environment.
    pub fn of(ancestor: u32, folder: &Path) -> Vec<u32> {
        let parents = parents();
        let mut found = vec![ancestor];
        found.extend(parents.keys().filter(|&&child| child != ancestor && knows(child, folder)));
        let mut index = 0;
        while let Some(&parent) = found.get(index) {
            let children = parents.iter().filter(|&(child, &of)| of == parent && !found.contains(child));
            let children: Vec<u32> = children.map(|(&child, _)| child).collect();
            found.extend(children);
            index += 1;
        }
        found.split_off(1)
    }

    /// Kills these, and whoever else has this folder in its environment, and waits until all of them are gone.
    pub fn end(noted: &[u32], folder: &Path) {
        let deadline = Instant::now() + LIMIT;
        let us = process::id();
        while Instant::now() < deadline {
            let parents = parents();
            // The number of one that is gone may be a stranger's by now. A stranger's parent is none of ours.
            let is_ours = |(child, parent): (&u32, &u32)| {
                let is_noted = noted.contains(child) && (*parent == us || noted.contains(parent));
                *child != us && (is_noted || knows(*child, folder))
            };
            let left: Vec<u32> = parents.iter().filter(|&pair| is_ours(pair)).map(|(&child, _)| child).collect();
            if left.is_empty() {
                return;
            }
            for pid in left.into_iter().filter_map(|process| Pid::from_raw(i32::try_from(process).ok()?)) {
                let _ = kill_process(pid, Signal::KILL);
                // Ours to wait for only if its parent has ended before it.
                let _ = waitpid(Some(pid), WaitOptions::NOHANG);
            }
            thread::sleep(PAUSE);
        }
    }

    /// Whether it has this folder in its environment, which is handed down from parent to child.
    fn knows(process: u32, folder: &Path) -> bool {
        let folder = folder.as_os_str().as_encoded_bytes();
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.windows(folder.len()).any(|window| window == folder)
    }

    /// Every process with its parent.
    fn parents() -> BTreeMap<u32, u32> {
        let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pair = |stat: String| {
            let (process, rest) = stat.split_once(" (")?;
            let (_, rest) = rest.rsplit_once(") ")?;
            Some((process.parse().ok()?, rest.split_whitespace().nth(1)?.parse().ok()?))
        };
        folders.filter_map(|folder| pair(fs::read_to_string(folder.path().join("stat")).ok()?)).collect()
    }
}

/// Elsewhere chromedriver's own way to end its browser has to do.
#[cfg(not(target_os = "linux"))]
mod family {
    use std::path::Path;

    pub fn of(_: u32, _: &Path) -> Vec<u32> {
        Vec::new()
    }

    pub fn end(_: &[u32], _: &Path) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read() {
        assert_eq!(port("ChromeDriver was started successfully on port 41837."), Some(41837));
        assert_eq!(port("Starting ChromeDriver 156.0 on port 0"), None);
    }

    #[test]
    fn a_port_that_is_taken_after_all_is_no_reason_to_give_up() {
        let mut attempts = 0;
        let listening = until_it_listens(|| {
            attempts += 1;
            if attempts < 3 { Ok(Err("IPv4 port not available. Exiting...".to_owned())) } else { Ok(Ok(attempts)) }
        });
        assert_eq!(listening.expect("the third one listens"), 3);

        let mut attempts = 0;
        let error = until_it_listens::<()>(|| {
            attempts += 1;
            Ok(Err("Only local connections are allowed.".to_owned()))
        });
        let error = error.expect_err("it never listens");
        assert_eq!(error.to_string(), "its last line is \"Only local connections are allowed.\"");
        assert_eq!(attempts, 1, "what it says is no matter of luck");

        let error = until_it_listens::<()>(|| Ok(Err("IPv6 port not available. Exiting...".to_owned())));
        assert_eq!(
            error.expect_err("all are taken").to_string(),
            "its last line is \"IPv6 port not available. Exiting...\""
        );
    }
}
