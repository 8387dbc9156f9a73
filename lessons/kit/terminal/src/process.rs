//! The program as the system sees it. On Unix it leads a session and a process group, both named by its process id.

use std::{
    io,
    thread::{self, JoinHandle},
};

use portable_pty::Child;
#[cfg(windows)]
use portable_pty::ChildKiller;

use crate::Exit;

type AnyChild = Box<dyn Child + Send + Sync>;

/// Dropping it leaves neither a running program nor a zombie.
pub(crate) struct Process {
    id: u32,
    #[cfg(windows)]
    killer: Box<dyn ChildKiller + Send + Sync>,
    /// Gives the child back when it has ended.
    watcher: Option<JoinHandle<AnyChild>>,
}

impl Process {
    /// Calls `on_exit` once when the program has ended.
    pub(crate) fn watch(mut child: AnyChild, on_exit: impl FnOnce(Exit) + Send + 'static) -> io::Result<Self> {
        let id = child.process_id().ok_or_else(|| io::Error::other("the program has no process id"))?;
        #[cfg(windows)]
        let killer = child.clone_killer();
        let watch = move || {
            if let Some(exit) = wait_for_exit(&mut child, id) {
                on_exit(exit);
            }
            child
        };
        let watcher = Some(thread::Builder::new().name("watcher".into()).spawn(watch)?);
        Ok(Self {
            id,
            #[cfg(windows)]
            killer,
            watcher,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Kills the program and what else is in its process group. Does nothing where there is nothing left to kill.
    pub(crate) fn kill(&mut self) {
        #[cfg(unix)]
        // The program is not reaped before `drop`, so its id still belongs to it and this group is ours.
        let _ = rustix::process::kill_process_group(pid(self.id), rustix::process::Signal::KILL);
        #[cfg(windows)]
        let _ = self.killer.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        // The watcher must be gone before the id is free for others.
        if let Some(Ok(mut child)) = self.watcher.take().map(JoinHandle::join) {
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
pub(crate) fn pid(id: u32) -> rustix::process::Pid {
    i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw).expect("a process id on Unix is positive")
}

/// Waits for the end without reaping, which would free the process id while somebody may still want to kill it.
///
/// This also keeps the number of the signal, of which `portable_pty::ExitStatus` knows only the name.
#[cfg(unix)]
fn wait_for_exit(_: &mut AnyChild, id: u32) -> Option<Exit> {
    use rustix::{
        io::Errno,
        process::{WaitId, WaitIdOptions, waitid},
    };

    loop {
        match waitid(WaitId::Pid(pid(id)), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(Some(status)) => {
                return status.terminating_signal().map(Exit::Signal).or_else(|| status.exit_status().map(Exit::Code));
            }
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

/// A process on Windows is a handle, which stays valid whatever becomes of it.
#[cfg(windows)]
fn wait_for_exit(child: &mut AnyChild, _: u32) -> Option<Exit> {
    child.wait().ok().map(|status| Exit::Code(i32::from_ne_bytes(status.exit_code().to_ne_bytes())))
}
