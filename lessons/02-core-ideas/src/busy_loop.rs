//! The smallest thing that runs a coroutine: a loop that polls it until it is done.
//!
//! One OS thread, and it never rests. Each nap answers `Pending` until its time has come, so the loop asks again at
//! once. The spinner turns and the answer is right. What is wrong shows in the figures: three seconds of waiting cost
//! three seconds of a core. On the timeline: one lane, filled from end to end. `block-on` mends that, with a waker.
//!
//!     cargo run -p lesson-02 -- busy-loop block-on

use std::{
    any::type_name_of_val,
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = poll_until_ready(supervisor());
    println!("Answer: {answer}");
}

async fn supervisor() -> u32 {
    let spinner = spin("thinking!"); // (1) A value. Nothing runs yet.
    println!("spinner object: {}", type_name_of_val(&spinner));
    beside(spinner, slow()).await
}

/// Polls `future` until it is done. The coroutines are not instrumented: their recording would be millions of polls.
#[instrument(skip_all)]
fn poll_until_ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop()); // (2) Whoever calls this waker calls nobody.
    loop {
        // (3) Pending or not, the next poll comes at once.
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}

/// Runs `main` to its end, and `other` beside it. As one future, it is polled as one: each poll asks both.
async fn beside<T>(other: impl Future<Output = ()>, main: impl Future<Output = T>) -> T {
    let (mut other, mut main) = (pin!(other), pin!(main));
    poll_fn(|context| {
        // (4) The spinner never ends, or this would poll it after its end.
        let _never_ready = other.as_mut().poll(context);
        main.as_mut().poll(context)
    })
    .await // (5) Dropping both ends the spinner.
}

/// Draws a frame, waits a tick, for ever: only dropping it ends it, and dropping `line` erases what it drew.
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
async fn slow() -> u32 {
    sleep(Duration::from_millis(3_050)).await;
    42
}

fn sleep(time: Duration) -> Sleep {
    Sleep { until: Instant::now() + time }
}

/// Is ready once its time has come. Somebody has to look.
struct Sleep {
    until: Instant,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        // (6) Leaves no word with the waker.
        if Instant::now() < self.until { Poll::Pending } else { Poll::Ready(()) }
    }
}
