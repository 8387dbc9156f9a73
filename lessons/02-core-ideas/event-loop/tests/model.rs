//! The loop against a model of it, under the virtual clock: random trees of tasks that sleep, yield, spawn, join, cancel
//! and time out.
//!
//! The model says who runs, in which order and at what time. It is a simulation on plain vectors, without a future or a
//! waker in it, short enough to be seen to be right. The loop has to give the same diary, and to drop every task exactly
//! once.
//!
//! Each run takes programs that nobody has seen before. A failure prints the smallest program that still fails, and the
//! seed to see it again:
//!
//!     EVENT_LOOP_SEED=42 cargo test -p event-loop --test model
//!
//! `EVENT_LOOP_CASES` says how many programs to try.

#![cfg(not(event_loop_loom))]

use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
    env,
    hash::{BuildHasher, RandomState},
    pin::Pin,
    rc::Rc,
    time::Duration,
};

use event_loop::{EventLoop, JoinError, JoinHandle, now, sleep, spawn, timeout, yield_now};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};

/// What one task does, step by step.
type Program = Vec<Step>;

/// Times are in milliseconds. A place among the handles that the task has got so far is taken modulo their number.
#[derive(Debug, Clone)]
enum Step {
    Sleep(u64),
    Yield,
    /// Sleeps, but not for longer than the limit, which comes first.
    Timeout(u64, u64),
    Spawn(Program),
    /// Waits for the task at this place to end.
    Join(usize),
    /// Cancels it, and waits until it has ended.
    Cancel(usize),
    /// Drops its handle.
    Drop(usize),
    /// Lets it run on.
    Detach(usize),
}

fn programs() -> impl Strategy<Value = Program> {
    let place = 0..4_usize;
    let leaf = prop_oneof![
        3 => (0..6_u64).prop_map(Step::Sleep),
        2 => Just(Step::Yield),
        1 => (0..6_u64, 0..6_u64).prop_map(|(limit, length)| Step::Timeout(limit, length)),
        2 => place.clone().prop_map(Step::Join),
        1 => place.clone().prop_map(Step::Cancel),
        1 => place.clone().prop_map(Step::Drop),
        1 => place.prop_map(Step::Detach),
    ];
    let step = leaf.prop_recursive(
        4,
        64,
        8,
        |step| prop_oneof![1 => step.clone(), 2 => vec(step, 0..8).prop_map(Step::Spawn)],
    );
    vec(step, 0..12)
}

/// What a diary says: when, in milliseconds; who, by its number in the order of spawning; and what.
type Entry = (u64, usize, What);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// It was polled, and is past this many suspensions.
    Resumed(usize),
    /// It has spawned this one.
    Spawned(usize),
    /// The one that it waited for ended with a result, or without.
    Joined(usize, bool),
    /// Its time was up, or not.
    TimedOut(bool),
    /// It was dropped, whether it had ended or not.
    Dropped,
}

/// The programs on the loop.
mod real {
    use super::*;

    struct World {
        start: std::time::Instant,
        spawned: usize,
        diary: Vec<Entry>,
    }

    type Shared = Rc<RefCell<World>>;

    fn note(world: &Shared, who: usize, what: What) {
        let mut world = world.borrow_mut();
        let at = u64::try_from(now().duration_since(world.start).as_millis()).expect("no program is that long");
        world.diary.push((at, who, what));
    }

    struct Guard(Shared, usize);

    impl Drop for Guard {
        fn drop(&mut self) {
            note(&self.0, self.1, What::Dropped);
        }
    }

    /// The diary up to the end of the first task, and what came after it.
    pub fn run(program: &Program) -> (Vec<Entry>, BTreeSet<Entry>) {
        let event_loop = EventLoop::with_virtual_clock();
        let world = event_loop.block_on(async {
            let world = Rc::new(RefCell::new(World { start: now(), spawned: 0, diary: Vec::new() }));
            task(program.clone(), 0, Rc::clone(&world)).await;
            world
        });
        let diary = std::mem::take(&mut world.borrow_mut().diary);
        drop(event_loop);
        let after = std::mem::take(&mut world.borrow_mut().diary);
        let length = after.len();
        let after: BTreeSet<_> = after.into_iter().collect();
        assert_eq!(after.len(), length, "something was dropped twice");
        assert_eq!(Rc::strong_count(&world), 1, "something has leaked");
        (diary, after)
    }

