//! Starts a Chromium without a window, and ends it with all that it has started.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{self, Child, Command, Stdio},
    sync::{Mutex, MutexGuard, Once, PoisonError},
    thread,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// What ends with Ctrl-C, as a shell says it.
const INTERRUPTED: i32 = 130;

/// It runs as whatever user starts it, also as root, and asks for nothing.
const SWITCHES: [&str; 20] = [
    "--headless",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--password-store=basic",
    "--use-mock-keychain",
    // A key that is pressed before the first frame counts.
    "--allow-pre-commit-input",
    // Text is as wide on every machine as its font, and not as its screen.
    "--font-render-hinting=none",
    // A request to another host is noticed, and never sent.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "about:blank",
];

/// All that run, by their process ids, so that Ctrl-C ends them. It is held while one starts: one that has only half
/// started would be missed.
static RUNNING: Mutex<BTreeMap<u32, Running>> = Mutex::new(BTreeMap::new());

/// A Chromium, and the folder that all its processes write to. Both are gone after it is dropped.
struct Running {
    child: Child,
    _folder: TempDir,
}

/// A Chromium that runs until this is dropped.
#[derive(Debug)]
pub struct Chromium {
    id: u32,
    /// Where the DevTools protocol is spoken.
    pub address: String,
}

impl Chromium {
    /// Starts this program.
    pub fn start(program: &Path) -> Result<Self> {
        end_with_ctrl_c();
        let failed = || {
            format!(
                "{} did not start; install chromium (Debian: chromium), or set LESSON_CHROMIUM to it",
                program.display()
            )
        };
        let mut all = running();
        let folder = TempDir::with_prefix("lesson-browser-").context("there is no room for a browser's files")?;
        let mut command = Command::new(program);
        command.args(SWITCHES).arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
        // Whatever the browser keeps, it keeps in the folder that goes away.
        for variable in ["TMPDIR", "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            command.env(variable, folder.path());
        }
        // Ctrl-C reaches us alone, and we end them all by their group.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let stderr = child.as_mut().ok().and_then(|child| child.stderr.take());
        let child = child.with_context(failed)?;
        let mut chromium = Chromium { id: child.id(), address: String::new() };
        all.insert(chromium.id, Running { child, _folder: folder });
        drop(all);
        let mut lines = BufReader::new(stderr.expect("it is piped")).lines().map_while(Result::ok);
        let mut last = String::new();
        let address = lines.find_map(|line| {
            let address = line.strip_prefix("DevTools listening on ").map(str::to_owned);
            last = line;
            address
        });
        chromium.address = address.with_context(|| format!("its last line is {last:?}")).with_context(failed)?;
        // What it says later is of no use, but it must have somewhere to say it.
        thread::spawn(move || lines.for_each(drop));
        Ok(chromium)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        running().remove(&self.id);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            use rustix::{
                io::Errno,
                process::{Signal, WaitOptions, kill_process_group, waitpgid},
            };
            // It is not waited for yet, so the number is still its own.
            let _ = kill_process_group(group, Signal::KILL);
            // On Linux one whose parent has ended becomes our child. So as long as one of the group is left, the topmost
            // of them is ours to wait for.
            while matches!(waitpgid(group, WaitOptions::empty()), Ok(_) | Err(Errno::INTR)) {}
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn running() -> MutexGuard<'static, BTreeMap<u32, Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C ends every Chromium before it ends us.
fn end_with_ctrl_c() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(rustix::process::Pid::from_raw(1));
        let set = ctrlc::set_handler(|| {
            // Never given back, so that none is started meanwhile.
            let mut all = running();
            all.clear();
            process::exit(INTERRUPTED);
        });
        set.expect("no other handler is set");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_start_says_what_to_install() {
        for (program, last) in [("no-such-program-anywhere", ""), ("cargo", "its last line is ")] {
            let why = format!("{:#}", Chromium::start(program.as_ref()).expect_err("it is no Chromium"));
            assert!(why.starts_with(&format!("{program} did not start; install chromium")), "{why}");
            assert!(why.contains(last), "{why}");
        }
    }
}
