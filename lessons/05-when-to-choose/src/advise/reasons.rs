//! The answers, and what backs them.

use super::{
    case::{AtOnce, BuiltOn, Case, Work},
    figure::{
        Figure,
        Which::{self, Cell, Run},
    },
};

/// What to take, and why.
#[derive(Debug)]
pub struct Advice {
    /// In a few words.
    pub answer: String,
    /// The one that decided first.
    pub reasons: Vec<Reason>,
}

/// Why, and who says so.
#[derive(Debug, Clone, Copy)]
pub struct Reason {
    pub says: &'static str,
    /// What the recordings say, with `{}` in the place of each figure.
    pub measured: &'static str,
    pub figures: &'static [Figure],
    /// The package of the lesson whose variants measure or show it.
    pub lesson: &'static str,
    /// The names of these variants, with a space between them.
    pub variants: &'static str,
    /// Whether they say more when they are built with optimisation.
    pub is_optimised: bool,
    /// The page of the book that tells of it, below `book/src`.
    pub page: &'static str,
}

const fn figure(lesson: &'static str, variant: &'static str, which: Which) -> Figure {
    Figure { of: (lesson, variant), which }
}

const NO_MORE_THAN_CORES: Reason = Reason {
    says: "What computes gains little from more threads than there are cores.",
    measured: "two threads were {} times as fast as one, and eight {} times",
    figures: &[
        figure("lesson-03", "cpu-sweep", Cell("threads, 2", "speedup")),
        figure("lesson-03", "cpu-sweep", Cell("threads, 8", "speedup")),
    ],
    lesson: "lesson-03",
    variants: "cpu-sweep",
    is_optimised: true,
    page: "03-io-comparison/cpu",
};

const COMPUTING_FREEZES: Reason = Reason {
    says: "A task that computes freezes all that share its thread, so it needs a thread of its own.",
    measured: "a spinner drew {} frames beside a task that computes, and {} with the same on another thread",
    figures: &[
        figure("lesson-03", "cpu-blocks", Run("frames")),
        figure("lesson-03", "cpu-offload-tokio", Run("frames")),
    ],
    lesson: "lesson-03",
    variants: "cpu-blocks cpu-offload-tokio",
    is_optimised: false,
    page: "03-io-comparison/cpu",
};

const A_POOL_IS_ENOUGH: Reason = Reason {
    says: "The async version of a call that blocks is the same call on a pool of threads, with a runtime beside it.",
    measured: "a small script had {} threads with a pool, and {} as tasks",
    figures: &[
        figure("lesson-05", "scripts", Cell("script-pool", "threads")),
        figure("lesson-05", "scripts", Cell("script-async", "threads")),
    ],
    lesson: "lesson-05",
    variants: "scripts",
    is_optimised: true,
    page: "05-when-to-choose/script",
};

const FEW_ARE_AS_FAST: Reason = Reason {
    says: "With a hundred at once or fewer, threads wait as well as tasks do.",
    measured: "a hundred downloads took {} on threads, and {} as tasks of tokio",
    figures: &[
        figure("lesson-03", "strategies", Cell("threads, 100", "elapsed")),
        figure("lesson-03", "strategies", Cell("tokio, 100", "elapsed")),
    ],
    lesson: "lesson-03",
    variants: "strategies",
    is_optimised: true,
    page: "03-io-comparison/strategies",
};

const ONE_IS_CHEAP: Reason = Reason {
    says: "For a single thing that waits, a thread takes the least CPU time.",
    measured: "{} on a thread, {} on tokio, {} on async-std, {} on smol",
    figures: &[
        figure("lesson-01", "threads", Run("cpu")),
        figure("lesson-01", "tokio", Run("cpu")),
        figure("lesson-01", "async-std", Run("cpu")),
        figure("lesson-01", "smol", Run("cpu")),
    ],
    lesson: "lesson-01",
    variants: "threads tokio async-std smol",
    is_optimised: false,
    page: "01-threads-vs-coroutines/key-differences",
};

const HUNDREDS_TAKE_MEMORY: Reason = Reason {
    says: "With hundreds, threads still keep up, but take more memory and a good deal of the system.",
    measured: "a thousand downloads took {} on threads and {} on tokio, the program included",
    figures: &[
        figure("lesson-03", "strategies", Cell("threads, 1000", "memory")),
        figure("lesson-03", "strategies", Cell("tokio, 1000", "memory")),
    ],
    lesson: "lesson-03",
    variants: "strategies",
    is_optimised: true,
    page: "03-io-comparison/strategies",
};

