//! What the loop costs, as far as that can be a promise.

use std::{cell::Cell, rc::Rc, time::Duration};

use event_loop::{EventLoop, join_all, sleep, spawn, timeout};

/// A million tasks are spawned, sleep, and end.
#[test]
fn a_million_tasks() {
    const TASKS: usize = 1_000_000;
    let ended = Rc::new(Cell::new(0));
    EventLoop::with_virtual_clock().block_on(async {
        let tasks = (0..TASKS).map(|task| {
            let ended = Rc::clone(&ended);
            spawn(async move {
                sleep(Duration::from_millis(task as u64 % 1_000)).await;
                ended.set(ended.get() + 1);
            })
        });
        join_all(tasks).await.expect("all of them end well");
    });
    assert_eq!(ended.get(), TASKS);
}

/// A loop that waits for a timer, with other timers that are far away, sleeps in the operating system.
#[cfg(unix)]
#[test]
fn idle_costs_no_cpu() {
    use rustix::time::{ClockId, clock_gettime};
    let cpu = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("time does not run backwards");

    let event_loop = EventLoop::new();
    event_loop.spawn(async { sleep(Duration::from_secs(3600)).await }).detach();
    let before = cpu();
    event_loop.block_on(async { sleep(Duration::from_secs(1)).await });
    let spent = cpu().saturating_sub(before);
    // A loop that looked again and again would spend all of the second.
    assert!(spent < Duration::from_millis(100), "{spent:?}");
}

/// Timeouts that don't strike are forgotten, and tasks that have ended as well.
#[test]
fn what_is_over_is_given_back() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.block_on(async {
        for _ in 0..100_000 {
            let hour = Duration::from_secs(3600);
            spawn(timeout(hour, async {})).await.expect("it ends").expect("it is in time");
        }
    });
    assert_eq!(format!("{event_loop:?}"), "EventLoop { tasks: 0, .. }");
}
