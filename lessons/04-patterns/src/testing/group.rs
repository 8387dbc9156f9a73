//! What a group promises, on whatever it runs: the same tests for each.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use futures_lite::future;

use crate::guard::{Guard, Held};

/// What a child does. Each of them holds a guard for as long as it is there.
#[derive(Debug, Clone)]
pub enum Child {
    /// Gives this number.
    Succeeds(u32),
    /// Gives 0 after so many milliseconds.
    Naps(u64),
    /// Gives this error as soon as so many guards are held.
    FailsWhen(usize, &'static str),
    /// Gives this error after so many milliseconds.
    FailsAfter(u64, &'static str),
    /// Panics as soon as so many guards are held.
    PanicsWhen(usize),
    /// Waits until it is cancelled.
    Waits,
    /// The same, but then it takes its time before it lets go.
    Resists,
    /// Runs a group of its own, and gives the sum.
    Nested(Vec<Child>),
}

pub type Ended = Result<Vec<u32>, &'static str>;

/// Something that has groups.
pub trait Groups {
    /// Runs a group of these children to its end. `Err` is a panic.
    fn run(children: Vec<Child>, held: &Held) -> thread::Result<Ended>;

    /// Runs a group of these children, and cancels it as soon as `until` guards are held. Returns when that is over.
    fn cancel(children: Vec<Child>, held: &Held, until: usize);
}

/// Takes its time before it lets go.
struct Reluctant(#[allow(dead_code, reason = "held until it is dropped")] Guard);

impl Drop for Reluctant {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(50));
    }
}

/// What a child does, as a future. `group` is how a nested one runs its own.
pub async fn behave<F>(child: Child, held: Held, group: fn(Vec<Child>, Held) -> F) -> Result<u32, &'static str>
where
    F: Future<Output = Ended>,
{
    let guard = held.acquire();
    match child {
        Child::Succeeds(number) => {
            future::yield_now().await;
            Ok(number)
        }
        // Its timer runs beside every runtime.
        Child::Naps(length) => {
            smol::Timer::after(Duration::from_millis(length)).await;
            Ok(0)
        }
        Child::FailsWhen(guards, error) => {
            are_held(&held, guards).await;
            Err(error)
        }
        Child::FailsAfter(length, error) => {
            smol::Timer::after(Duration::from_millis(length)).await;
            Err(error)
        }
        Child::PanicsWhen(guards) => {
            are_held(&held, guards).await;
            panic!("on purpose");
        }
        Child::Waits => future::pending().await,
        Child::Resists => {
            let _reluctant = Reluctant(guard);
            future::pending().await
        }
        Child::Nested(children) => Ok(group(children, held.clone()).await?.into_iter().sum()),
    }
}

/// Waits until so many guards are held.
pub async fn are_held(held: &Held, guards: usize) {
    while held.count() < guards {
        future::yield_now().await;
    }
}

/// What a child does, on a thread. `is_stopped` is how it learns that it is cancelled.
pub fn behave_blocking(
    child: Child,
    held: &Held,
    is_stopped: impl Fn() -> bool,
    group: impl FnOnce(Vec<Child>) -> Ended,
) -> Result<u32, &'static str> {
    // A thousand of them would keep the machine busy with shorter ones.
    let nap = || thread::sleep(Duration::from_millis(20));
    let wait_for = |guards| {
        while held.count() < guards && !is_stopped() {
            nap();
        }
    };
    let guard = held.acquire();
    let stopped = || {
        while !is_stopped() {
            nap();
        }
        Err("stopped")
    };
    match child {
        Child::Succeeds(number) => Ok(number),
        Child::Naps(length) => {
            thread::sleep(Duration::from_millis(length));
            Ok(0)
        }
        Child::FailsWhen(guards, error) => {
            wait_for(guards);
            Err(error)
        }
        Child::FailsAfter(length, error) => {
            thread::sleep(Duration::from_millis(length));
            Err(error)
        }
        Child::PanicsWhen(guards) => {
            wait_for(guards);
            panic!("on purpose");
        }
        Child::Waits => stopped(),
        Child::Resists => {
            let _reluctant = Reluctant(guard);
            stopped()
        }
        Child::Nested(children) => Ok(group(children)?.into_iter().sum()),
    }
}