    /// Boxed, since it contains itself.
    fn task(program: Program, who: usize, world: Shared) -> Pin<Box<dyn Future<Output = ()>>> {
        let guard = Guard(Rc::clone(&world), who);
        Box::pin(async move {
            let _guard = guard;
            let mut handles: Vec<(usize, JoinHandle<()>)> = Vec::new();
            let mut resumed = 0;
            for step in program {
                match step {
                    Step::Sleep(ms) => sleep(Duration::from_millis(ms)).await,
                    Step::Yield => yield_now().await,
                    Step::Timeout(limit, ms) => {
                        let sleep = sleep(Duration::from_millis(ms));
                        let in_time = timeout(Duration::from_millis(limit), sleep).await;
                        note(&world, who, What::TimedOut(in_time.is_err()));
                    }
                    Step::Spawn(program) => {
                        let child = {
                            let mut world = world.borrow_mut();
                            world.spawned += 1;
                            world.spawned
                        };
                        note(&world, who, What::Spawned(child));
                        handles.push((child, spawn(task(program, child, Rc::clone(&world)))));
                        continue;
                    }
                    Step::Join(place) | Step::Cancel(place) | Step::Drop(place) | Step::Detach(place) => {
                        if handles.is_empty() {
                            continue;
                        }
                        let (child, handle) = handles.remove(place % handles.len());
                        let ended: Result<(), JoinError> = match step {
                            Step::Join(_) => handle.await,
                            Step::Cancel(_) => handle.cancel().await,
                            Step::Drop(_) => {
                                drop(handle);
                                continue;
                            }
                            _ => {
                                handle.detach();
                                continue;
                            }
                        };
                        note(&world, who, What::Joined(child, ended.is_ok()));
                    }
                }
                resumed += 1;
                note(&world, who, What::Resumed(resumed));
            }
        })
    }
}

/// The programs in the model.
mod model {
    use super::*;

    #[derive(Default)]
    struct Model {
        now: u64,
        tasks: Vec<Task>,
        /// Who can go on. A task is in it at most once.
        ready: VecDeque<usize>,
        /// Deadline and task, in the order of setting.
        timers: Vec<(u64, usize)>,
        diary: Vec<Entry>,
    }

    struct Task {
        program: VecDeque<Step>,
        handles: Vec<usize>,
        waits: Waits,
        resumed: usize,
        cancelled: bool,
        /// Whether it has ended, and with a result.
        ended: Option<bool>,
        joiner: Option<usize>,
    }

    /// What a task that was suspended waits for.
    #[derive(Clone, Copy, PartialEq)]
    enum Waits {
        /// Not yet polled.
        Start,
        Turn,
        Time,
        /// The deadline of the sleep and that of its limit.
        TimeWithLimit(u64, u64),
        End(usize),
    }

    pub fn run(program: &Program) -> (Vec<Entry>, BTreeSet<Entry>) {
        let mut model = Model::default();
        model.spawn(program.clone());
        loop {
            for who in std::mem::take(&mut model.ready) {
                // Taken out before it is polled, so that a wake in between counts. What is woken meanwhile is in the
                // next turn.
                model.poll(who);
                if model.tasks[0].ended.is_some() {
                    let left = (0..model.tasks.len()).filter(|&who| model.tasks[who].ended.is_none());
                    let now = model.now;
                    return (model.diary, left.map(|who| (now, who, What::Dropped)).collect());
                }
            }
            model.fire();
            if model.ready.is_empty() {
                let next = model.timers.iter().map(|&(deadline, _)| deadline).min();
                model.now = next.expect("every task waits for a time or, at the end of a chain, for one that does");
                model.fire();
            }
        }
    }

    impl Model {
        fn spawn(&mut self, program: Program) -> usize {
            let who = self.tasks.len();
            self.tasks.push(Task {
                program: program.into(),
                handles: Vec::new(),
                waits: Waits::Start,
                resumed: 0,
                cancelled: false,
                ended: None,
                joiner: None,
            });
            self.wake(who);
            who
        }

        fn wake(&mut self, who: usize) {
            if !self.ready.contains(&who) {
                self.ready.push_back(who);
            }
        }

        fn note(&mut self, who: usize, what: What) {
            self.diary.push((self.now, who, what));
        }

        /// By deadline, and then in the order of setting, which a stable sort keeps.
        fn fire(&mut self) {
            let now = self.now;
            let (mut due, later) = std::mem::take(&mut self.timers).into_iter().partition::<Vec<_>, _>(|t| t.0 <= now);
            self.timers = later;
            due.sort_by_key(|&(deadline, _)| deadline);
            for (_, who) in due {
                self.wake(who);
            }
        }