const TASKS_ARE_SMALL: Reason = Reason {
    says: "A thread that only waits takes many times the memory of such a task, and the system's limits end threads first.",
    measured: "{} threads at once took {} each, and {} tasks on tokio took {} each",
    figures: &[
        figure("lesson-05", "million", Cell("threads", "spinners")),
        figure("lesson-05", "million", Cell("threads", "each")),
        figure("lesson-05", "million", Cell("tokio current_thread", "spinners")),
        figure("lesson-05", "million", Cell("tokio current_thread", "each")),
    ],
    lesson: "lesson-05",
    variants: "million",
    is_optimised: true,
    page: "05-when-to-choose/million",
};

const A_SERVER: Reason = Reason {
    says: "At how many clients tasks begin to serve more than threads is measured, and \
           depends on the machine.",
    measured: "with a thousand clients, a server on threads answered at a rate of {}, and one on tokio at {}",
    figures: &[
        figure("lesson-05", "load", Cell("http-threads, 1000", "served")),
        figure("lesson-05", "load", Cell("http-tokio, 1000", "served")),
    ],
    lesson: "lesson-05",
    variants: "load",
    is_optimised: true,
    page: "05-when-to-choose/load",
};

const A_CLIENT: Reason = Reason {
    says: "A server refuses a client that asks for too much at once. So the client keeps to a bound, \
           and asks again.",
    measured: "",
    figures: &[],
    lesson: "lesson-03",
    variants: "bounded-threads bounded-tokio",
    is_optimised: false,
    page: "03-io-comparison/bounded",
};

const ASYNCIO_WAITS_AS_WELL: Reason = Reason {
    says: "asyncio waits as well as a runtime in Rust does.",
    measured: "the spinner's run took {} with asyncio, the start of the interpreter included, and {} \
               with tokio",
    figures: &[figure("lesson-01", "python-asyncio", Run("elapsed")), figure("lesson-01", "tokio", Run("elapsed"))],
    lesson: "lesson-01",
    variants: "python-asyncio tokio",
    is_optimised: false,
    page: "01-threads-vs-coroutines/key-differences",
};

const ASYNCIO_TAKES_CPU: Reason = Reason {
    says: "What a move to Rust saves is CPU time. It pays off when the one core that runs the loop \
           is busy.",
    measured: "the same downloads took {} of CPU time with asyncio, the start of the interpreter \
               included, and {} with tokio",
    figures: &[figure("lesson-03", "python-asyncio", Run("cpu")), figure("lesson-03", "tokio", Run("cpu"))],
    lesson: "lesson-03",
    variants: "python-asyncio tokio",
    is_optimised: false,
    page: "03-io-comparison/downloads",
};

const ASYNCIO_SERVES: Reason = Reason {
    says: "How many requests one core answers on asyncio, and on uvloop, is measured beside the \
           servers in Rust.",
    measured: "with a thousand clients, a server on asyncio answered at a rate of {}, and one on tokio at {}",
    figures: &[
        figure("lesson-05", "load", Cell("asyncio, 1000", "served")),
        figure("lesson-05", "load", Cell("http-tokio, 1000", "served")),
    ],
    lesson: "lesson-05",
    variants: "load",
    is_optimised: true,
    page: "05-when-to-choose/load",
};

const ASYNCIO_TASKS_ARE_SMALL_ENOUGH: Reason = Reason {
    says: "What only waits can wait on asyncio by the hundred thousand. A task there is larger than \
           one in Rust, and smaller than a thread.",
    measured: "a spinner took {} on asyncio, {} on tokio, and {} as a thread",
    figures: &[
        figure("lesson-05", "million", Cell("asyncio", "each")),
        figure("lesson-05", "million", Cell("tokio current_thread", "each")),
        figure("lesson-05", "million", Cell("threads", "each")),
    ],
    lesson: "lesson-05",
    variants: "million",
    is_optimised: true,
    page: "05-when-to-choose/decision",
};

