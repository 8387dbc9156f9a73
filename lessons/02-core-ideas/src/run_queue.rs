//! Tasks: a queue of coroutines that want to be polled.
//!
//! One OS thread polls. Each coroutine is boxed up as a task, and its waker puts that task, and no other, back into the
//! queue. So there can be as many as you like, and none is polled in vain: on the timeline, `slow` is polled twice, and
//! `spin` once a tick. What is still wrong shows in the number of OS threads: ten tasks that only nap are there beside
//! the spinner, and each nap costs a thread. The event loop mends that, with timers.
//!
//!     cargo run -p lesson-02 -- run-queue --timeline

use std::{
    any::type_name_of_val,
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex,
        mpsc::{self, Sender},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use lesson_kit::StatusLine;
use tracing::instrument;

pub fn main() {
    let answer = run(supervisor);
    println!("Answer: {answer}");
}

#[instrument(skip_all)]
async fn supervisor(queue: Queue) -> u32 {
    let spinner = spawn(&queue, spin("thinking!")); // (1) Queued. It is polled for the first time at (2).
    println!("spinner object: {}", type_name_of_val(&spinner));
    for _ in 0..10 {
        spawn(&queue, doze());
    }
    let answer = slow().await; // (2) Hands the thread back, to the loop in `run`.
    spinner.cancel();
    answer
}

/// Where tasks go that can go on.
type Queue = Sender<Arc<Task>>;

/// A coroutine that can be queued. It is gone when it is done, or cancelled.
struct Task {
    coroutine: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    queue: Queue,
}

/// A waker, too: it queues the task that it belongs to.
impl Wake for Task {
    fn wake(self: Arc<Self>) {
        // (3) If nobody reads the queue any more, nobody is left to poll it.
        let _ = self.queue.send(Arc::clone(&self));
    }
}

impl Task {
    fn poll(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self)); // (4) A waker for each task, so we know who was called.
        let mut slot = self.coroutine.lock().expect("a panic ends the loop too");
        if let Some(coroutine) = &mut *slot {
            if coroutine.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                *slot = None;
            }
        }
    }

    /// Drops the coroutine, wherever it stands.
    fn cancel(&self) {
        *self.coroutine.lock().expect("a panic ends the loop too") = None;
    }
}

/// Makes a task of `coroutine`, and queues it for its first poll.
fn spawn(queue: &Queue, coroutine: impl Future<Output = ()> + Send + 'static) -> Arc<Task> {
    let task = Arc::new(Task { coroutine: Mutex::new(Some(Box::pin(coroutine))), queue: queue.clone() });
    Arc::clone(&task).wake();
    task
}

/// Runs `main` as the first task, with all that it spawns, until it is done.
fn run<F: Future<Output: Send> + Send + 'static>(main: impl FnOnce(Queue) -> F) -> F::Output {
    let (queue, tasks) = mpsc::channel();
    let (done, result) = mpsc::channel();
    let main = main(queue.clone());
    spawn(&queue, async move { done.send(main.await).expect("`run` waits for it") });
    loop {
        let task = tasks.recv().expect("`queue` is open"); // (5) Rests here until a waker has queued a task.
        task.poll();
        if let Ok(result) = result.try_recv() {
            return result;
        }
    }
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

/// Naps through its whole life.
async fn doze() {
    loop {
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
