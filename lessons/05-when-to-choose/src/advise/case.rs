//! The questions, and what their answers say about a program.

/// A question, and the answers that there are.
#[derive(Debug)]
pub struct Question<A: 'static> {
    /// The environment variable that answers it.
    pub variable: &'static str,
    pub asks: &'static str,
    /// Each with the word for it, and with what it says.
    pub answers: &'static [(A, &'static str, &'static str)],
    /// What is taken as an example.
    pub example: A,
}

pub const WORK: Question<Work> = Question {
    variable: "WORK",
    asks: "What does an operation do?",
    answers: &[
        (Work::Server, "server", "It waits for clients, as a server does."),
        (Work::Client, "client", "It waits for other servers, as a client does."),
        (Work::Files, "files", "It waits for files, or blocks."),
        (Work::Computing, "computing", "It computes."),
        (Work::Both, "both", "It waits for the network, and computes."),
    ],
    example: Work::Server,
};

pub const AT_ONCE: Question<AtOnce> = Question {
    variable: "AT_ONCE",
    asks: "How many of them go on at once?",
    answers: &[
        (AtOnce::Few, "few", "A few, or up to a hundred."),
        (AtOnce::Hundreds, "hundreds", "Hundreds."),
        (AtOnce::Thousands, "thousands", "Thousands, or more."),
    ],
    example: AtOnce::Thousands,
};

/// Whether a library that is needed only blocks.
pub const LIBRARIES: Question<bool> = Question {
    variable: "LIBRARIES",
    asks: "Which libraries do you need?",
    answers: &[(false, "async", "None, or async ones."), (true, "blocking", "At least one that only blocks.")],
    example: false,
};

/// Whether operations have to be stopped from outside.
pub const CANCEL: Question<bool> = Question {
    variable: "CANCEL",
    asks: "Must an operation be stopped in the middle?",
    answers: &[(true, "yes", "Yes."), (false, "no", "No.")],
    example: true,
};

pub const BUILT_ON: Question<BuiltOn> = Question {
    variable: "BUILT_ON",
    asks: "Which runtime does your program have already?",
    answers: &[
        (BuiltOn::Tokio, "tokio", "tokio."),
        (BuiltOn::AsyncStd, "async-std", "async-std."),
        (BuiltOn::Smol, "smol", "smol."),
        (BuiltOn::Asyncio, "asyncio", "asyncio, in Python."),
        (BuiltOn::Nothing, "none", "None."),
    ],
    example: BuiltOn::Nothing,
};

/// What has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub work: Work,
    pub at_once: AtOnce,
    /// A library that is needed only blocks.
    pub is_blocked: bool,
    /// Operations have to be stopped from outside.
    pub cancels: bool,
    pub built_on: BuiltOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Server,
    Client,
    Files,
    Computing,
    /// The network, and computing.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtOnce {
    Few,
    Hundreds,
    Thousands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltOn {
    Tokio,
    AsyncStd,
    Smol,
    /// It is a program in Python.
    Asyncio,
    Nothing,
}
