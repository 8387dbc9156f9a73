//! What a group promises, on threads.

use std::{sync::atomic::Ordering::Relaxed, thread};

use super::{Stop, group};
use crate::{
    guard::Held,
    testing::group::{Child, Ended, Groups, behave_blocking, caught, suite},
};

struct OnThreads;

fn run(stop: &Stop, children: Vec<Child>, held: &Held) -> Ended {
    let child =
        |child| move |stop: &Stop| behave_blocking(child, held, || stop.is_set(), |inner| run(stop, inner, held));
    group(stop, children.into_iter().map(child))
}

impl Groups for OnThreads {
    fn run(children: Vec<Child>, held: &Held) -> thread::Result<Ended> {
        caught(|| run(&Stop::default(), children, held))
    }

    fn cancel(children: Vec<Child>, held: &Held, until: usize) {
        let stop = Stop::default();
        thread::scope(|scope| {
            let parent = scope.spawn(|| run(&stop, children, held));
            while held.count() < until {
                thread::yield_now();
            }
            stop.flag.store(true, Relaxed);
            assert_eq!(parent.join().expect("it does not panic"), Err("stopped"));
        });
    }
}

suite!(OnThreads);

#[test]
fn children_may_borrow_from_their_parent() {
    let numbers = [1, 2, 3];
    let children = numbers.iter().map(|number| move |_stop: &Stop| Ok::<_, ()>(number));
    assert_eq!(group(&Stop::default(), children), Ok(numbers.iter().collect()));
}
