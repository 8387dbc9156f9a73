//! What the loop tells a listener.

#![cfg(not(event_loop_loom))]

mod listener;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use event_loop::{EventLoop, sleep, spawn};

#[test]
fn the_whole_life_of_two_tasks() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hear = {
        let heard = Arc::clone(&heard);
        move |line: &str| heard.lock().expect("no listener panics").push(line.to_owned())
    };
    // The main future is number 1 and the tasks come after it. The table counts only those.
    listener::listen(hear, || {
        EventLoop::with_virtual_clock().block_on(async {
            let sleeper = spawn(sleep(Duration::from_secs(1)));
            let waits = spawn(std::future::pending::<()>());
            sleeper.await.expect("it ends");
            drop(waits.cancel().await);
        });
    });
    let expected = [
        "woken task=1",
        "turn ready=1 timers=0 tasks=0",
        "polling task=1",
        "spawned task=2",
        "woken task=2",
        "spawned task=3",
        "woken task=3",
        "waits task=1",
        "turn ready=2 timers=0 tasks=2",
        "polling task=2",
        "waits task=2",
        "polling task=3",
        "waits task=3",
        "idle timers=1 tasks=2",
        "woken task=2",
        "turn ready=1 timers=0 tasks=2",
        "polling task=2",
        "woken task=1",
        "finished task=2",
        "turn ready=1 timers=0 tasks=1",
        "polling task=1",
        "woken task=3",
        "waits task=1",
        "turn ready=1 timers=0 tasks=1",
        "cancelled task=3",
        "woken task=1",
        "turn ready=1 timers=0 tasks=0",
        "polling task=1",
        "finished task=1",
    ];
    assert_eq!(*heard.lock().expect("no listener panics"), expected);
}