/// A group that ends without a panic and holds nothing then.
fn ended<G: Groups>(children: Vec<Child>) -> Ended {
    let held = Held::default();
    let ended = G::run(children, &held).expect("no child panics");
    assert_eq!(held.count(), 0, "something outlives the group");
    ended
}

pub fn results_come_in_the_order_of_the_children<G: Groups>() {
    assert_eq!(ended::<G>(vec![Child::Succeeds(1), Child::Succeeds(2), Child::Succeeds(3)]), Ok(vec![1, 2, 3]));
    assert_eq!(ended::<G>(vec![]), Ok(vec![]));
}

pub fn a_failing_child_cancels_the_others<G: Groups>() {
    let children = vec![Child::Waits, Child::FailsWhen(3, "the first"), Child::Waits];
    assert_eq!(ended::<G>(children), Err("the first"));
}

pub fn a_panicking_child_cancels_the_others<G: Groups>() {
    let held = Held::default();
    let panicked = G::run(vec![Child::Waits, Child::PanicsWhen(3), Child::Waits], &held);
    let panic = panicked.expect_err("it goes on in the parent");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"on purpose"));
    assert_eq!(held.count(), 0, "something outlives the group");
}

pub fn a_cancelled_parent_takes_its_children_along<G: Groups>() {
    let held = Held::default();
    G::cancel(vec![Child::Waits, Child::Resists, Child::Nested(vec![Child::Waits, Child::Waits])], &held, 5);
    assert_eq!(held.count(), 0, "something outlives the parent");
}

pub fn a_child_that_resists_is_waited_for<G: Groups>() {
    let children = vec![Child::Resists, Child::FailsWhen(3, "the first"), Child::Resists];
    assert_eq!(ended::<G>(children), Err("the first"));
}

pub fn groups_can_be_nested<G: Groups>() {
    let inner = Child::Nested(vec![Child::Succeeds(2), Child::Nested(vec![Child::Succeeds(3), Child::Succeeds(4)])]);
    assert_eq!(ended::<G>(vec![Child::Succeeds(1), inner]), Ok(vec![1, 9]));
    let inner = Child::Nested(vec![Child::Waits, Child::FailsWhen(5, "the innermost")]);
    assert_eq!(ended::<G>(vec![Child::Waits, inner, Child::Waits]), Err("the innermost"));
    let inner = Child::Nested(vec![Child::Waits, Child::Resists]);
    assert_eq!(ended::<G>(vec![inner, Child::FailsWhen(4, "the outermost")]), Err("the outermost"));
}

pub fn a_thousand_children<G: Groups>() {
    let numbers: Vec<_> = (0..1_000).collect();
    assert_eq!(ended::<G>(numbers.iter().copied().map(Child::Succeeds).collect()), Ok(numbers));
    let mut children = vec![Child::Waits; 999];
    children.push(Child::FailsWhen(1_000, "the last"));
    assert_eq!(ended::<G>(children), Err("the last"));
}

/// A future's panic as a value, as a thread's is.
pub fn caught<T>(run: impl FnOnce() -> T) -> thread::Result<T> {
    catch_unwind(AssertUnwindSafe(run))
}

/// Some children, for a program that is cut short: they go on at different times, and in the end one of them fails.
pub fn mixed() -> Vec<Child> {
    vec![
        Child::Naps(1),
        Child::Nested(vec![Child::Succeeds(2), Child::Naps(3), Child::Naps(5), Child::Naps(7)]),
        Child::Waits,
        Child::Nested(vec![Child::Naps(12), Child::Nested(vec![Child::Waits, Child::FailsAfter(18, "late")])]),
        Child::Resists,
    ]
}

/// The tests, for one type that has groups.
macro_rules! suite {
    ($groups:ty) => {
        $crate::testing::group::suite!($groups:
            results_come_in_the_order_of_the_children
            a_failing_child_cancels_the_others
            a_panicking_child_cancels_the_others
            a_cancelled_parent_takes_its_children_along
            a_child_that_resists_is_waited_for
            groups_can_be_nested
            a_thousand_children
        );
    };
    ($groups:ty: $($promise:ident)*) => {
        $(
            #[test]
            fn $promise() {
                $crate::testing::patience::ends($crate::testing::group::$promise::<$groups>);
            }
        )*
    };
}
pub(crate) use suite;
