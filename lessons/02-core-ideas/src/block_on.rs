//! `block_on`: a loop that rests until it is called.
//!
//! A future that answers `Pending` owes a call to the waker that it was polled with. So
//! the loop can park its thread, and the waker unparks it. `sleep` keeps that promise
//! with a thread that sleeps and then calls. The CPU figure falls from three seconds to
//! next to nothing. What is still wrong: this runs one future. Two at once have to be
//! made one by hand, in `beside`, and that one has one waker, so whichever is woken,
//! both are polled. On the timeline: `slow` is polled as often as `spin`, and is ready
//! once. `run-queue` mends that, with tasks.
//!
//!     cargo run -p lesson-02 -- block-on --timeline

use std::{
    any::type_name_of_val,
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = block_on(supervisor());
    println!("Answer: {answer}");
}

#[instrument]
async fn supervisor() -> u32 {
    let spinner = spin("thinking!"); // (1) A value. Nothing runs yet.
    println!("spinner object: {}", type_name_of_val(&spinner));
    beside(spinner, slow()).await
}

/// Polls `future` until it is done, and rests in between.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current()))); // (2) Whoever calls this waker ends our rest.
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
        thread::park(); // (3) Returns at once if the call has come already, so none is lost.
    }
}

/// A waker: unparks the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
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
#[instrument]
async fn spin(message: &str) {
    let mut line = StatusLine::new();
    for frame in ['|', '/', '-', '\\'].into_iter().cycle() {
        line.show(format_args!("{frame} {message}"));
        sleep(Duration::from_millis(100)).await;
    }
}

/// Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap.
#[instrument]
async fn slow() -> u32 {
    sleep(Duration::from_millis(3_050)).await;
    42
}

fn sleep(time: Duration) -> Sleep {
    Sleep(Arc::new(Mutex::new(Nap::Ahead(time))))
}

/// A nap, shared by the future that waits for its end and the thread that sleeps through it.
struct Sleep(Arc<Mutex<Nap>>);

enum Nap {
    Ahead(Duration),
    On(Waker),
    Over,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut nap = self.0.lock().expect("nobody panics with a nap locked");
        match *nap {
            Nap::Over => return Poll::Ready(()),
            Nap::Ahead(time) => wake_after(time, Arc::clone(&self.0)),
            Nap::On(_) => {}
        }
        *nap = Nap::On(context.waker().clone()); // (6) The waker of this poll, which may be another than last time.
        Poll::Pending
    }
}

/// Sleeps on a thread of its own, and then calls the waker.
fn wake_after(time: Duration, nap: Arc<Mutex<Nap>>) {
    thread::spawn(move || {
        thread::sleep(time);
        let before = mem::replace(&mut *nap.lock().expect("nobody panics with a nap locked"), Nap::Over);
        if let Nap::On(waker) = before {
            waker.wake();
        }
    });
}
