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
    case::{Answer, Case, QUESTIONS, Question},
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
    let mut set = [None; QUESTIONS.len()];
    for (set, question) in set.iter_mut().zip(&QUESTIONS) {
        *set = question.setting()?;
    }
    let mut chosen = [0; QUESTIONS.len()];
    for ((chosen, set), question) in chosen.iter_mut().zip(set).zip(&QUESTIONS) {
        *chosen = match set {
            Some(place) => place,
            None if is_example => question.example,
            None => question.ask(&mut io::stdin().lock(), &mut io::stderr())?,
        };
    }
    if is_example {
        println!("Not interactive, so here is an example: a chat for thousands.\n");
    }
    for (chosen, question) in chosen.into_iter().zip(&QUESTIONS) {
        let answer = &question.answers[chosen];
        println!("{:<18} {} {}", format!("{}={}", question.variable, answer.word), question.asks, answer.says);
    }
    show(&advise(Case::from(chosen)), &Recordings::of_the_book());
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

impl Question {
    /// The place of the answer that is set, if one is.
    fn setting(&self) -> Result<Option<usize>, String> {
        let Some(said) = setting::given(self.variable) else { return Ok(None) };
        self.understand(&said).map(Some).ok_or_else(|| self.not_understood(&said))
    }

    /// Asks until there is an answer, or nobody to give one. Gives the place of the answer.
    fn ask(&self, input: &mut impl BufRead, asking: &mut impl Write) -> Result<usize, String> {
        let line = |(number, answer): (usize, &Answer)| format!("  {number}  {:<10} {}\n", answer.word, answer.says);
        let answers: String = (1..).zip(self.answers).map(line).collect();
        let mut ask = format!("{}\n{answers}", self.asks);
        loop {
            // Whoever can't see the question can still have read it in `--help`.
            let _ = write!(asking, "{ask}> ").and_then(|()| asking.flush());
            let mut line = String::new();
            let read = input.read_line(&mut line).map_err(|error| format!("cannot read an answer: {error}"))?;
            if let Some(place) = self.understand(&line) {
                let _ = writeln!(asking);
                return Ok(place);
            }
            if read == 0 {
                let _ = writeln!(asking);
                return Err(self.not_answered());
            }
            ask = format!(
                "That is none of the answers. Write a number from 1 to {}, or one of the words.\n",
                self.answers.len()
            );
        }
    }

    /// The place of the answer that is meant by its number or its word.
    fn understand(&self, said: &str) -> Option<usize> {
        let said = said.trim();
        let number = said.parse().ok().filter(|number| (1..=self.answers.len()).contains(number));
        let word = || self.answers.iter().position(|answer| answer.word.eq_ignore_ascii_case(said));
        number.map(|number| number - 1).or_else(word)
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
        let settings = self.answers.iter().map(|answer| format!("{option}{}={}", self.variable, answer.word));
        let settings: Vec<_> = settings.collect();
        let (last, others) = settings.split_last().expect("a question has answers");
        format!("{} or {last}", others.join(", "))
    }
}

#[cfg(test)]
mod tests;
