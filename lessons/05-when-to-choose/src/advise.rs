//! Threads, a pool, or async: a few questions, and an answer with its reasons.
//!
//! Each reason names the variant that measures or shows it, and the command that runs it again on your machine. You see
//! five questions, each answered with a number; then the answer. Where standard input is no terminal, a line of it is an
//! answer, and where there are no more lines the first answer is taken. What the environment answers is not asked.
//!
//!     cargo run -p lesson-05 -- advise
//!     printf '1\n3\n1\n2\n1\n' | cargo run -p lesson-05 -- advise
//!     WORK=1 AT_ONCE=3 LIBRARIES=1 CANCEL=2 BUILT_ON=1 cargo run -p lesson-05 -- advise

mod reasons;

use std::io::{self, BufRead, Write};

use self::reasons::{Evidence, advise};
use crate::setting;

/// What a person has to say, each answer counted from 1.
const QUESTIONS: [Question; 5] = [
    Question {
        variable: "WORK",
        asks: "What does an operation do most of the time?",
        answers: &["it waits for the network", "it waits for files, or in calls that block", "it computes"],
    },
    Question {
        variable: "AT_ONCE",
        asks: "How many of them go on at once?",
        answers: &["a few, up to a hundred", "hundreds or a few thousand", "ten thousand or more"],
    },
    Question {
        variable: "LIBRARIES",
        asks: "Are there async versions of the libraries that you need?",
        answers: &["yes, or I need none", "no"],
    },
    Question {
        variable: "CANCEL",
        asks: "Do you have to stop an operation from outside, in the middle?",
        answers: &["yes", "no"],
    },
    Question {
        variable: "BUILT_ON",
        asks: "What do these libraries, or your program, build on already?",
        answers: &["tokio", "async-std", "neither"],
    },
];

struct Question {
    /// The environment variable that answers it.
    variable: &'static str,
    asks: &'static str,
    answers: &'static [&'static str],
}

/// What has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    work: Work,
    at_once: AtOnce,
    has_async_libraries: bool,
    cancels: bool,
    built_on: BuiltOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Network,
    Blocking,
    Computing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtOnce {
    Few,
    Hundreds,
    Thousands,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BuiltOn {
    Tokio,
    AsyncStd,
    Neither,
}

pub fn main() -> Result<(), String> {
    let mut chosen = [0; QUESTIONS.len()];
    for (chosen, question) in chosen.iter_mut().zip(&QUESTIONS) {
        let most = question.answers.len();
        *chosen = match setting::given(question.variable) {
            Some(_) => setting::number(question.variable, 1..=most, most)?,
            None => question.ask(&mut io::stdin().lock())?,
        };
    }
    let advice = advise(Case::from_answers(chosen));
    println!("{}.", advice.answer);
    for reason in advice.reasons {
        let Evidence { lesson, variant } = reason.evidence;
        println!("\n- {}", reason.says);
        println!("  See for yourself: cargo run -p {lesson} -- {variant}");
    }
    Ok(())
}

impl Question {
    /// Asks until there is an answer, or nobody to give one.
    fn ask(&self, input: &mut impl BufRead) -> Result<usize, String> {
        println!("{}", self.asks);
        for (number, answer) in (1..).zip(self.answers) {
            println!("  {number}  {answer}");
        }
        let most = self.answers.len();
        loop {
            print!("1 to {most}: ");
            // What can't be shown ends the program anyway, with the next line.
            let _ = io::stdout().flush();
            let mut line = String::new();
            let read = input.read_line(&mut line).map_err(|error| format!("cannot read an answer: {error}"))?;
            match line.trim().parse() {
                Ok(number) if (1..=most).contains(&number) => {
                    println!();
                    return Ok(number);
                }
                _ if read > 0 => (),
                _ => {
                    println!("nobody answers; 1, then\n");
                    return Ok(1);
                }
            }
        }
    }
}

impl Case {
    /// What the numbers mean, each of which has to be that of an answer.
    fn from_answers([work, at_once, libraries, cancel, built_on]: [usize; QUESTIONS.len()]) -> Self {
        Self {
            work: [Work::Network, Work::Blocking, Work::Computing][work - 1],
            at_once: [AtOnce::Few, AtOnce::Hundreds, AtOnce::Thousands][at_once - 1],
            has_async_libraries: libraries == 1,
            cancels: cancel == 1,
            built_on: [BuiltOn::Tokio, BuiltOn::AsyncStd, BuiltOn::Neither][built_on - 1],
        }
    }
}

#[cfg(test)]
mod tests;
