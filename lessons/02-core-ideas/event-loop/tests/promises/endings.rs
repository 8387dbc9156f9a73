//! How tasks end: with a result, cancelled, by a panic, or with their loop.

use std::{
    cell::RefCell,
    error::Error,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use event_loop::{EventLoop, JoinError, JoinHandle, join_all, now, sleep, spawn, yield_now};

use crate::support::{Diary, Guard, panic_quietly, poll_with_panicking_waker};

#[test]
fn join_all_gives_results_in_the_order_of_the_handles() {
    let results = EventLoop::with_virtual_clock().block_on(async {
        let jobs = [30, 10, 20].map(|ms| {
            spawn(async move {
                sleep(Duration::from_millis(ms)).await;
                ms
            })
        });
        join_all(jobs).await
    });
    assert_eq!(results.expect("all of them end well"), [30, 10, 20]);
}

#[test]
fn join_all_cancels_the_rest_when_one_fails() {
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let error = event_loop.block_on(async {
        let guard = Guard("cancelled", diary.clone());
        let waits = async move {
            let _guard = guard;
            pending::<()>().await;
        };
        let error = join_all([spawn(async { panic_quietly("boom") }), spawn(waits)]).await.map(|_: Vec<()>| ());
        yield_now().await;
        error
    });
    assert!(matches!(error, Err(JoinError::Panicked(_))));
    assert_eq!(diary.read(), ["cancelled"]);
}

#[test]
fn cancel_waits_until_the_future_is_dropped() {
    let diary = Diary::new();
    let ended = EventLoop::new().block_on(async {
        let guard = Guard("dropped", diary.clone());
        let task = spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        yield_now().await;
        let ended = task.cancel().await;
        diary.note("cancel returned");
        ended
    });
    assert!(matches!(ended, Err(JoinError::Cancelled)));
    assert_eq!(diary.read(), ["dropped", "cancel returned"]);
}

#[test]
fn a_dropped_handle_cancels_at_the_tasks_next_turn() {
    let diary = Diary::new();
    EventLoop::new().block_on(async {
        let guard = Guard("dropped", diary.clone());
        let task = spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        yield_now().await;
        drop(task);
        diary.note("handle dropped");
        yield_now().await;
    });
    assert_eq!(diary.read(), ["handle dropped", "dropped"]);
}

#[test]
fn a_task_that_is_cancelled_before_its_first_poll_never_runs() {
    let diary = Diary::new();
    let ended = EventLoop::new().block_on(async {
        let diary = diary.clone();
        spawn(async move { diary.note("ran") }).cancel().await
    });
    assert!(matches!(ended, Err(JoinError::Cancelled)));
    assert_eq!(diary.read(), [""; 0]);
}

#[test]
fn cancelling_what_has_ended_gives_its_result() {
    let ended = EventLoop::new().block_on(async {
        let task = spawn(async { 42 });
        yield_now().await;
        assert!(task.is_finished());
        task.cancel().await
    });
    assert_eq!(ended.ok(), Some(42));
}

/// A task holds the handle of itself, and drops it while it is polled.
#[test]
fn a_task_can_cancel_itself() {
    let diary = Diary::new();
    EventLoop::new().block_on(async {
        let own_handle = Rc::new(std::cell::Cell::new(None));
        let task = spawn({
            let (own_handle, guard, diary) = (Rc::clone(&own_handle), Guard("dropped", diary.clone()), diary.clone());
            async move {
                let _guard = guard;
                drop(own_handle.take());
                diary.note("goes on until it waits");
                yield_now().await;
                diary.note("never");
            }
        });
        own_handle.set(Some(task));
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(diary.read(), ["goes on until it waits", "dropped"]);
}

#[test]
fn a_detached_task_runs_on() {
    let diary = Diary::new();
    EventLoop::new().block_on(async {
        let diary = diary.clone();
        spawn(async move {
            yield_now().await;
            diary.note("ended");
        })
        .detach();
        yield_now().await;
        yield_now().await;
    });
    assert_eq!(diary.read(), ["ended"]);
}

#[test]
fn a_panic_comes_out_at_the_join_and_nowhere_else() {
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let (panicked, other) = event_loop.block_on(async {
        let other = spawn(async {
            yield_now().await;
            "other"
        });
        let guard = Guard("unwound", diary.clone());
        let panics = spawn(async move {
            let _guard = guard;
            yield_now().await;
            panic_quietly("boom");
        });
        (panics.await, other.await)
    });
    let Err(JoinError::Panicked(panic)) = panicked else { panic!("{panicked:?}") };
    assert_eq!(panic.into_payload().downcast_ref(), Some(&"boom"));
    assert_eq!(other.ok(), Some("other"));
    assert_eq!(diary.read(), ["unwound"]);
}

/// A `?` turns the error of a task into the errors that programs use, and keeps what it says.
#[test]
fn an_error_becomes_any_other() {
    async fn message(task: JoinHandle<()>) -> String {
        let ends_badly = async { Ok::<_, Box<dyn Error + Send + Sync>>(task.await?) };
        ends_badly.await.expect_err("it ends badly").to_string()
    }
    let event_loop = EventLoop::new();
    let cancelled = event_loop.spawn(pending());
    drop(event_loop);
    EventLoop::new().block_on(async {
        assert_eq!(message(cancelled).await, "the task was cancelled");
        assert_eq!(message(spawn(async { panic_quietly("boom") })).await, "the task panicked: boom");
        let with_a_string = spawn(async { resume_unwind(Box::new(format!("boom {}", 7))) });
        assert_eq!(message(with_a_string).await, "the task panicked: boom 7");
        let without_a_message = spawn(async { resume_unwind(Box::new(7)) });
        assert_eq!(message(without_a_message).await, "the task panicked");
    });
}

#[test]
fn a_panic_of_a_detached_task_leaves_the_loop_running() {
    EventLoop::new().block_on(async {
        spawn(async { panic_quietly("boom") }).detach();
        yield_now().await;
        spawn(yield_now()).await.expect("the loop goes on");
    });
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_quietly("in a destructor");
    }
}

/// Panics when it is dropped, and so does the payload of that panic.
struct Carrier;

impl Drop for Carrier {
    fn drop(&mut self) {
        resume_unwind(Box::new(Bomb));
    }
}

#[test]
fn a_panic_of_a_destructor_is_the_tasks_as_well() {
    let ended = EventLoop::new().block_on(async {
        let task = spawn(async {
            let _bomb = Bomb;
            pending::<()>().await;
        });
        yield_now().await;
        // A result with such a destructor, which nobody takes, and one whose panic carries another.
        spawn(async { Bomb }).detach();
        spawn(async { Carrier }).detach();
        yield_now().await;
        task.cancel().await
    });
    assert!(matches!(ended, Err(JoinError::Panicked(_))));
}

/// An outcome that nobody takes is dropped with its handle. If that panics, it ends nothing: not the code that drops the
/// handle, and not the process when that code is unwinding already.
#[test]
fn a_panic_of_an_outcome_stays_with_its_handle() {
    EventLoop::new().block_on(async {
        let result = spawn(async { Bomb });
        let result_with_a_payload = spawn(async { Carrier });
        let payload = spawn(async { resume_unwind(Box::new(Bomb)) });
        let (one, another) = (spawn(async { Bomb }), spawn(async { Bomb }));
        yield_now().await;
        drop(result);
        drop(result_with_a_payload);
        drop::<JoinHandle<()>>(payload);

        let unwinds = spawn(async move {
            let _held = (one, another);
            panic_quietly("boom");
        });
        let Err(JoinError::Panicked(panic)) = unwinds.await else { panic!("it has panicked") };
        assert_eq!(panic.message().as_deref(), Some("boom"));
    });
}

#[test]
fn a_panic_of_the_main_future_leaves_the_loop_usable() {
    let event_loop = EventLoop::new();
    let task = event_loop.spawn(async {
        yield_now().await;
        42
    });
    let panicked = catch_unwind(AssertUnwindSafe(|| event_loop.block_on(async { panic_quietly("boom") })));
    assert!(panicked.is_err());
    assert_eq!(event_loop.block_on(task).ok(), Some(42));
}

#[test]
fn dropping_the_loop_drops_every_task_on_its_thread() {
    struct OnThread {
        thread: thread::ThreadId,
        _guard: Guard,
    }
    impl Drop for OnThread {
        fn drop(&mut self) {
            assert_eq!(thread::current().id(), self.thread);
        }
    }
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let started = event_loop.spawn({
        let guard = OnThread { thread: thread::current().id(), _guard: Guard("one that waits", diary.clone()) };
        async move {
            let _guard = guard;
            sleep(Duration::from_secs(3600)).await;
        }
    });
    event_loop.block_on(yield_now());
    event_loop
        .spawn({
            let guard = Guard("one that never ran", diary.clone());
            async move { drop(guard) }
        })
        .detach();
    assert_eq!(diary.read(), [""; 0]);
    drop(event_loop);
    assert_eq!(diary.read(), ["one that waits", "one that never ran"]);
    // A handle may outlive the loop. On another loop it still says how its task has ended.
    assert!(matches!(EventLoop::new().block_on(started), Err(JoinError::Cancelled)));
}

/// A task can be joined from elsewhere, with a waker that panics.
#[test]
fn dropping_the_loop_drops_every_task_although_wakers_panic() {
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let mut handles: Vec<_> = (0..5)
        .map(|_| {
            let guard = Guard("dropped", diary.clone());
            event_loop.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            })
        })
        .collect();
    handles.iter_mut().for_each(poll_with_panicking_waker);
    drop(event_loop);
    assert_eq!(diary.read(), ["dropped"; 5]);
    assert!(handles.iter().all(JoinHandle::is_finished));
}