        fn cancel(&mut self, who: usize) {
            if self.tasks[who].ended.is_none() {
                self.tasks[who].cancelled = true;
                self.wake(who);
            }
        }

        /// Drops what a task holds, from the innermost to the outermost, and tells who waits for it.
        fn end(&mut self, who: usize, with_result: bool) {
            if let Waits::End(child) = self.tasks[who].waits {
                self.cancel(child);
            }
            self.timers.retain(|&(_, sleeper)| sleeper != who);
            for child in std::mem::take(&mut self.tasks[who].handles) {
                self.cancel(child);
            }
            self.note(who, What::Dropped);
            self.tasks[who].ended = Some(with_result);
            if let Some(joiner) = self.tasks[who].joiner {
                self.wake(joiner);
            }
        }

        fn poll(&mut self, who: usize) {
            if self.tasks[who].ended.is_some() {
                return;
            }
            if self.tasks[who].cancelled {
                return self.end(who, false);
            }
            match self.tasks[who].waits {
                Waits::Start => {}
                Waits::Turn | Waits::Time => self.resume(who),
                Waits::TimeWithLimit(deadline, _) => {
                    let late = deadline > self.now;
                    self.timers.retain(|&(_, sleeper)| sleeper != who);
                    self.note(who, What::TimedOut(late));
                    self.resume(who);
                }
                Waits::End(child) => self.joined(who, child),
            }
            while let Some(step) = self.tasks[who].program.pop_front() {
                if let Some(waits) = self.step(who, step) {
                    self.tasks[who].waits = waits;
                    return;
                }
            }
            self.end(who, true);
        }

        fn resume(&mut self, who: usize) {
            self.tasks[who].waits = Waits::Turn;
            self.tasks[who].resumed += 1;
            self.note(who, What::Resumed(self.tasks[who].resumed));
        }

        fn joined(&mut self, who: usize, child: usize) {
            let with_result = self.tasks[child].ended.expect("only its end wakes who waits for it");
            self.note(who, What::Joined(child, with_result));
            self.resume(who);
        }

        /// What the step waits for, if it has to.
        fn step(&mut self, who: usize, step: Step) -> Option<Waits> {
            match step {
                Step::Sleep(ms) => {
                    self.timers.push((self.now + ms, who));
                    Some(Waits::Time)
                }
                Step::Yield => {
                    self.wake(who);
                    Some(Waits::Turn)
                }
                Step::Timeout(limit, ms) => {
                    let (deadline, limit) = (self.now + ms, self.now + limit);
                    self.timers.extend([(deadline, who), (limit, who)]);
                    Some(Waits::TimeWithLimit(deadline, limit))
                }
                Step::Spawn(program) => {
                    self.note(who, What::Spawned(self.tasks.len()));
                    let child = self.spawn(program);
                    self.tasks[who].handles.push(child);
                    None
                }
                Step::Join(place) | Step::Cancel(place) | Step::Drop(place) | Step::Detach(place) => {
                    let handles = &mut self.tasks[who].handles;
                    if handles.is_empty() {
                        return None;
                    }
                    let child = handles.remove(place % handles.len());
                    if matches!(step, Step::Cancel(_) | Step::Drop(_)) {
                        self.cancel(child);
                    }
                    if matches!(step, Step::Drop(_) | Step::Detach(_)) {
                        return None;
                    }
                    if self.tasks[child].ended.is_some() {
                        self.joined(who, child);
                        return None;
                    }
                    self.tasks[child].joiner = Some(who);
                    Some(Waits::End(child))
                }
            }
        }
    }
}

#[test]
fn the_loop_does_what_the_model_does() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse().expect("this variable holds a number"));
    let seed = number("EVENT_LOOP_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let cases = number("EVENT_LOOP_CASES").unwrap_or(2_000);
    let config = Config {
        cases: u32::try_from(cases).expect("that many would not end"),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    let compare = |program: Program| {
        let ((real, left), (expected, expected_left)) = (real::run(&program), model::run(&program));
        prop_assert_eq!(real, expected);
        prop_assert_eq!(left, expected_left);
        Ok(())
    };
    if let Err(failure) = TestRunner::new(config).run(&programs(), compare) {
        panic!("{failure}\nto see it again: EVENT_LOOP_SEED={seed} cargo test -p event-loop --test model");
    }
}
