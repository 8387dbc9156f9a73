//! Runs steps, some of them beside others, and reports on all of them at the end.

use crate::{
    context::Context,
    gathered::Gathered,
    steps::{Company, Outcome, Step},
};
use std::{
    process::ExitCode,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// Runs these steps. A failure does not stop the next step: one run tells all there is to know.
pub fn run(steps: &[&Step], context: &Context<'_>) -> ExitCode {
    if run_and_report(steps, context) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A step that has run.
struct Done<'a> {
    step: &'a Step,
    outcome: Outcome,
    took: Duration,
}

/// Whether nothing failed, and all of it was reported to somebody.
fn run_and_report(steps: &[&Step], context: &Context<'_>) -> bool {
    let mut report = Report { context, of: steps.len(), done: Vec::new() };
    let mut rest = steps;
    while !rest.is_empty() {
        let together = rest.iter().take_while(|step| step.company != Company::Alone).count().max(1);
        let (group, after) = rest.split_at(together);
        if !run_together(group, &mut report) {
            return false;
        }
        rest = after;
    }
    let done = report.done;
    sum_up(&done, context);
    let count = |wanted: &str| done.iter().filter(|done| word(&done.outcome) == wanted).count();
    let failed = count("failed");
    context.say(&closing_line(count("passed"), failed, count("skipped")));
    failed == 0 && context.is_heard()
}

/// Runs these steps: first those that wait, one after another, as nothing they say may mix; and beside them the others,
/// what they say gathered and shown afterwards. Gives whether somebody still listens.
fn run_together<'a>(group: &[&'a Step], report: &mut Report<'a, '_, '_>) -> bool {
    let (beside, mut waiting): (Vec<&Step>, Vec<&Step>) =
        group.iter().partition(|step| step.company == Company::Beside);
    let mut aside = Vec::new();
    if waiting.is_empty() {
        // There is nobody to run beside.
        waiting = beside;
    } else {
        aside = beside;
    }
    let context = report.context;
    let mut nowhere = Gathered::default();
    let template = context.aside(&mut nowhere);
    let is_heard = AtomicBool::new(true);
    let (ended, endings) = mpsc::channel();
    thread::scope(|scope| {
        if aside.is_empty() {
            drop(ended);
        } else {
            let names: Vec<_> = aside.iter().map(|step| step.name).collect();
            context.say(&format!("beside what follows: {}; what they say comes after it\n", names.join(", ")));
            let is_heard = &is_heard;
            scope.spawn(move || {
                for step in aside {
                    if !is_heard.load(Ordering::Relaxed) {
                        return;
                    }
                    let mut gathered = Gathered::default();
                    let done = Done::run(step, &template.aside(&mut gathered));
                    // It is gone only if nobody listens any more.
                    let _ = ended.send((done, gathered.text()));
                }
            });
        }
        for step in waiting {
            report.begin(step);
            if !context.is_heard() {
                is_heard.store(false, Ordering::Relaxed);
                return false;
            }
            report.end(Done::run(step, context));
        }
        for (done, said) in endings {
            report.begin(done.step);
            said.lines().for_each(|line| context.say(line));
            report.end(done);
            is_heard.store(context.is_heard(), Ordering::Relaxed);
        }
        context.is_heard()
    })
}

impl<'a> Done<'a> {
    fn run(step: &'a Step, context: &Context<'_>) -> Self {
        let started = Instant::now();
        let outcome = judge((step.run)(context), context.ci);
        Done { step, outcome, took: started.elapsed() }
    }
}

/// What has run, told as it goes.
struct Report<'a, 'b, 'c> {
    context: &'b Context<'c>,
    /// How many steps there are.
    of: usize,
    done: Vec<Done<'a>>,
}

impl<'a> Report<'a, '_, '_> {
    fn begin(&self, step: &Step) {
        self.context.say(&format!("[{}/{}] {}: {}", self.done.len() + 1, self.of, step.name, step.runs));
    }

    fn end(&mut self, done: Done<'a>) {
        self.context.say(&format!("{} {} in {}\n", done.step.name, word(&done.outcome), seconds(done.took)));
        self.done.push(done);
    }
}

/// What an outcome counts as. CI is the machine that has everything, so that nothing goes untested everywhere.
fn judge(outcome: Outcome, ci: bool) -> Outcome {
    match outcome {
        Outcome::Skipped(why) if ci => Outcome::Failed(format!("CI skips nothing: {why}")),
        outcome => outcome,
    }
}