const THE_LOCK_LETS_ONE_COMPUTE: Reason = Reason {
    says: "The interpreter's lock lets one thread compute at a time. Processes have a lock each, and \
           Rust has none.",
    measured: "two threads of Python were {} times as fast as one, two processes {} times, and two \
               threads of Rust {} times",
    figures: &[
        figure("lesson-03", "cpu-sweep", Cell("python threads, 2", "speedup")),
        figure("lesson-03", "cpu-sweep", Cell("python processes, 2", "speedup")),
        figure("lesson-03", "cpu-sweep", Cell("threads, 2", "speedup")),
    ],
    lesson: "lesson-03",
    variants: "cpu-sweep",
    is_optimised: true,
    page: "03-io-comparison/cpu",
};

const PYTHON_READS_FILES_IN_A_POOL: Reason = Reason {
    says: "Where the calls block, a pool of threads does the work in Python too, with asyncio or \
           without.",
    measured: "a small script took {} with a pool of Python's threads, {} with asyncio, and {} with a \
               pool in Rust",
    figures: &[
        figure("lesson-05", "scripts", Cell("python-script-pool", "elapsed")),
        figure("lesson-05", "scripts", Cell("python-script-async", "elapsed")),
        figure("lesson-05", "scripts", Cell("script-pool", "elapsed")),
    ],
    lesson: "lesson-05",
    variants: "scripts",
    is_optimised: true,
    page: "05-when-to-choose/script",
};

const A_FUTURE_IS_DROPPED: Reason = Reason {
    says: "A task can be stopped at any await. A thread that waits can't be told anything, and comes back only when its call does.",
    measured: "when the time is up, the work of a thread {}, and that of a task of tokio {}",
    figures: &[
        figure("lesson-04", "timeout", Cell("std, a channel", "the work then")),
        figure("lesson-04", "timeout", Cell("tokio", "the work then")),
    ],
    lesson: "lesson-04",
    variants: "timeout",
    is_optimised: false,
    page: "04-patterns/timeouts",
};

const THREADS_MUST_LOOK: Reason = Reason {
    says: "A thread can't be stopped from outside. It has to look at a flag, or its call must have a timeout.",
    measured: "when the time is up, the work of a thread {}",
    figures: &[figure("lesson-04", "timeout", Cell("std, a channel", "the work then"))],
    lesson: "lesson-04",
    variants: "timeout structured-threads",
    is_optimised: false,
    page: "04-patterns/structured",
};

const BLOCKING_FREEZES: Reason = Reason {
    says: "A call that blocks freezes all tasks that share its thread, so each such call has to be passed to a pool.",
    measured: "a spinner drew {} frames beside a blocking call, and {} with the call in spawn_blocking",
    figures: &[
        figure("lesson-02", "blocking", Cell("tokio current_thread, task", "frames")),
        figure("lesson-02", "blocking", Cell("tokio current_thread, spawn_blocking", "frames")),
    ],
    lesson: "lesson-02",
    variants: "blocking",
    is_optimised: false,
    page: "02-core-ideas/blocking",
};

const TOKIO_HAS_THE_LIBRARIES: Reason = Reason {
    says: "Most libraries for the network are made for tokio, and what is made for tokio needs it.",
    measured: "a socket of tokio on smol {}",
    figures: &[figure("lesson-04", "bridging-wrong", Cell("smol: a socket of tokio", "outcome"))],
    lesson: "lesson-04",
    variants: "bridging-wrong",
    is_optimised: false,
    page: "03-io-comparison/downloads",
};

const ASYNC_STD_HAS_ENDED: Reason = Reason {
    says: "async-std is no longer maintained (RUSTSEC-2025-0052). smol is what it stands on, and the programs differ little.",
    measured: "",
    figures: &[],
    lesson: "lesson-05",
    variants: "chat-async-std chat-smol",
    is_optimised: false,
    page: "appendix/async-std",
};

const SMOL_SHARES: Reason = Reason {
    says: "smol can run all tasks on one thread, where they share data without a lock.",
    measured: "a thousand downloads took {} threads on smol, one of which watches the sockets",
    figures: &[figure("lesson-03", "strategies", Cell("smol, 1000", "threads"))],
    lesson: "lesson-05",
    variants: "chat-smol",
    is_optimised: false,
    page: "05-when-to-choose/chat",
};

/// The advice for a case. A program on asyncio has advice of its own: the other functions meet none.
pub fn advise(case: Case) -> Advice {
    match case.work {
        _ if case.built_on == BuiltOn::Asyncio => stay_or_move(case),
        Work::Computing => compute(case),
        Work::Files => block(case),
        Work::Server | Work::Client => use_the_network(case),
        Work::Both => wait_and_compute(case),
    }
}

