//! Cleaning up after something that is cancelled.
//!
//! What `Drop` can do is done wherever a future is cancelled: the spinner's line is erased. But a destructor can't await,
//! so it can't say goodbye to a peer. For that the task is told by a token, and joined, and since it may never come back,
//! only up to a deadline; then it is aborted. You will see one task that ends in time and one that doesn't. And then a
//! call on another thread, which is aborted in vain: it has begun, so it runs to its end, and joining waits for that. On
//! the timeline: `polite` ends by itself, `stuck` and `spin` at a cross, and `call` when it has been answered.
//!
//!     cargo run -p lesson-04 -- cleanup --timeline

use std::{convert::Infallible, future::pending, sync::mpsc, time::Duration};

use lesson_kit::StatusLine;
use tokio::{
    task::{JoinHandle, spawn, spawn_blocking},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::instrument;

/// How long a task has to clean up.
const DEADLINE: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    supervisor().await;
}

#[instrument]
async fn supervisor() {
    let token = CancellationToken::new();
    let spinner = spawn(spin("thinking!"));
    let polite = spawn(polite(token.clone()));
    let stuck = spawn(stuck(token.clone()));
    sleep(Duration::from_millis(350)).await;

    spinner.abort(); // (1) `Drop` is all the cleanup that it needs.
    let _cancelled = spinner.await;
    println!("spin: its line is erased");

    token.cancel();
    println!("polite: {}", ended(polite).await);
    println!("stuck: {}", ended(stuck).await);

    let (peer, silence) = mpsc::channel();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let call = spawn_blocking(move || call(begun, &silence));
    has_begun.await.expect("it begins");
    call.abort(); // (2) Too late. Before it had a thread, this would have kept it from beginning.
    println!("call: is aborted, and still runs: {}", !call.is_finished());
    drop(peer);
    println!("call: ends with {:?}", call.await);
}

/// Waits for a task that has been told to end, and says how it did.
async fn ended(mut task: JoinHandle<()>) -> &'static str {
    // (3) By reference, so that passing the deadline doesn't drop the handle.
    if timeout(DEADLINE, &mut task).await.is_ok() {
        return "has said goodbye";
    }
    task.abort(); // (4) Only what `Drop` does is done now.
    let _cancelled = task.await;
    "was aborted at the deadline"
}

/// Draws a frame, waits a tick, for ever. Dropping `line` erases what it drew.
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Does what it is told, and says goodbye to its peer.
#[instrument(skip_all)]
async fn polite(token: CancellationToken) {
    token.cancelled().await;
    sleep(Duration::from_millis(100)).await;
}

/// Does what it is told, too, but its peer never answers.
#[instrument(skip_all)]
async fn stuck(token: CancellationToken) {
    token.cancelled().await;
    pending::<()>().await;
}

/// Blocks its thread until the peer hangs up.
#[instrument(skip_all)]
fn call(begun: tokio::sync::oneshot::Sender<()>, silence: &mpsc::Receiver<Infallible>) -> u32 {
    let _ = begun.send(());
    let _hung_up = silence.recv();
    42
}
