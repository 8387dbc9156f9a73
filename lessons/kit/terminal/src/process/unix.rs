//! The program as Unix sees it: the leader of a session and of a process group, both named by its process id.

use std::{
    io,
    thread::{self, JoinHandle},
};

use portable_pty::Child;
use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid},
};

use crate::Exit;

pub(crate) struct Process {
    child: Box<dyn Child + Send + Sync>,
    id: Pid,
    watcher: Option<JoinHandle<()>>,
}

impl Process {
    /// Calls `on_exit` once when the program has ended.
    pub(crate) fn watch(
        child: Box<dyn Child + Send + Sync>,
        on_exit: impl FnOnce(Exit) + Send + 'static,
    ) -> io::Result<Self> {
        let id = child
            .process_id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .expect("a child on Unix has a positive process id");
        let mut process = Self { child, id, watcher: None };
        let watch = move || {
            if let Some(exit) = wait_for_exit(id) {
                on_exit(exit);
            }
        };
        process.watcher = Some(thread::Builder::new().name("watcher".into()).spawn(watch)?);
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.id.as_raw_nonzero().get().unsigned_abs()
    }

    /// Kills the program and what else is in its process group. Does nothing where there is nothing left to kill.
    pub(crate) fn kill(&mut self) {
        // The program is not reaped before `drop`, so its id still belongs to it and this group is ours.
        let _ = kill_process_group(self.id, Signal::KILL);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        // The watcher must be gone before the id is free for others.
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
        let _ = self.child.wait();
    }
}

/// Waits for the end without reaping, which would free the process id while somebody may still want to kill it.
///
/// This also keeps the number of the signal, of which `portable_pty::ExitStatus` knows only the name.
fn wait_for_exit(id: Pid) -> Option<Exit> {
    loop {
        match waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) => {
                return status.terminating_signal().map(Exit::Signal).or_else(|| status.exit_status().map(Exit::Code));
            }
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}
