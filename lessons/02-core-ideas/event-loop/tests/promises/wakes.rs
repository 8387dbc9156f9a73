//! Wakers, wherever and whenever they are called.

use std::{
    cell::Cell,
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::mpsc,
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use event_loop::{EventLoop, JoinError, join_all, now, sleep_until, spawn, yield_now};

use crate::support::poll_with_panicking_waker;

/// A future that hands out its waker, and is ready when it is polled again.
fn ready_after_a_wake(hand_out: impl FnOnce(Waker)) -> impl Future<Output = ()> {
    let mut hand_out = Some(hand_out);
    poll_fn(move |cx| match hand_out.take() {
        Some(hand_out) => {
            hand_out(cx.waker().clone());
            Poll::Pending
        }
        None => Poll::Ready(()),
    })
}

#[test]
fn from_another_thread_while_the_loop_sleeps() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || {
        for waker in receiver {
            waker.wake();
        }
    });
    EventLoop::new().block_on(async {
        for _ in 0..1_000 {
            ready_after_a_wake(|waker| sender.send(waker).expect("the other thread listens")).await;
        }
        drop(sender);
    });
    other.join().expect("it does not panic");
}

#[test]
fn after_the_task_has_ended_and_after_the_loop_has_gone() {
    let event_loop = EventLoop::new();
    let kept = Rc::new(Cell::new(None));
    let task = event_loop.spawn({
        let kept = Rc::clone(&kept);
        poll_fn(move |cx| {
            kept.set(Some(cx.waker().clone()));
            Poll::Ready(())
        })
    });
    event_loop.block_on(task).expect("it ends");
    let waker = kept.take().expect("the task has left it");
    waker.wake_by_ref();
    event_loop.block_on(yield_now());
    drop(event_loop);
    waker.wake_by_ref();
    thread::spawn(move || waker.wake()).join().expect("it does not panic");
}

#[test]
fn of_a_cancelled_task() {
    let ended = EventLoop::new().block_on(async {
        let kept = Rc::new(Cell::new(None));
        let task = spawn({
            let kept = Rc::clone(&kept);
            ready_after_a_wake(move |waker| kept.set(Some(waker)))
        });
        yield_now().await;
        let cancel = task.cancel();
        let ended = cancel.await;
        if let Some(waker) = kept.take() {
            waker.wake();
        }
        yield_now().await;
        ended
    });
    assert!(matches!(ended, Err(JoinError::Cancelled)));
}

/// A waker that panics ends the run. The alarms that are due with it ring when the loop runs again.
#[test]
fn that_panics_takes_no_other_with_it() {
    let event_loop = EventLoop::with_virtual_clock();
    let at = event_loop.block_on(async { now() + Duration::from_secs(1) });
    let mut foreign = sleep_until(at);
    let others = event_loop.block_on(async {
        poll_with_panicking_waker(&mut foreign);
        let others = [0; 3].map(|_| spawn(sleep_until(at)));
        yield_now().await;
        others
    });
    let run = AssertUnwindSafe(|| event_loop.block_on(pending::<()>()));
    assert!(catch_unwind(run).is_err());
    event_loop.block_on(join_all(others)).expect("all of them end well");
}

/// The place of an ended task is used again. A late wake of the one is none of the other.
#[test]
fn of_a_task_whose_place_is_taken() {
    let polls = Rc::new(Cell::new(0));
    EventLoop::new().block_on(async {
        let kept = Rc::new(Cell::new(None));
        let first = spawn({
            let kept = Rc::clone(&kept);
            poll_fn(move |cx| {
                kept.set(Some(cx.waker().clone()));
                Poll::Ready(())
            })
        });
        first.await.expect("it ends");
        let second = spawn({
            let polls = Rc::clone(&polls);
            poll_fn(move |_| {
                polls.set(polls.get() + 1);
                Poll::<()>::Pending
            })
        });
        yield_now().await;
        if let Some(waker) = kept.take() {
            waker.wake();
        }
        yield_now().await;
        drop(second);
    });
    assert_eq!(polls.get(), 1);
}
