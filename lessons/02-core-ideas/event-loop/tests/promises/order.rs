//! Who is polled when.

use std::{cell::Cell, rc::Rc, time::Duration};

use event_loop::{EventLoop, sleep, spawn, yield_now};

use crate::support::Diary;

#[test]
fn a_spawned_task_runs_when_its_spawner_waits() {
    let diary = Diary::new();
    EventLoop::new().block_on({
        let diary = diary.clone();
        async move {
            let task = spawn({
                let diary = diary.clone();
                async move { diary.note("task") }
            });
            diary.note("spawner");
            task.await.expect("it ends");
        }
    });
    assert_eq!(diary.read(), ["spawner", "task"]);
}

#[test]
fn ready_tasks_take_turns_in_order() {
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let tasks: Vec<_> = (0..3)
        .map(|task| {
            let diary = diary.clone();
            event_loop.spawn(async move {
                for round in 0..3 {
                    diary.note((round, task));
                    yield_now().await;
                }
            })
        })
        .collect();
    event_loop.block_on(async move {
        for task in tasks {
            task.await.expect("it ends");
        }
    });
    let expected: Vec<_> = (0..3).flat_map(|round| (0..3).map(move |task| (round, task))).collect();
    assert_eq!(diary.read(), expected);
}

/// Three tasks that never wait for anything leave room for a fourth one and its timer.
#[test]
fn timers_fire_under_a_busy_queue() {
    let event_loop = EventLoop::new();
    for _ in 0..3 {
        event_loop
            .spawn(async {
                loop {
                    yield_now().await;
                }
            })
            .detach();
    }
    event_loop.block_on(async {
        spawn(sleep(Duration::from_millis(5))).await.expect("it ends");
    });
}

/// `sleep` of nothing is a way to let the others go first, as `asyncio.sleep(0)` is.
#[test]
fn a_loop_of_empty_sleeps_starves_nobody() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop
        .spawn(async {
            loop {
                sleep(Duration::ZERO).await;
            }
        })
        .detach();
    event_loop.block_on(async { spawn(sleep(Duration::ZERO)).await.expect("it ends") });
}

/// Between two polls of one ready task every other ready task is polled exactly once, however often it is woken.
#[test]
fn a_task_that_wakes_itself_many_times_is_polled_once_a_turn() {
    let polls = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    event_loop
        .spawn({
            let polls = Rc::clone(&polls);
            std::future::poll_fn(move |cx| {
                polls.set(polls.get() + 1);
                (0..10).for_each(|_| cx.waker().wake_by_ref());
                std::task::Poll::<()>::Pending
            })
        })
        .detach();
    event_loop.block_on(async {
        for _ in 0..100 {
            yield_now().await;
        }
    });
    // Its turn comes before that of the main future, which yields a hundred times and then ends.
    assert_eq!(polls.get(), 101);
}

#[test]
fn what_has_not_ended_goes_on_in_the_next_block_on() {
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let task = event_loop.spawn({
        let diary = diary.clone();
        async move {
            for step in 0..3 {
                diary.note(step);
                yield_now().await;
            }
        }
    });
    event_loop.block_on(yield_now());
    assert_eq!(diary.read(), [0, 1]);
    event_loop.block_on(task).expect("it ends");
    assert_eq!(diary.read(), [2]);
}

/// The future of `block_on` borrows, and is none of the tasks.
#[test]
fn block_on_takes_a_future_that_borrows() {
    let text = String::from("borrowed");
    let length = EventLoop::new().block_on(async {
        yield_now().await;
        text.len()
    });
    assert_eq!(length, text.len());
}

#[test]
#[should_panic(expected = "`block_on` inside a running event loop would stop its tasks")]
fn block_on_inside_a_loop_says_what_to_do() {
    EventLoop::new().block_on(async { EventLoop::new().block_on(async {}) });
}

#[test]
#[should_panic(expected = "call this inside `EventLoop::block_on`")]
fn spawn_outside_of_a_loop_says_what_to_do() {
    drop(spawn(async {}));
}
