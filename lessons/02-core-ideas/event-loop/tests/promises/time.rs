//! Timers and clocks.

use std::{
    future::{pending, poll_fn, ready},
    task::Poll,
    time::{Duration, Instant},
};

use event_loop::{EventLoop, TimedOut, now, sleep, sleep_until, spawn, timeout, yield_now};

use crate::support::Diary;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn real_time_is_not_short() {
    let began = Instant::now();
    EventLoop::new().block_on(async { sleep(Duration::from_millis(20)).await });
    assert!(began.elapsed() >= Duration::from_millis(20));
}

#[test]
fn virtual_time_is_exact_and_takes_none() {
    let began = Instant::now();
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        for hours in 1..=1_000 {
            sleep(HOUR).await;
            assert_eq!(now() - start, hours * HOUR);
        }
    });
    assert!(began.elapsed() < HOUR);
}

#[test]
fn virtual_time_stands_still_while_anything_can_run() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        let sleeper = spawn(sleep(HOUR));
        for _ in 0..1_000 {
            yield_now().await;
        }
        assert_eq!(now(), start);
        sleeper.await.expect("it ends");
        assert_eq!(now() - start, HOUR);
    });
}

#[test]
fn timers_fire_by_deadline_and_then_in_the_order_of_setting() {
    let diary = Diary::new();
    EventLoop::with_virtual_clock().block_on(async {
        let tasks: Vec<_> = [3, 1, 2, 1, 3, 2]
            .into_iter()
            .enumerate()
            .map(|(place, hours)| {
                let diary = diary.clone();
                spawn(async move {
                    sleep(hours * HOUR).await;
                    diary.note((hours, place));
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("it ends");
        }
    });
    assert_eq!(diary.read(), [(1, 1), (1, 3), (2, 2), (2, 5), (3, 0), (3, 4)]);
}

#[test]
fn a_time_that_has_passed_is_waited_for_once() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        sleep(HOUR).await;
        let late = spawn(sleep_until(start));
        yield_now().await;
        assert!(!late.is_finished());
        late.await.expect("it ends");
        assert_eq!(now() - start, HOUR);
    });
}

/// From the call on: the second sleep has begun when the first one did.
#[test]
fn durations_count_from_the_call() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        let (first, second, limited) = (sleep(HOUR), sleep(HOUR), timeout(HOUR, pending::<()>()));
        first.await;
        second.await;
        assert_eq!(limited.await, Err(TimedOut));
        assert_eq!(now() - start, HOUR);
    });
}

#[test]
fn timeout_gives_what_comes_first() {
    EventLoop::with_virtual_clock().block_on(async {
        assert_eq!(timeout(HOUR, ready(1)).await, Ok(1));
        assert_eq!(timeout(HOUR, sleep(2 * HOUR)).await, Err(TimedOut));
        // Both at the same time: the output is there, so it counts.
        assert_eq!(timeout(HOUR, sleep(HOUR)).await, Ok(()));
    });
}

#[test]
fn a_sleep_that_never_ends_is_no_error() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        assert_eq!(timeout(Duration::MAX, sleep(HOUR)).await, Ok(()));
        assert_eq!(timeout(HOUR, sleep(Duration::MAX)).await, Err(TimedOut));
        assert_eq!(now() - start, 2 * HOUR);
    });
}

/// Its alarm is set where it is polled, and not left behind on the loop that polled it first.
#[test]
fn a_sleep_can_go_to_another_loop() {
    let first = EventLoop::with_virtual_clock();
    let mut sleep = Box::pin(sleep_until(Instant::now() + HOUR));
    first.block_on(poll_fn(|cx| {
        assert!(sleep.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    }));
    EventLoop::with_virtual_clock().block_on(sleep);
}

/// A timer that nobody waits for any more doesn't hold up the clock.
#[test]
fn a_dropped_sleep_is_no_timer() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        assert_eq!(timeout(100 * HOUR, sleep(HOUR)).await, Ok(()));
        sleep(HOUR).await;
        assert_eq!(now() - start, 2 * HOUR);
    });
}
