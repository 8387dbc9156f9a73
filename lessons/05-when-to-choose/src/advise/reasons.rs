//! The answers, and what backs them.

use super::{AtOnce, BuiltOn, Case, Work};

/// What to take, and why.
#[derive(Debug)]
pub struct Advice {
    /// In a few words.
    pub answer: &'static str,
    /// The one that decided first.
    pub reasons: Vec<Reason>,
}

/// Why, and who says so.
#[derive(Debug)]
pub struct Reason {
    pub says: &'static str,
    pub evidence: Evidence,
}

/// A variant to run.
#[derive(Debug, Clone, Copy)]
pub struct Evidence {
    /// The package of its lesson.
    pub lesson: &'static str,
    pub variant: &'static str,
}

const fn because(says: &'static str, lesson: &'static str, variant: &'static str) -> Reason {
    Reason { says, evidence: Evidence { lesson, variant } }
}

const COMPUTING: Reason = because(
    "What computes holds its thread. On an event loop nothing else goes on meanwhile, so it belongs on threads of its own.",
    "lesson-02",
    "blocking",
);
const NO_MORE_THAN_CORES: Reason = because(
    "What computes gains nothing from more threads than there are cores. So it takes a pool, whatever waits for it.",
    "lesson-03",
    "cpu-sweep",
);
const FILES: Reason = because(
    "An async version of a call that blocks is the same call on a pool of threads: more threads, and not less time.",
    "lesson-05",
    "script-async",
);
const POOL_IS_SIMPLE: Reason = because(
    "A pool of threads is a list, a loop and a sum. Nobody has to learn anything to change it.",
    "lesson-05",
    "script-pool",
);
const THREADS_SUFFICE: Reason = because(
    "With few clients a thread for each keeps up. From how many on tasks serve more is measured.",
    "lesson-05",
    "load",
);
const ONE_IS_CHEAPER: Reason = because(
    "For one thing that waits, a thread takes the least CPU time of all.",
    "lesson-01",
    "threads tokio async-std smol",
);
const TASKS_ARE_SMALL: Reason = because(
    "A thread costs tens of times what a task costs, and the system has room for thousands of them only.",
    "lesson-05",
    "million",
);
const CANCELLING: Reason = because(
    "A task can be dropped at any await. A thread that waits in a call can't be told anything; it has to come back and look.",
    "lesson-05",
    "chat-threads chat-tokio",
);
const BLOCKED_LOOP: Reason = because(
    "One call that blocks, on the thread of an event loop, freezes all that run there. Each has to be passed to a pool.",
    "lesson-02",
    "blocking",
);
const SAME_PROGRAM: Reason = because(
    "The same crawl on threads and on each runtime gives the same report: what differs is how waiting is written down.",
    "lesson-05",
    "crawler-threads crawler-tokio",
);
const TOKIO: Reason = because(
    "Libraries for the network tend to ask for tokio: hyper runs on it as it is, elsewhere with an adapter. See what it costs.",
    "lesson-05",
    "overhead",
);
const ASYNC_STD: Reason = because(
    "async-std is no longer maintained (RUSTSEC-2025-0052). smol is what it was built on, and the programs differ little.",
    "lesson-05",
    "chat-async-std chat-smol",
);
const SMOL: Reason = because(
    "smol is small, and can run all tasks on one thread, where they share data without a lock.",
    "lesson-05",
    "chat-smol",
);

/// The advice for a case.
pub fn advise(case: Case) -> Advice {
    let on = |answer: [&'static str; 3]| match case.built_on {
        BuiltOn::Tokio => (answer[0], TOKIO),
        BuiltOn::AsyncStd => (answer[1], ASYNC_STD),
        BuiltOn::Neither => (answer[2], SMOL),
    };
    let is_few = case.at_once == AtOnce::Few;
    match case.work {
        Work::Computing if is_few || !case.cancels => {
            Advice { answer: "A pool with a thread for each core", reasons: vec![NO_MORE_THAN_CORES, COMPUTING] }
        }
        Work::Computing => {
            let answer = "A pool with a thread for each core, and in each computation a flag that it looks at to stop";
            Advice { answer, reasons: vec![NO_MORE_THAN_CORES, COMPUTING, CANCELLING] }
        }
        Work::Blocking => {
            let mut reasons = vec![FILES, POOL_IS_SIMPLE];
            if case.cancels {
                reasons.push(CANCELLING);
                let answer =
                    "A pool of threads, whose calls have timeouts of their own, since nobody can end them from outside";
                return Advice { answer, reasons };
            }
            if !is_few {
                reasons.push(TASKS_ARE_SMALL);
                return Advice { answer: "A bounded pool of threads, and a list of what waits for it", reasons };
            }
            Advice { answer: "A pool of threads", reasons }
        }
        Work::Network if !case.has_async_libraries => match case.at_once {
            AtOnce::Thousands => {
                let (answer, runtime) = on([
                    "Async on tokio, and another library if there is any; until then each call with spawn_blocking",
                    "Async on smol rather than async-std, and another library if there is any; until then each call with unblock",
                    "Async on smol, and another library if there is any; until then each call with unblock",
                ]);
                Advice { answer, reasons: vec![TASKS_ARE_SMALL, BLOCKED_LOOP, runtime] }
            }
            _ => Advice {
                answer: "Threads: a pool, bounded by what the other side can bear",
                reasons: vec![BLOCKED_LOOP, THREADS_SUFFICE, POOL_IS_SIMPLE],
            },
        },
        Work::Network if is_few && !case.cancels => Advice {
            answer: "Threads, one for each operation",
            reasons: vec![THREADS_SUFFICE, ONE_IS_CHEAPER, SAME_PROGRAM],
        },
        Work::Network => {
            let (answer, runtime) = on([
                "Async, on tokio",
                "Async, on smol rather than async-std",
                "Async, on smol; or on tokio if a library asks for it",
            ]);
            let mut reasons = Vec::new();
            if !is_few {
                reasons.push(TASKS_ARE_SMALL);
                reasons.push(THREADS_SUFFICE);
            }
            if case.cancels {
                reasons.push(CANCELLING);
            }
            reasons.push(runtime);
            Advice { answer, reasons }
        }
    }
}
