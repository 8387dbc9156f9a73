//! The questions, and what their answers say about a program.

/// What a person has to say.
pub const QUESTIONS: [Question; 5] = [
    Question {
        variable: "WORK",
        asks: "What does an operation do?",
        answers: &[
            Answer { word: "server", says: "It waits for clients, as a server does." },
            Answer { word: "client", says: "It waits for other servers, as a client does." },
            Answer { word: "files", says: "It waits for files, or blocks." },
            Answer { word: "computing", says: "It computes." },
            Answer { word: "both", says: "It waits for the network, and computes." },
        ],
        example: 0,
    },
    Question {
        variable: "AT_ONCE",
        asks: "How many of them go on at once?",
        answers: &[
            Answer { word: "few", says: "A few, or up to a hundred." },
            Answer { word: "hundreds", says: "Hundreds." },
            Answer { word: "thousands", says: "Thousands, or more." },
        ],
        example: 2,
    },
    Question {
        variable: "LIBRARIES",
        asks: "Which libraries do you need?",
        answers: &[
            Answer { word: "async", says: "None, or async ones." },
            Answer { word: "blocking", says: "At least one that only blocks." },
        ],
        example: 0,
    },
    Question {
        variable: "CANCEL",
        asks: "Must an operation be stopped in the middle?",
        answers: &[Answer { word: "yes", says: "Yes." }, Answer { word: "no", says: "No." }],
        example: 0,
    },
    Question {
        variable: "BUILT_ON",
        asks: "Which runtime does your program have already?",
        answers: &[
            Answer { word: "tokio", says: "tokio." },
            Answer { word: "async-std", says: "async-std." },
            Answer { word: "smol", says: "smol." },
            Answer { word: "asyncio", says: "asyncio, in Python." },
            Answer { word: "none", says: "None." },
        ],
        example: 4,
    },
];

/// A question, and the answers that there are.
#[derive(Debug)]
pub struct Question {
    /// The environment variable that answers it.
    pub variable: &'static str,
    pub asks: &'static str,
    pub answers: &'static [Answer],
    /// The place of the answer that is taken as an example.
    pub example: usize,
}

/// An answer: the word for it, and what it says.
#[derive(Debug)]
pub struct Answer {
    pub word: &'static str,
    pub says: &'static str,
}

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
    /// It is a program in Python, on asyncio.
    pub is_asyncio: bool,
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
    Nothing,
}

impl From<[usize; QUESTIONS.len()]> for Case {
    /// What the answers at these places mean.
    ///
    /// # Panics
    ///
    /// If there is no answer at one of them.
    fn from([work, at_once, libraries, cancel, built_on]: [usize; QUESTIONS.len()]) -> Self {
        Self {
            work: [Work::Server, Work::Client, Work::Files, Work::Computing, Work::Both][work],
            at_once: [AtOnce::Few, AtOnce::Hundreds, AtOnce::Thousands][at_once],
            is_blocked: [false, true][libraries],
            cancels: [true, false][cancel],
            built_on: [BuiltOn::Tokio, BuiltOn::AsyncStd, BuiltOn::Smol, BuiltOn::Nothing, BuiltOn::Nothing][built_on],
            is_asyncio: built_on == 3,
        }
    }
}
