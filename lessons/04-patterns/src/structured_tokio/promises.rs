//! What a group promises, on tokio.
//!
//! A parent that is dropped has only asked for the end of its children. So the tests give the runtime a turn after that.

use std::{pin::Pin, sync::mpsc, thread};

use futures_util::FutureExt;
use tokio::{
    runtime::Builder,
    sync::oneshot,
    task::{spawn_blocking, yield_now},
};

use super::group;
use crate::{
    guard::Held,
    testing::{
        group::{Child, Ended, Groups, are_held, behave, caught, mixed, suite},
        polls::{at_every_await, cut},
    },
};

struct OnTokio;

/// Boxed, since a group can have groups.
fn run(children: Vec<Child>, held: Held) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    Box::pin(group(children.into_iter().map(move |child| behave(child, held.clone(), run))))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().build().expect("there is room for a runtime").block_on(future)
}

/// Lets the runtime do what it was asked for.
async fn are_gone(held: &Held) {
    while held.count() > 0 {
        yield_now().await;
    }
}

impl Groups for OnTokio {
    fn run(children: Vec<Child>, held: &Held) -> thread::Result<Ended> {
        caught(|| block_on(run(children, held.clone())))
    }

    fn cancel(children: Vec<Child>, held: &Held, until: usize) {
        block_on(async {
            tokio::select! {
                _ended = run(children, held.clone()) => panic!("it waits for ever"),
                () = are_held(held, until) => {}
            }
            assert_eq!(held.count(), until, "nothing has been dropped yet");
            are_gone(held).await;
        });
    }
}

suite!(OnTokio);

#[test]
fn cut_short_at_every_await_it_leaks_nothing() {
    let times = at_every_await(|polls| {
        let held = Held::default();
        block_on(async {
            let ended = cut(run(mixed(), held.clone()), polls).await;
            are_gone(&held).await;
            ended.is_some_and(|ended| ended == Err("late"))
        })
    });
    assert!(times > 1, "it was cut short {times} times");
}

/// Only children are waited for. A call that a child has started on another thread is none.
#[test]
fn a_call_on_another_thread_outlives_the_group() {
    block_on(async {
        let held = Held::default();
        let guard = held.acquire();
        let (told, begun) = oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let call = move || {
            let _guard = guard;
            let _ = told.send(());
            let _hung_up = released.recv();
        };
        let calls = spawn_blocking(call).map(|_| Ok(()));
        let fails = begun.map(|_| Err("early"));
        assert_eq!(group([calls.left_future(), fails.right_future()]).await, Err("early"));
        assert_eq!(held.count(), 1);
        drop(release);
        are_gone(&held).await;
    });
}
