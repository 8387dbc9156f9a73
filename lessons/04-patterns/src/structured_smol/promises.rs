//! What a group promises, on smol.

use std::{pin::Pin, thread};

use smol::future;

use super::group;
use crate::{
    guard::Held,
    testing::{
        group::{Child, Ended, Groups, are_held, behave, caught, mixed, suite},
        polls::{at_every_await, cut},
    },
};

struct OnSmol;

/// Boxed, since a group can have groups.
fn run(children: Vec<Child>, held: Held) -> Pin<Box<dyn Future<Output = Ended>>> {
    Box::pin(group(children.into_iter().map(move |child| behave(child, held.clone(), run))))
}

impl Groups for OnSmol {
    fn run(children: Vec<Child>, held: &Held) -> thread::Result<Ended> {
        caught(|| smol::block_on(run(children, held.clone())))
    }

    fn cancel(children: Vec<Child>, held: &Held, until: usize) {
        let ended = async { Some(run(children, held.clone()).await) };
        let cancelled = async {
            are_held(held, until).await;
            None
        };
        assert_eq!(smol::block_on(future::or(ended, cancelled)), None);
    }
}

suite!(OnSmol);

#[test]
fn cut_short_at_every_await_it_leaks_nothing() {
    let times = at_every_await(|polls| {
        let held = Held::default();
        let ended = smol::block_on(cut(run(mixed(), held.clone()), polls));
        assert_eq!(held.count(), 0, "after {polls} polls");
        ended.is_some_and(|ended| ended == Err("late"))
    });
    assert!(times > 1, "it was cut short {times} times");
}

/// Though they are tasks.
#[test]
fn children_may_borrow_from_their_parent() {
    let numbers = [1, 2, 3];
    let children = numbers.iter().map(async |number| Ok::<_, ()>(number));
    assert_eq!(smol::block_on(group(children)), Ok(numbers.iter().collect()));
}
