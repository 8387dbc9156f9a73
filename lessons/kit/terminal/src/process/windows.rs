//! The program as Windows sees it: a handle, which stays valid whatever becomes of the process.

use std::{
    io,
    thread::{self, JoinHandle},
};

use portable_pty::{Child, ChildKiller};

use crate::Exit;

pub(crate) struct Process {
    killer: Box<dyn ChildKiller + Send + Sync>,
    id: u32,
    watcher: Option<JoinHandle<()>>,
}

impl Process {
    /// Calls `on_exit` once when the program has ended.
    pub(crate) fn watch(
        mut child: Box<dyn Child + Send + Sync>,
        on_exit: impl FnOnce(Exit) + Send + 'static,
    ) -> io::Result<Self> {
        let id = child.process_id().ok_or_else(|| io::Error::other("the program has no process id"))?;
        let mut process = Self { killer: child.clone_killer(), id, watcher: None };
        let watch = move || {
            if let Ok(status) = child.wait() {
                on_exit(Exit::Code(i32::from_ne_bytes(status.exit_code().to_ne_bytes())));
            }
        };
        process.watcher = Some(thread::Builder::new().name("watcher".into()).spawn(watch)?);
        Ok(process)
    }

    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// Kills the program. Does nothing if it has ended.
    pub(crate) fn kill(&mut self) {
        let _ = self.killer.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
    }
}