fn use_the_network(case: Case) -> Advice {
    if case.is_blocked {
        wait_in_calls_that_block(case)
    } else if is_easy(case) {
        Advice { answer: "Threads, one for each operation".to_owned(), reasons: vec![FEW_ARE_AS_FAST, ONE_IS_CHEAP] }
    } else {
        wait(case)
    }
}

fn wait_and_compute(case: Case) -> Advice {
    let Advice { answer, reasons } = use_the_network(case);
    let answer = format!("{answer}; and what computes gets a pool with a thread for each core");
    let is_on_threads = if case.is_blocked {
        case.built_on == BuiltOn::Nothing && case.at_once != AtOnce::Thousands
    } else {
        is_easy(case)
    };
    let mut reasons = [vec![NO_MORE_THAN_CORES], reasons].concat();
    if !is_on_threads {
        reasons.insert(0, COMPUTING_FREEZES);
    }
    if case.cancels && !case.is_blocked {
        reasons.push(THREADS_MUST_LOOK);
    }
    Advice { answer, reasons }
}

fn stay_or_move(case: Case) -> Advice {
    let answer = match (case.work, case.at_once) {
        (Work::Computing, _) => "Stay on asyncio, with processes for what computes, or move that alone to Rust",
        (Work::Files, _) => "Stay on asyncio, and pass the calls that block to to_thread",
        (_, AtOnce::Thousands) => "Stay on asyncio until one core is not enough, then move to tokio",
        _ => "Stay on asyncio",
    };
    let mut answer = answer.to_owned();
    let mut reasons = match case.work {
        Work::Computing => vec![THE_LOCK_LETS_ONE_COMPUTE, COMPUTING_FREEZES],
        Work::Files => vec![PYTHON_READS_FILES_IN_A_POOL, BLOCKING_FREEZES],
        Work::Server | Work::Client | Work::Both => vec![ASYNCIO_WAITS_AS_WELL, ASYNCIO_TAKES_CPU],
    };
    if case.work == Work::Server {
        reasons.push(ASYNCIO_SERVES);
    }
    if matches!(case.work, Work::Server | Work::Client) && case.at_once == AtOnce::Thousands {
        reasons.push(ASYNCIO_TASKS_ARE_SMALL_ENOUGH);
    }
    let is_on_the_network = !matches!(case.work, Work::Computing | Work::Files);
    if case.work == Work::Both {
        answer += "; what computes gets processes, or moves to Rust";
        reasons.push(THE_LOCK_LETS_ONE_COMPUTE);
    }
    if is_on_the_network && case.is_blocked {
        answer += "; the calls that block are passed to to_thread";
        reasons.push(BLOCKING_FREEZES);
    }
    if case.cancels {
        reasons.push(if is_on_the_network && !case.is_blocked { A_FUTURE_IS_DROPPED } else { THREADS_MUST_LOOK });
    }
    Advice { answer, reasons }
}

/// Whether tasks would bring nothing: there is no runtime yet, and nothing that asks for one.
fn is_easy(case: Case) -> bool {
    case.at_once == AtOnce::Few && !case.cancels && case.built_on == BuiltOn::Nothing
}

fn compute(case: Case) -> Advice {
    let mut answer = "A pool with a thread for each core".to_owned();
    let mut reasons = vec![NO_MORE_THAN_CORES, COMPUTING_FREEZES];
    if case.built_on != BuiltOn::Nothing {
        answer += " beside the runtime, and tasks that await its answers";
    }
    if case.cancels {
        answer += "; what computes looks at a flag now and then, to be stopped";
        reasons.push(THREADS_MUST_LOOK);
    }
    Advice { answer, reasons }
}

