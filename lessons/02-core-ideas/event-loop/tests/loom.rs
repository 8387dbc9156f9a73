//! The loop and its wakers, under every order in which threads can take turns.
//!
//! These models run in a build of their own:
//!
//!     RUSTFLAGS="--cfg event_loop_loom" cargo test --release -p event-loop --features net --test loom
//!
//! Each model is a small program. loom runs it again and again, every time with another interleaving of its threads and
//! other values that an atomic may legally give, until it has tried all of them. A wake that got lost shows as a
//! deadlock: a loop that sleeps while nobody is left to wake it.
//!
//! A loop sleeps on its condition variable, or in the reactor if it has sockets. There the models have a stand-in for the
//! operating system, whose bell sounds until it is heard, as the real one does.

#![cfg(event_loop_loom)]

use std::{
    cell::Cell,
    future::{pending, poll_fn},
    rc::Rc,
    sync::Arc,
    task::{Poll, Waker},
};

use event_loop::{EventLoop, JoinError, join_all, sleep_in_reactor, spawn, yield_now};
use loom::{
    model,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

/// What a thread sets and a task waits for: a flag, and the waker of the one who waits.
#[derive(Default)]
struct Signal {
    state: Mutex<(bool, Option<Waker>)>,
}

impl Signal {
    fn set(&self) {
        let mut state = self.state.lock().expect("no model panics while it holds this");
        state.0 = true;
        let waker = state.1.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    async fn wait(&self) {
        poll_fn(|cx| {
            let mut state = self.state.lock().expect("no model panics while it holds this");
            if state.0 {
                return Poll::Ready(());
            }
            state.1 = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// However late or early the other thread is, the loop gets to hear of it.
#[test]
fn a_wake_from_another_thread_is_not_lost() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let other = thread::spawn({
            let signal = Arc::clone(&signal);
            move || signal.set()
        });
        EventLoop::new().block_on(signal.wait());
        other.join().expect("it does not panic");
    });
}

/// The same for a task, which reaches the one who joins it by a second wake on the loop's own thread.
#[test]
fn a_wake_reaches_a_task_and_its_join() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let other = thread::spawn({
            let signal = Arc::clone(&signal);
            move || signal.set()
        });
        let joined = EventLoop::new().block_on(async move {
            spawn(async move {
                signal.wait().await;
                42
            })
            .await
        });
        assert_eq!(joined.ok(), Some(42));
        other.join().expect("it does not panic");
    });
}

/// Two threads that wake the same task at the same time, while it may be asleep, in the queue, or being polled. What
/// each wrote before its wake is seen by the last poll, although it is written without any ordering of its own: the
/// waker has to provide it.
#[test]
fn what_was_written_before_a_wake_is_seen_by_the_poll() {
    model(|| {
        let written = Arc::new(AtomicUsize::new(0));
        let polls = Rc::new(Cell::new(0));
        let event_loop = EventLoop::new();
        let mut others = Vec::new();
        event_loop.block_on(poll_fn(|cx| {
            polls.set(polls.get() + 1);
            if others.is_empty() {
                others = (0..2)
                    .map(|_| {
                        let (written, waker) = (Arc::clone(&written), cx.waker().clone());
                        thread::spawn(move || {
                            written.fetch_add(1, Relaxed);
                            waker.wake();
                        })
                    })
                    .collect();
            }
            if written.load(Relaxed) == 2 { Poll::Ready(()) } else { Poll::Pending }
        }));
        // One poll for each wake at most, and the first.
        assert!(polls.get() <= 3, "polled {} times", polls.get());
        for other in others {
            other.join().expect("it does not panic");
        }
    });
}

/// Where a loop sleeps.
#[derive(Clone, Copy)]
enum Bed {
    Inbox,
    Reactor,
}

