//! Runs steps, those that wait beside those that compute, and reports on all of them at the end.

use crate::{
    context::Context,
    step::{Outcome, Step},
    steps::WAITING_STEPS,
};
use anyhow::{Result, bail};
use std::{
    panic,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

/// Runs these steps. A failure does not stop the next step: one run tells all there is to know.
pub fn run(steps: &[&Step], context: &Context<'_>) -> ExitCode {
    if run_and_report(steps, context) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A step that has run.
struct Done<'a> {
    index: usize,
    step: &'a Step,
    outcome: Result<Outcome>,
    took: Duration,
}

/// Whether nothing failed, and all of it was reported to somebody.
fn run_and_report(steps: &[&Step], context: &Context<'_>) -> bool {
    let all = || steps.iter().copied().enumerate();
    let mut done = if context.beside {
        let waits = |step: &Step| WAITING_STEPS.contains(&step.name);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| run_in_order(all().filter(|(_, step)| waits(step)), steps.len(), context));
            let mut done = run_in_order(all().filter(|(_, step)| !waits(step)), steps.len(), context);
            done.extend(waiting.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
            done
        })
    } else {
        run_in_order(all(), steps.len(), context)
    };
    done.sort_by_key(|done| done.index);
    sum_up(&done, context);
    let count = |wanted: &str| done.iter().filter(|done| word(&done.outcome) == wanted).count();
    let failed = count("failed");
    context.say(&format!("{} passed, {failed} failed, {} skipped", count("passed"), count("skipped")));
    failed == 0 && context.is_heard()
}

/// Runs these steps one after another, for as long as somebody reads what we say.
fn run_in_order<'a>(
    steps: impl Iterator<Item = (usize, &'a Step)>,
    count: usize,
    context: &Context<'_>,
) -> Vec<Done<'a>> {
    let mut done = Vec::new();
    for (index, step) in steps {
        context.say(&format!("[{}/{count}] {}: {}", index + 1, step.name, step.runs));
        if !context.is_heard() {
            break;
        }
        let started = Instant::now();
        let outcome = judge((step.run)(context), context.ci);
        let took = started.elapsed();
        context.say(&format!("{} {} in {}\n", step.name, word(&outcome), seconds(took)));
        done.push(Done { index, step, outcome, took });
    }
    done
}

/// What an outcome counts as. CI is the machine that has everything, so that nothing goes untested everywhere.
fn judge(outcome: Result<Outcome>, ci: bool) -> Result<Outcome> {
    match outcome? {
        Outcome::Skipped(why) if ci => bail!("CI skips nothing: {why}"),
        outcome => Ok(outcome),
    }
}

/// A row for every step, and under it the reason if it did not pass.
fn sum_up(done: &[Done<'_>], context: &Context<'_>) {
    let width = done.iter().map(|done| done.step.name.len()).max().unwrap_or(0);
    context.say("Steps");
    for Done { step, outcome, took, .. } in done {
        context.say(&format!("  {:width$}  {:7}  {:>9}", step.name, word(outcome), seconds(*took)));
        let why = match outcome {
            Ok(Outcome::Passed) => String::new(),
            Ok(Outcome::Skipped(why)) => why.clone(),
            Err(why) => format!("{why:#}"),
        };
        why.lines().for_each(|line| context.say(&format!("      {line}")));
        if outcome.is_err() {
            context.say(&format!("      alone: cargo xtask {}", step.name));
        }
    }
    context.say("");
}

fn word(outcome: &Result<Outcome>) -> &'static str {
    match outcome {
        Ok(Outcome::Passed) => "passed",
        Ok(Outcome::Skipped(_)) => "skipped",
        Err(_) => "failed",
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{self, Write},
        sync::Barrier,
    };

    const GOOD: Step = Step { name: "good", about: "", runs: "cargo good", run: |_| Ok(Outcome::Passed) };
    const BAD: Step = Step {
        name: "bad",
        about: "",
        runs: "cargo bad",
        run: |context| {
            context.say("(bad speaks)");
            bail!("first reason\nsecond reason")
        },
    };
    const ABSENT: Step =
        Step { name: "absent", about: "", runs: "cargo absent", run: |_| Ok(Outcome::Skipped("install it".into())) };

    /// Whether it went well, and the report with every time replaced by `T`.
    fn report(steps: &[&Step], ci: bool) -> (bool, String) {
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        context.ci = ci;
        let well = run_and_report(steps, &context);
        drop(context);
        let text = String::from_utf8(out).expect("a report is UTF-8");
        (well, text.lines().map(without_time).collect())
    }

    fn without_time(line: &str) -> String {
        match line.strip_suffix(" s") {
            Some(line) => line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned() + "T\n",
            None => format!("{line}\n"),
        }
    }

    #[test]
    fn a_whole_report() {
        let (well, text) = report(&[&GOOD, &BAD, &ABSENT], false);
        assert!(!well);
        assert_eq!(
            text,
            "[1/3] good: cargo good\n\
             good passed in T\n\
             \n\
             [2/3] bad: cargo bad\n\
             (bad speaks)\n\
             bad failed in T\n\
             \n\
             [3/3] absent: cargo absent\n\
             absent skipped in T\n\
             \n\
             Steps\n  good    passed       T\n  bad     failed       T\n      first reason\n      second reason\n      \
             alone: cargo xtask bad\n  absent  skipped      T\n      install it\n\
             \n\
             1 passed, 1 failed, 1 skipped\n"
        );
    }

    #[test]
    fn a_skip_is_a_failure_in_ci_and_nowhere_else() {
        let (well, text) = report(&[&GOOD, &ABSENT], false);
        assert!(well);
        assert_eq!(text.lines().last(), Some("1 passed, 0 failed, 1 skipped"));

        let (well, text) = report(&[&ABSENT], true);
        assert!(!well);
        assert!(text.contains("CI skips nothing: install it\n"), "{text}");
        assert!(text.contains("alone: cargo xtask absent\n"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 1 failed, 0 skipped"));
        assert!(report(&[&GOOD], true).0);
        assert!(!report(&[&BAD], true).0);
    }

    #[test]
    fn a_step_that_waits_runs_beside_the_others_and_is_reported_in_its_place() {
        // Each ends only when both have begun.
        static BOTH: Barrier = Barrier::new(2);
        let meet = |_: &Context<'_>| {
            BOTH.wait();
            Ok(Outcome::Passed)
        };
        let waits = Step { name: WAITING_STEPS[0], about: "", runs: "", run: meet };
        let computes = Step { name: "computes", about: "", runs: "", run: meet };
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        context.beside = true;
        assert!(run_and_report(&[&waits, &computes, &GOOD], &context));
        drop(context);
        let text = String::from_utf8(out).expect("a report is UTF-8");
        let rows: Vec<_> = text.lines().skip_while(|line| *line != "Steps").skip(1).take(3).collect();
        for (row, step) in rows.iter().zip([&waits, &computes, &GOOD]) {
            assert!(row.starts_with(&format!("  {} ", step.name)), "{text}");
        }
    }

    #[test]
    fn nothing_more_runs_when_nobody_listens() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let never = Step { name: "never", about: "", runs: "", run: |_| panic!("this step must not run") };
        let mut out = Closed;
        assert!(!run_and_report(&[&never], &Context::from_env(&mut out)));
    }
}