/// A row for every step, and under it the reason if it did not pass.
fn sum_up(done: &[Done<'_>], context: &Context<'_>) {
    let width = done.iter().map(|done| done.step.name.len()).max().unwrap_or(0);
    context.say("Steps");
    for Done { step, outcome, took } in done {
        context.say(&format!("  {:width$}  {:7}  {:>9}", step.name, word(outcome), seconds(*took)));
        if let Outcome::Failed(why) | Outcome::Skipped(why) = outcome {
            why.lines().for_each(|line| context.say(&format!("      {line}")));
        }
        if let Outcome::Failed(_) = outcome {
            context.say(&format!("      alone: cargo xtask {}", step.name));
        }
    }
    context.say("");
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::Skipped(_) => "skipped",
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

fn closing_line(passed: usize, failed: usize, skipped: usize) -> String {
    format!("{passed} passed, {failed} failed, {skipped} skipped")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};

    const GOOD: Step =
        Step { name: "good", about: "", company: Company::Alone, runs: "cargo good", run: |_| Outcome::Passed };
    const BAD: Step = Step {
        name: "bad",
        about: "",
        company: Company::Alone,
        runs: "cargo bad",
        run: |context| {
            context.say("(bad speaks)");
            Outcome::Failed("first reason\nsecond reason".into())
        },
    };
    const ABSENT: Step = Step {
        name: "absent",
        about: "",
        company: Company::Alone,
        runs: "cargo absent",
        run: |_| Outcome::Skipped("install it".into()),
    };

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
    fn a_skip_alone_is_no_failure() {
        let (well, text) = report(&[&GOOD, &ABSENT], false);
        assert!(well);
        assert_eq!(text.lines().last(), Some("1 passed, 0 failed, 1 skipped"));
    }

    #[test]
    fn in_ci_a_skip_is_a_failure_and_says_what_to_install() {
        let (well, text) = report(&[&ABSENT], true);
        assert!(!well);
        assert!(text.contains("CI skips nothing: install it\n"), "{text}");
        assert!(text.contains("alone: cargo xtask absent\n"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 1 failed, 0 skipped"));
    }

    #[test]
    fn in_ci_the_rest_stays_as_it_is() {
        assert!(report(&[&GOOD], true).0);
        assert!(!report(&[&BAD], true).0);
    }

    #[test]
    fn steps_run_beside_each_other_and_are_shown_one_after_another() {
        static MEETING: std::sync::Barrier = std::sync::Barrier::new(2);
        let waits = Step {
            name: "waits",
            about: "",
            runs: "cargo waits",
            company: Company::Waits,
            run: |context| {
                context.say("(waits begins)");
                MEETING.wait();
                MEETING.wait();
                context.say("(waits ends)");
                Outcome::Passed
            },
        };
        let beside = Step {
            name: "beside",
            about: "",
            runs: "cargo beside",
            company: Company::Beside,
            run: |context| {
                MEETING.wait();
                context.say("(beside speaks)");
                MEETING.wait();
                Outcome::Failed("reason".into())
            },
        };
        let (well, text) = report(&[&beside, &waits, &GOOD], false);
        assert!(!well);
        assert_eq!(
            text,
            "beside what follows: beside; what they say comes after it\n\n\
             [1/3] waits: cargo waits\n(waits begins)\n(waits ends)\nwaits passed in T\n\n\
             [2/3] beside: cargo beside\n(beside speaks)\nbeside failed in T\n\n\
             [3/3] good: cargo good\ngood passed in T\n\n\
             Steps\n  waits   passed       T\n  beside  failed       T\n      reason\n      \
             alone: cargo xtask beside\n  good    passed       T\n\n\
             2 passed, 1 failed, 0 skipped\n"
        );
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
        let never = Step {
            name: "never",
            about: "",
            company: Company::Alone,
            runs: "",
            run: |_| panic!("this step must not run"),
        };
        let mut out = Closed;
        assert!(!run_and_report(&[&never], &Context::from_env(&mut out)));
    }

    #[test]
    fn closing_line_counts() {
        assert_eq!(closing_line(4, 1, 2), "4 passed, 1 failed, 2 skipped");
    }
}