/// Three threads wake the same three tasks, each in another order. So a task is woken while it is anywhere, by a thread
/// that finds the loop awake, asleep, or about to be woken by another.
fn every_wake_reaches_its_task(bed: Bed) {
    let mut model = model::Builder::new();
    // All orders of four threads would take days. In these, a thread that could go on has to give way twice at most. That
    // is enough to find the mistakes that the book proposes.
    model.preemption_bound = Some(2);
    model.check(move || {
        let signals = Arc::new([(); 3].map(|()| Signal::default()));
        let others = [[0, 1, 2], [1, 2, 0], [2, 0, 1]].map(|order| {
            let signals = Arc::clone(&signals);
            thread::spawn(move || order.into_iter().for_each(|signal| signals[signal].set()))
        });
        let joined = EventLoop::new().block_on(async {
            if let Bed::Reactor = bed {
                drop(sleep_in_reactor());
            }
            join_all([0, 1, 2].map(|signal| {
                let signals = Arc::clone(&signals);
                spawn(async move { signals[signal].wait().await })
            }))
            .await
        });
        joined.expect("they neither panic nor are cancelled");
        for other in others {
            other.join().expect("it does not panic");
        }
    });
}

#[test]
fn wakes_of_several_threads_reach_several_tasks() {
    every_wake_reaches_its_task(Bed::Inbox);
}

#[test]
fn wakes_of_several_threads_reach_several_tasks_through_the_reactor() {
    every_wake_reaches_its_task(Bed::Reactor);
}

/// A wake is not lost either when a socket ends the sleep at the same moment.
#[test]
fn a_wake_and_a_socket_at_the_same_time() {
    model(|| {
        let signal = Arc::new(Signal::default());
        EventLoop::new().block_on(async {
            let peer = thread::spawn(sleep_in_reactor());
            let other = thread::spawn({
                let signal = Arc::clone(&signal);
                move || signal.set()
            });
            signal.wait().await;
            peer.join().expect("it does not panic");
            other.join().expect("it does not panic");
        });
    });
}

/// A task that has ended is not polled again, however late its waker is called, and the task that has taken its place
/// is not mistaken for it.
#[test]
fn a_wake_after_the_end_is_harmless() {
    model(|| {
        let polls = EventLoop::new().block_on(async {
            let (mut polls, kept) = (0, Rc::new(Cell::new(None)));
            let task = spawn({
                let kept = Rc::clone(&kept);
                poll_fn(move |cx| {
                    polls += 1;
                    kept.set(Some(cx.waker().clone()));
                    Poll::Ready(polls)
                })
            });
            let polls = task.await.expect("it neither panics nor is cancelled");
            let waker = kept.take().expect("the task has left its waker");
            let other = thread::spawn(move || waker.wake());
            spawn(yield_now()).await.expect("it neither panics nor is cancelled");
            other.join().expect("it does not panic");
            polls
        });
        assert_eq!(polls, 1);
    });
}

/// The loop goes away while another thread calls a waker of one of its tasks.
#[test]
fn a_wake_while_the_loop_is_dropped_is_harmless() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let event_loop = EventLoop::new();
        let task = event_loop.spawn({
            let signal = Arc::clone(&signal);
            async move { signal.wait().await }
        });
        event_loop.block_on(yield_now());
        let other = thread::spawn({
            let signal = Arc::clone(&signal);
            move || signal.set()
        });
        drop(event_loop);
        assert!(task.is_finished());
        other.join().expect("it does not panic");
    });
}

/// A task is cancelled while another thread wakes it: it ends once, one way or the other, and its join hears of it.
#[test]
fn a_wake_and_a_cancel_at_the_same_time() {
    model(|| {
        let signal = Arc::new(Signal::default());
        let other = thread::spawn({
            let signal = Arc::clone(&signal);
            move || signal.set()
        });
        let ended = EventLoop::new().block_on(async move {
            let task = spawn(async move { signal.wait().await });
            yield_now().await;
            task.cancel().await
        });
        assert!(matches!(ended, Ok(()) | Err(JoinError::Cancelled)), "{ended:?}");
        other.join().expect("it does not panic");
    });
}

/// loom must be able to see a lost wake at all: a future that nobody wakes is one.
#[test]
#[should_panic(expected = "deadlock")]
fn a_loop_that_nobody_wakes_is_a_deadlock() {
    model(|| EventLoop::new().block_on(pending::<()>()));
}
