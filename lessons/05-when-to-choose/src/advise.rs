//! Threads, a pool, or async: five questions, and an answer with its reasons.
//!
//! Each reason names the program that measures or shows it, what the book's recording of that says, the page that tells of
//! it, and the command that measures it on your machine. You are asked on standard error, and answer with a number or with
//! the word beside it. What has been answered beforehand is not asked. On a tour and in a recording nobody is asked: there
//! you see an example.
//!
//!     cargo run -p lesson-05 -- advise
//!     cargo run -p lesson-05 -- advise --set WORK=files --set AT_ONCE=few

mod case;
mod figure;
mod reasons;

use std::io::{self, BufRead, Write};

use lesson_kit::is_recorded;

use self::{
    case::{AT_ONCE, BUILT_ON, CANCEL, Case, LIBRARIES, Question, WORK},
    figure::Recordings,
    reasons::{Advice, Reason, advise},
};
use crate::setting;

/// The columns that a line of text may take.
const WIDTH: usize = 79;

pub fn main() -> Result<(), String> {
    // On a tour there is no prompt.
    let is_example = is_recorded();
    // First what is set. If some of it is wrong, nobody is to have answered in vain.
    let work = WORK.setting()?;
    let at_once = AT_ONCE.setting()?;
    let is_blocked = LIBRARIES.setting()?;
    let cancels = CANCEL.setting()?;
    let built_on = BUILT_ON.setting()?;
    let case = Case {
        work: WORK.settle(work, is_example)?,
        at_once: AT_ONCE.settle(at_once, is_example)?,
        is_blocked: LIBRARIES.settle(is_blocked, is_example)?,
        cancels: CANCEL.settle(cancels, is_example)?,
        built_on: BUILT_ON.settle(built_on, is_example)?,
    };
    if is_example {
        println!("Not interactive, so here is an example: a chat for thousands.\n");
    }
    WORK.show(case.work);
    AT_ONCE.show(case.at_once);
    LIBRARIES.show(case.is_blocked);
    CANCEL.show(case.cancels);
    BUILT_ON.show(case.built_on);
    show(&advise(case), &Recordings::of_the_book());
    if is_example {
        println!("\nFor a program of yours: cargo run -p {} -- advise", env!("CARGO_PKG_NAME"));
    }
    Ok(())
}

fn show(advice: &Advice, recordings: &Recordings) {
    println!("\n{}", wrapped(&format!("{}.", advice.answer), ""));
    for reason in &advice.reasons {
        let Reason { says, measured, lesson, variants, page, .. } = reason;
        println!("\n{}", wrapped(says, "  ").replacen(' ', "-", 1));
        if let Some(measured) = recordings.fill_in(measured, reason.figures) {
            println!("{}", wrapped(&format!("Measured: {measured}."), "  "));
        }
        let release = if reason.is_optimised { " --release" } else { "" };
        println!("  Measure it: cargo run -p {lesson}{release} -- {variants}");
        println!("  Read on: book/src/{page}.md");
    }
    if let Some(machine) = recordings.machine() {
        println!("\nThe figures are those of the book, measured on {machine}.");
    }
}

/// `text` in lines of no more than the usual width, each after `indent`.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always one");
        if *line == indent {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= WIDTH {
            *line += " ";
            *line += word;
        } else {
            lines.push(format!("{indent}{word}"));
        }
    }
    lines.join("\n")
}

impl<A: Copy + PartialEq> Question<A> {
    /// The answer that is set, if one is.
    fn setting(&self) -> Result<Option<A>, String> {
        let Some(said) = setting::given(self.variable) else { return Ok(None) };
        self.understand(&said).map(Some).ok_or_else(|| self.not_understood(&said))
    }

    /// The answer that is set, the one for an example, or what a person answers.
    fn settle(&self, set: Option<A>, is_example: bool) -> Result<A, String> {
        match set {
            Some(answer) => Ok(answer),
            None if is_example => Ok(self.example),
            None => self.ask(&mut io::stdin().lock(), &mut io::stderr()),
        }
    }

    /// Shows what was answered, with the setting that says the same.
    fn show(&self, answer: A) {
        let answer = self.answers.iter().find(|(other, ..)| *other == answer);
        let (_, word, says) = answer.expect("it is one of the answers");
        println!("{:<18} {} {says}", format!("{}={word}", self.variable), self.asks);
    }

    /// Asks until there is an answer, or nobody to give one.
    fn ask(&self, input: &mut impl BufRead, out: &mut impl Write) -> Result<A, String> {
        let line = |(number, answer): (usize, &(A, &str, &str))| {
            let (_, word, says) = answer;
            format!("  {number}  {word:<10} {says}\n")
        };
        let answers: String = (1..).zip(self.answers).map(line).collect();
        let mut ask = format!("{}\n{answers}", self.asks);
        loop {
            // Whoever can't see the question can still have read it in `--help`.
            let _ = write!(out, "{ask}> ").and_then(|()| out.flush());
            let mut line = String::new();
            let read = input.read_line(&mut line).map_err(|error| format!("cannot read an answer: {error}"))?;
            if let Some(answer) = self.understand(&line) {
                let _ = writeln!(out);
                return Ok(answer);
            }
            if read == 0 {
                let _ = writeln!(out);
                return Err(self.not_answered());
            }
            ask = format!(
                "That is none of the answers. Write a number from 1 to {}, or one of the words.\n",
                self.answers.len()
            );
        }
    }

    /// The answer that is meant by its number or its word.
    fn understand(&self, said: &str) -> Option<A> {
        let said = said.trim();
        let number = said.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let numbered = number.and_then(|place| self.answers.get(place));
        let word = || self.answers.iter().find(|(_, word, _)| word.eq_ignore_ascii_case(said));
        numbered.or_else(word).map(|(answer, ..)| *answer)
    }

    /// That nobody answers, and the way out.
    fn not_answered(&self) -> String {
        format!("nobody answers `{}`; answer it beforehand, with {}", self.asks, self.settings("--set "))
    }

    /// That this is none of the answers, and the way out.
    fn not_understood(&self, said: &str) -> String {
        format!("{}={said} is none of the answers; write {}", self.variable, self.settings(""))
    }

    /// What would answer it: the variable with each of the words, after `option`.
    fn settings(&self, option: &str) -> String {
        let settings = self.answers.iter().map(|(_, word, _)| format!("{option}{}={word}", self.variable));
        let settings: Vec<_> = settings.collect();
        let (last, others) = settings.split_last().expect("a question has answers");
        format!("{} or {last}", others.join(", "))
    }
}

#[cfg(test)]
mod tests;
