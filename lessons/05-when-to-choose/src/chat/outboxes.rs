//! The channels of the standard library and of the runtimes, as outboxes.

use std::sync::{Arc, mpsc};

use crate::chat::room::{Line, Outbox};

impl Outbox for mpsc::SyncSender<Line> {
    fn offer(&self, line: &Line) -> bool {
        self.try_send(Arc::clone(line)).is_ok()
    }
}

impl Outbox for tokio::sync::mpsc::Sender<Line> {
    fn offer(&self, line: &Line) -> bool {
        self.try_send(Arc::clone(line)).is_ok()
    }
}

/// For async-std and for smol, which calls it `smol::channel`.
impl Outbox for async_channel::Sender<Line> {
    fn offer(&self, line: &Line) -> bool {
        self.try_send(Arc::clone(line)).is_ok()
    }
}
