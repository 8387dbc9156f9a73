//! Cancel by a token: a task that holds a copy sees the request, and ends by itself.
//!
//! The same worker with the same helper, and the helper with the same call. All of them
//! hold the token, and a tracker counts them. After a while we cancel the token, and
//! wait for the tracker. You will see what the other two ways can't do: the worker
//! awaits something on its way out, and the helper, which dropping the worker would not
//! have reached, ends too. The call can't wait for a token, since it blocks in
//! something else. So the helper does for it what ends it: it hangs up. On the
//! timeline: no task outlives `supervisor`.
//!
//!     cargo run -p lesson-04 -- cancel-token --timeline

use std::{
    convert::Infallible,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use tokio::{select, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::instrument;

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    supervisor().await;
}

#[instrument]
async fn supervisor() {
    let token = CancellationToken::new();
    let tracker = TaskTracker::new();
    tracker.spawn(worker(token.clone(), tracker.clone())); // (1) A copy for each who shall hear of it.
    sleep(Duration::from_millis(350)).await;
    println!("we: the token is cancelled");
    token.cancel(); // (2) Returns at once.
    println!("we: cancel has returned");
    tracker.close(); // (3) Nobody else will come, so `wait` can end.
    tracker.wait().await;
    println!("we: all of them are gone");
}

/// Naps until it is told to end, and then takes its time.
#[instrument(skip_all)]
async fn worker(token: CancellationToken, tracker: TaskTracker) {
    let _guard = Guard("worker");
    let helper = tracker.spawn(helper(token.clone(), tracker.clone()));
    select! {
        () = token.cancelled() => {} // (4) The nap is dropped, and nothing else.
        () = naps() => {}
    }
    println!("  worker: says goodbye");
    sleep(Duration::from_millis(250)).await; // (5) Cleanup that awaits,
    helper.await.expect("it does not panic"); // and waits for its child.
}

async fn naps() {
    loop {
        sleep(Duration::from_millis(100)).await;
    }
}

/// Waits for a call on another thread.
#[instrument(skip_all)]
async fn helper(token: CancellationToken, tracker: TaskTracker) {
    let _guard = Guard("helper");
    let (peer, silence) = mpsc::channel();
    let called = tracker.spawn_blocking(move || call(&silence));
    token.cancelled().await;
    println!("  helper: hangs up");
    drop(peer); // (6) What makes the call return. Cancelling can't.
    called.await.expect("it does not panic");
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
