//! A coroutine, cranked by hand.
//!
//! A coroutine is a value that remembers where it stands. `Spin` is one, written out: an enum with a state for each place
//! where it can stand, and a `poll` that goes on from there to the next. `spin` says the same as an `async fn`, and the
//! compiler writes the enum. Nothing drives them but `crank`, which polls, prints what came back, and polls again. You
//! will see that both answer `Pending` at every nap and `Ready` at the end, and how many bytes each keeps between two
//! polls. The compiler's keeps more: the message twice, as it was passed in and as the body uses it, the frame that is
//! on the screen, and the whole iterator of the loop where one number would do.
//!
//!     cargo run -p lesson-02 -- by-hand

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use lesson_kit::{Column, Results};
use tracing::instrument;

const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

pub fn main() {
    println!("by hand:");
    let by_hand = crank(Spin::Start { message: "thinking!" });
    println!("async fn:");
    let async_fn = crank(spin("thinking!"));
    let mut sizes = Results::new("coroutine", ["by hand", "async fn"], [Column::of("size", "bytes", 0)]);
    sizes.row("by hand", [by_hand]);
    sizes.row("async fn", [async_fn]);
}

/// Polls `coroutine` until it is done, and gives its size in bytes.
#[instrument(skip_all)]
fn crank(coroutine: impl Future<Output = usize>) -> f64 {
    let size = u32::try_from(size_of_val(&coroutine)).expect("it is small");
    let mut coroutine = pin!(coroutine); // (3) It may point into itself, so it must not move between polls.
    let mut context = Context::from_waker(Waker::noop()); // (4) Nobody calls us when it could go on. We just try.
    for number in 1.. {
        let polled = coroutine.as_mut().poll(&mut context); // (1) Runs it, on this thread, to its next nap.
        println!("  poll {number}: {polled:?}");
        if polled.is_ready() {
            break;
        }
        thread::sleep(Duration::from_millis(200)); // For the eye.
    }
    size.into()
}

/// Draws each frame once, with a nap after each, and gives their number.
async fn spin(message: &str) -> usize {
    for frame in FRAMES {
        println!("  {frame} {message}");
        Nap::Ahead.await; // (2) Where it can stop, and where the next poll goes on.
    }
    FRAMES.len()
}

/// The same, as a machine with a state for each place where it can stand.
enum Spin {
    Start { message: &'static str },
    Napping { message: &'static str, drawn: usize, nap: Nap },
    Done,
}

impl Future for Spin {
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<usize> {
        let (message, drawn) = match &mut *self {
            Spin::Start { message } => (*message, 0),
            // (5) Asks what it waits for. As long as that is pending, so is this.
            Spin::Napping { message, drawn, nap } => match Pin::new(nap).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => (*message, *drawn),
            },
            Spin::Done => panic!("polled after it was ready"),
        };
        let Some(frame) = FRAMES.get(drawn) else {
            *self = Spin::Done;
            return Poll::Ready(drawn);
        };
        println!("  {frame} {message}");
        // (6) Where the next poll goes on. The nap gets its first poll now, as at an `.await`.
        *self = Spin::Napping { message, drawn: drawn + 1, nap: Nap::Ahead };
        self.poll(context)
    }
}

/// Waits for one poll. What really waits, for a clock or a socket, would tell the waker in `context` when to go on.
enum Nap {
    Ahead,
    Over,
}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        match *self {
            Nap::Ahead => {
                *self = Nap::Over;
                Poll::Pending
            }
            Nap::Over => Poll::Ready(()),
        }
    }
}
