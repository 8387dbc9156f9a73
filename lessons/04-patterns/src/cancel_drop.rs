//! Cancel a future by dropping it.
//!
//! `worker` naps for ever, inside our own task. It holds a guard, and it has started a helper, which is a task of its
//! own, and the helper a call that blocks a thread. After a while we drop `worker`. That is all there is to it: no
//! request, no exception. You will see the guard's `Drop` run before the next line of ours. Whatever is not inside that
//! future runs on: the task, because dropping tokio's handle detaches it, and the call, because nothing stops a thread.
//! On the timeline: `worker` ends at its cross, `helper` and `call` go on.
//!
//!     cargo run -p lesson-04 -- cancel-drop --timeline

use std::{
    convert::Infallible,
    pin::pin,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use tokio::{
    task::{JoinHandle, spawn, spawn_blocking},
    time::{sleep, timeout},
};
use tracing::instrument;

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    supervisor().await;
}

#[instrument]
async fn supervisor() {
    let (peer, silence) = mpsc::channel();
    let mut helper = None;
    {
        let mut worker = pin!(worker(silence, &mut helper));
        let _elapsed = timeout(Duration::from_millis(350), worker.as_mut()).await; // (1) Polls it, and leaves it to us.
        println!("we: now it is dropped");
    } // (2) Here.
    println!("we: it is gone");
    sleep(Duration::from_millis(350)).await; // (3) The others have all the time they want.
    println!("we: the peer hangs up");
    drop(peer);
    helper.expect("the worker has started it").await.expect("it is not cancelled");
}

/// Naps for ever.
#[instrument(skip_all)]
async fn worker(silence: Receiver<Infallible>, handle: &mut Option<JoinHandle<()>>) {
    let _guard = Guard("worker");
    *handle = Some(spawn(helper(silence)));
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