/// A destructor that spawns while the loop is dropped, and a task that holds the handle of a task that holds a handle,
/// a hundred thousand deep.
#[test]
fn dropping_the_loop_is_safe_whatever_its_tasks_hold() {
    struct Spawns(Diary<&'static str>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let guard = Guard("spawned too late", self.0.clone());
            let task = spawn(async move { drop(guard) });
            assert!(task.is_finished());
        }
    }
    let diary = Diary::new();
    let event_loop = EventLoop::new();
    let spawns = Spawns(diary.clone());
    let mut chain = event_loop.spawn(async move {
        let _spawns = spawns;
        pending::<()>().await;
    });
    for _ in 0..100_000 {
        chain = event_loop.spawn(async move { drop(chain.await) });
    }
    event_loop.block_on(yield_now());
    drop(event_loop);
    assert_eq!(diary.read(), ["spawned too late"]);
    drop(chain);
}

/// A loop that a thread keeps is dropped when the thread ends, after most of what the thread had.
#[test]
#[cfg_attr(all(windows, target_env = "gnu"), ignore = "there the variables of a thread are gone by then")]
fn a_loop_is_dropped_with_its_thread() {
    struct Asks(Arc<Mutex<Vec<&'static str>>>);
    impl Drop for Asks {
        fn drop(&mut self) {
            let note = |what| self.0.lock().expect("no task panics while it holds this").push(what);
            let _ = now();
            note("now");
            let task = spawn(yield_now());
            note(if task.is_finished() { "cancelled" } else { "spawned" });
        }
    }
    thread_local! {
        static KEPT: RefCell<Option<EventLoop>> = const { RefCell::new(None) };
    }
    let notes = Arc::new(Mutex::new(Vec::new()));
    let asks = Asks(Arc::clone(&notes));
    let thread = thread::spawn(|| {
        // The first variable that a thread uses is the last to go.
        KEPT.with(|kept| *kept.borrow_mut() = None);
        let event_loop = EventLoop::new();
        let task = event_loop.spawn(async move {
            let _asks = asks;
            pending::<()>().await;
        });
        task.detach();
        event_loop.block_on(yield_now());
        KEPT.with(|kept| *kept.borrow_mut() = Some(event_loop));
    });
    thread.join().expect("it does not panic");
    assert_eq!(*notes.lock().expect("no task panics while it holds this"), ["now", "cancelled"]);
}

/// Cancelling the end of that chain cancels one task a turn, and no destructor runs inside another.
#[test]
fn a_long_chain_of_tasks_can_be_cancelled() {
    let diary = Diary::new();
    EventLoop::new().block_on(async {
        let guard = Guard("the innermost", diary.clone());
        let mut chain = spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        for _ in 0..10_000 {
            chain = spawn(async move { drop(chain.await) });
        }
        yield_now().await;
        drop(chain);
        for _ in 0..=10_000 {
            yield_now().await;
        }
    });
    assert_eq!(diary.read(), ["the innermost"]);
}
