//! What our loop takes for its most frequent steps, and how many allocations.
//!
//!     cargo bench -p event-loop-comparison

use std::{
    sync::mpsc,
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use divan::{AllocProfiler, Bencher, counter::ItemsCount};
use event_loop::{EventLoop, sleep, spawn, yield_now};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const TASKS: usize = 1_000;

fn main() {
    divan::main();
}

/// One after the other.
#[divan::bench]
fn spawn_and_join(bencher: Bencher) {
    let event_loop = EventLoop::new();
    bencher.counter(ItemsCount::new(TASKS)).bench_local(|| {
        event_loop.block_on(async {
            for _ in 0..TASKS {
                spawn(async {}).await.expect("it ends");
            }
        });
    });
}

/// All are spawned, and then all are joined.
#[divan::bench]
fn spawn_and_join_a_batch(bencher: Bencher) {
    let event_loop = EventLoop::new();
    bencher.counter(ItemsCount::new(TASKS)).bench_local(|| {
        event_loop.block_on(async {
            let tasks: Vec<_> = (0..TASKS).map(|_| spawn(async {})).collect();
            for task in tasks {
                task.await.expect("it ends");
            }
        });
    });
}

#[divan::bench]
fn yields(bencher: Bencher) {
    let event_loop = EventLoop::new();
    for _ in 1..TASKS {
        event_loop
            .spawn(async {
                loop {
                    yield_now().await;
                }
            })
            .detach();
    }
    // A turn is a yield of everybody.
    bencher.counter(ItemsCount::new(TASKS)).bench_local(|| event_loop.block_on(yield_now()));
}

/// Timers that are set and ring, on a clock that doesn't wait for them.
#[divan::bench(args = [1, 1_000, 100_000])]
fn timers(bencher: Bencher, set: u64) {
    let event_loop = EventLoop::with_virtual_clock();
    for timer in 0..set {
        event_loop
            .spawn(async move {
                sleep(Duration::from_micros(timer)).await;
                loop {
                    sleep(Duration::from_micros(set)).await;
                }
            })
            .detach();
    }
    bencher.counter(ItemsCount::new(set)).bench_local(|| {
        event_loop.block_on(async { sleep(Duration::from_micros(set)).await });
    });
}

#[divan::bench]
fn wakes_from_another_thread(bencher: Bencher) {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || receiver.into_iter().for_each(Waker::wake));
    let event_loop = EventLoop::new();
    bencher.bench_local(|| {
        let mut has_asked = false;
        event_loop.block_on(std::future::poll_fn(|cx| {
            if std::mem::replace(&mut has_asked, true) {
                return Poll::Ready(());
            }
            sender.send(cx.waker().clone()).expect("the other thread listens");
            Poll::Pending
        }));
    });
    drop(sender);
    other.join().expect("it does not panic");
}