fn block(case: Case) -> Advice {
    let mut answer = match case.built_on {
        BuiltOn::Tokio => "The runtime's pool for calls that block, by spawn_blocking, and a bound of your own",
        BuiltOn::AsyncStd => "The pool for calls that block, by spawn_blocking, and a bound of your own",
        BuiltOn::Smol => "The pool for calls that block, by unblock, and a bound of your own",
        BuiltOn::Asyncio | BuiltOn::Nothing => "A pool of threads",
    }
    .to_owned();
    let mut reasons = vec![A_POOL_IS_ENOUGH];
    if case.built_on != BuiltOn::Nothing {
        reasons.push(BLOCKING_FREEZES);
    }
    if case.at_once != AtOnce::Few {
        answer += "; most of the operations wait in a queue";
        reasons.push(TASKS_ARE_SMALL);
    }
    if case.cancels {
        answer += "; the calls get timeouts of their own, since nobody can end them";
        reasons.push(THREADS_MUST_LOOK);
    }
    if case.built_on == BuiltOn::AsyncStd {
        reasons.push(ASYNC_STD_HAS_ENDED);
    }
    if reasons.len() == 1 {
        reasons.push(FEW_ARE_AS_FAST);
    }
    Advice { answer, reasons }
}

fn wait_in_calls_that_block(case: Case) -> Advice {
    if case.at_once == AtOnce::Thousands {
        let (answer, runtime) = match case.built_on {
            BuiltOn::Tokio | BuiltOn::Asyncio | BuiltOn::Nothing => ("Async on tokio", TOKIO_HAS_THE_LIBRARIES),
            BuiltOn::AsyncStd => ("Async on smol rather than async-std", ASYNC_STD_HAS_ENDED),
            BuiltOn::Smol => ("Async on smol", SMOL_SHARES),
        };
        let answer = format!(
            "{answer}, and another library. With this one each call holds a thread of a pool, and there can't be thousands"
        );
        let mut reasons = vec![TASKS_ARE_SMALL, BLOCKING_FREEZES, runtime];
        reasons.extend(case.cancels.then_some(THREADS_MUST_LOOK));
        return Advice { answer, reasons };
    }
    let mut answer = match case.built_on {
        BuiltOn::Asyncio | BuiltOn::Nothing => "Threads: a pool, with a bound that the other side can bear",
        BuiltOn::Tokio => "The runtime, and each call that blocks in spawn_blocking, with a bound",
        BuiltOn::AsyncStd => "smol rather than async-std, and each call that blocks in unblock, with a bound",
        BuiltOn::Smol => "The runtime, and each call that blocks in unblock, with a bound",
    }
    .to_owned();
    let mut reasons = vec![BLOCKING_FREEZES];
    reasons.push(if case.at_once == AtOnce::Few { FEW_ARE_AS_FAST } else { HUNDREDS_TAKE_MEMORY });
    if case.cancels {
        answer += "; the calls get timeouts of their own, since nobody can end them";
        reasons.push(THREADS_MUST_LOOK);
    }
    if case.built_on == BuiltOn::AsyncStd {
        reasons.push(ASYNC_STD_HAS_ENDED);
    }
    Advice { answer, reasons }
}

fn wait(case: Case) -> Advice {
    let (answer, runtime) = match case.built_on {
        BuiltOn::Tokio => ("Async, on tokio", TOKIO_HAS_THE_LIBRARIES),
        BuiltOn::AsyncStd => ("Async, on smol rather than async-std", ASYNC_STD_HAS_ENDED),
        BuiltOn::Smol => ("Async, on smol", SMOL_SHARES),
        BuiltOn::Asyncio | BuiltOn::Nothing => {
            ("Async: on tokio, or on smol if no library that you need asks for tokio", TOKIO_HAS_THE_LIBRARIES)
        }
    };
    let mut reasons = match case.at_once {
        AtOnce::Few => vec![],
        AtOnce::Hundreds => vec![HUNDREDS_TAKE_MEMORY],
        AtOnce::Thousands => vec![TASKS_ARE_SMALL],
    };
    let mut answer = answer.to_owned();
    match (case.work, case.at_once) {
        (_, AtOnce::Few) => {}
        (Work::Client, _) => {
            answer += ", with a bound that the other side can bear";
            reasons.push(A_CLIENT);
        }
        (Work::Server, _) => reasons.push(A_SERVER),
        _ => {}
    }
    reasons.extend(case.cancels.then_some(A_FUTURE_IS_DROPPED));
    if reasons.is_empty() {
        reasons.push(FEW_ARE_AS_FAST);
        let why = if case.built_on == BuiltOn::AsyncStd { "" } else { ", since it is there" };
        let answer = format!("{answer}{why}; threads would do as well");
        return Advice { answer, reasons: [reasons, vec![runtime]].concat() };
    }
    reasons.push(runtime);
    if case.built_on == BuiltOn::Nothing {
        reasons.push(SMOL_SHARES);
    }
    Advice { answer, reasons }
}
