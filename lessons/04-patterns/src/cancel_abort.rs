//! Cancel a task by its handle.
//!
//! The same worker, but a task now, with the same helper and the same call. After a while we abort it. You will see that
//! `abort` only asks: the guard's `Drop` runs when the runtime gets to the task, which is after our next line and before
//! the handle says how the task ended. A task is aborted at an `.await`, so one that does not give way is not aborted,
//! and a call that blocks a thread is no task at all. On the timeline: `worker` ends at its cross, `helper` and `call` go
//! on.
//!
//!     cargo run -p lesson-04 -- cancel-abort --timeline

use std::{
    convert::Infallible,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    task::{JoinHandle, spawn, spawn_blocking},
    time::sleep,
};
use tracing::instrument;

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    supervisor().await;
}

#[instrument]
async fn supervisor() {
    let (peer, silence) = mpsc::channel();
    let (started, helper) = oneshot::channel();
    let worker = spawn(worker(silence, started));
    sleep(Duration::from_millis(350)).await;
    println!("we: it is aborted");
    worker.abort(); // (1) Returns at once.
    println!("we: abort has returned");
    let ended = worker.await; // (2) Waits until its future is dropped.
    println!("we: it is gone, and was cancelled: {}", ended.is_err_and(|error| error.is_cancelled()));
    sleep(Duration::from_millis(350)).await; // (3) The others have all the time they want.
    println!("we: the peer hangs up");
    drop(peer);
    helper.await.expect("the worker has started it").await.expect("it is not cancelled");
}

/// Naps for ever.
#[instrument(skip_all)]
async fn worker(silence: Receiver<Infallible>, handle: oneshot::Sender<JoinHandle<()>>) {
    let _guard = Guard("worker");
    handle.send(spawn(helper(silence))).expect("the supervisor waits for it");
    loop {
        sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for a call on another thread.
#[instrument(skip_all)]
async fn helper(silence: Receiver<Infallible>) {
    let _guard = Guard("helper");
    spawn_blocking(move || call(&silence)).await.expect("it does not panic");
    println!("  helper: goes on after the call");
}

/// Blocks its thread until the peer hangs up, as a read from a socket would.
#[instrument(skip_all)]
fn call(silence: &Receiver<Infallible>) {
    let _guard = Guard("call");
    let _hung_up = silence.recv();
}

/// Says when it is dropped.
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("  {}: its guard is dropped", self.0);
    }
}
