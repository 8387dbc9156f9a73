//! The step `readme`: a learner who copies a command out of README.md has a command that works.

use super::{
    Outcome, cargo_command, ending,
    fences::{self, Shown},
};
use crate::{
    Command,
    bounded::{self, Ending, Finished},
    command_line,
    context::Context,
};
use std::{
    env, fs, io,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

const README: &str = "README.md";

/// Far longer than any command should take: it may have to build the workspace first.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// How many commands run at once. Most of them show spinners for seconds, so they can be more than there are CPUs.
const AT_ONCE: usize = 10;

/// Set for the commands that this step starts, so that it notices when one of them starts it again by a way that the
/// command line does not show.
const INSIDE: &str = "XTASK_INSIDE_README";

/// Runs every command that README.md shows.
pub fn run(context: &Context<'_>) -> Outcome {
    if env::var_os(INSIDE).is_some() {
        return Outcome::Failed(format!(
            "a command in {README} has started this step again; write it as `cargo xtask ...`, which is noticed in time"
        ));
    }
    match fs::read_to_string(context.root.join(README)) {
        Ok(text) => prove(context, &text, LIMIT),
        Err(error) => Outcome::Failed(format!("{README} could not be read: {error}")),
    }
}

/// Runs every command that this text shows, several at a time: a learner can copy any of them, so none may need another.
/// Goes on after a failure.
fn prove(context: &Context<'_>, text: &str, limit: Duration) -> Outcome {
    let fences = fences::read(text);
    if fences.commands.is_empty() && fences.problems.is_empty() {
        return Outcome::Failed(format!("{README} has no command; show at least one in a ```sh fence"));
    }
    let mut failures = fences.problems;
    failures.extend(prove_all(context, &fences.commands, limit));
    if failures.is_empty() {
        return Outcome::Passed;
    }
    failures.sort_by_key(|&(line, _)| line);
    let lines: Vec<_> = failures.into_iter().map(|(line, why)| format!("{README}:{line}: {why}")).collect();
    Outcome::Failed(lines.join("\n"))
}

/// Runs these commands, and says of each that it begins and how it ended. Gives back the lines of those that failed.
fn prove_all(context: &Context<'_>, commands: &[Shown], limit: Duration) -> Vec<(usize, String)> {
    let mut failures = Vec::new();
    let mut waiting = commands.iter();
    let (ended, endings) = mpsc::channel();
    thread::scope(|scope| {
        let mut running = 0;
        loop {
            while running < AT_ONCE {
                let Some(shown) = waiting.next() else { break };
                let Shown { line, command } = shown;
                if let Some(why) = reason_not_to_run(command) {
                    context.say(&format!("  {README}:{line}: {command} (understood, not run: {why})"));
                    continue;
                }
                context.say(&format!("  {README}:{line}: {command}"));
                let mut process = cargo_command(context, command);
                process.env(INSIDE, "1");
                let ended = ended.clone();
                scope.spawn(move || {
                    let started = Instant::now();
                    let finished = bounded::run(&mut process, limit);
                    // It is gone only if we panic.
                    let _ = ended.send((shown, finished, started.elapsed()));
                });
                running += 1;
            }
            if running == 0 {
                return failures;
            }
            let (shown, finished, took) = endings.recv().expect("we hold a sender ourselves");
            running -= 1;
            if let Err(why) = judge(context, shown, finished, took, limit) {
                failures.push((shown.line, why));
            }
        }
    })
}

/// Says how a command ended, with what it wrote if it failed, and then gives back why.
fn judge(
    context: &Context<'_>,
    Shown { line, command }: &Shown,
    finished: io::Result<Finished>,
    took: Duration,
    limit: Duration,
) -> Result<(), String> {
    let took = took.as_secs_f64();
    let finished = finished.map_err(|error| format!("`{command}` could not be started: {error}"))?;
    let why = match finished.ending {
        Ending::Exited(status) if status.success() => {
            context.say(&format!("  {README}:{line}: works, in {took:.1} s"));
            return Ok(());
        }
        Ending::Exited(status) => ending(status),
        Ending::TooLong => format!("took longer than {limit:?} and was ended"),
        Ending::LeftBehind => format!("left a process behind that was still there after {limit:?}"),
    };
    context.say(&format!("  {README}:{line}: fails, in {took:.1} s, after it wrote:"));
    // Indented, so that nothing in it can be taken for a line of ours.
    finished.output.lines().for_each(|line| context.say(&format!("    {line}")));
    Err(format!("`{command}` {why}"))
}

/// Why this command, if it is one of our own and well-formed, can't be run from here.
fn reason_not_to_run(command: &str) -> Option<&'static str> {
    let mut words = command.split_whitespace();
    if words.next() != Some("cargo") || words.next() != Some("xtask") {
        return None;
    }
    // A command line with a mistake is run, and then says itself what is wrong.
    match command_line::parse(words).ok()? {
        Command::Serve(_) => Some("it serves until Ctrl-C"),
        command if command.steps().iter().any(|step| step.name == "readme") => Some("it would start this step again"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// The outcome, and what was said.
    fn prove_with(cargo: Option<&str>, text: &str, limit: Duration) -> (Outcome, String) {
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        if let Some(cargo) = cargo {
            context.cargo = cargo.into();
        }
        let outcome = prove(&context, text, limit);
        drop(context);
        (outcome, String::from_utf8(out).expect("what we say is UTF-8"))
    }

    fn failure(outcome: Outcome) -> String {
        match outcome {
            Outcome::Failed(why) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn commands_that_work_pass_and_what_they_wrote_is_not_shown() {
        let (outcome, said) = prove_with(None, "```sh\ncargo --version # which one\n```\n", LONG);
        assert!(matches!(outcome, Outcome::Passed), "{outcome:?}");
        let (begins, works) = said.split_once('\n').expect("it begins and ends");
        assert_eq!(begins, "  README.md:2: cargo --version");
        assert!(works.starts_with("  README.md:2: works, in ") && works.lines().count() == 1, "{said}");
    }

    #[test]
    fn all_failures_are_reported_with_their_lines() {
        let text = "```sh\ncargo --no-such-flag\nls\ncargo --version\ncargo --nor-this\n```\n";
        let (outcome, said) = prove_with(None, text, LONG);
        let why = failure(outcome);
        let lines: Vec<_> = why.lines().collect();
        assert_eq!(lines.len(), 3, "{why}");
        assert!(lines[0].starts_with("README.md:2: `cargo --no-such-flag` ended with exit code"), "{why}");
        assert!(lines[1].starts_with("README.md:3: `ls` is not a cargo command"), "{why}");
        assert!(lines[2].starts_with("README.md:5: `cargo --nor-this` ended"), "{why}");
        let own_words = said.lines().find(|line| line.contains("unexpected argument '--no-such-flag'"));
        assert!(own_words.is_some_and(|line| line.starts_with("    ")), "cargo's own words are missing: {said}");
    }

    #[test]
    fn a_readme_without_commands_fails() {
        let (outcome, _) = prove_with(None, "# Title\n\n```text\ncargo run\n```\n", LONG);
        assert!(failure(outcome).contains("README.md has no command"));
    }

    #[test]
    fn an_unclosed_fence_fails() {
        let (outcome, _) = prove_with(None, "```sh\ncargo --version\n", LONG);
        assert!(failure(outcome).starts_with("README.md:1: the fence is never closed"));
    }

    #[test]
    fn this_step_is_not_started_from_within() {
        // With a cargo that does not exist, only what is not run can pass.
        let nowhere = Some("no-such-program-anywhere");
        let (outcome, said) = prove_with(nowhere, "```sh\ncargo xtask test-all\ncargo xtask fmt readme\n```\n", LONG);
        assert!(matches!(outcome, Outcome::Passed), "{outcome:?}");
        assert!(said.lines().count() == 2 && said.lines().all(|line| line.contains("not run")), "{said}");

        for command in ["cargo xtask --help", "cargo xtask fmt", "cargo xtask tset-all", "cargo xtask readmee"] {
            assert_eq!(reason_not_to_run(command), None, "{command}");
        }
    }

    #[test]
    fn a_server_is_not_started() {
        let nowhere = Some("no-such-program-anywhere");
        let text = "```sh\ncargo xtask serve --open\ncargo xtask serve\n```\n";
        let (outcome, said) = prove_with(nowhere, text, LONG);
        assert!(matches!(outcome, Outcome::Passed), "{outcome:?}");
        assert_eq!(said.matches("(understood, not run: it serves until Ctrl-C)").count(), 2, "{said}");

        for command in ["cargo xtask serve --help", "cargo xtask serve --prot 1", "cargo xtask fmt serve"] {
            assert_eq!(reason_not_to_run(command), None, "{command}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn commands_run_at_the_same_time_and_more_of_them_than_at_once() {
        let folder = tempfile::TempDir::new().expect("there is room for a folder");
        // Each of these ends only when the other has begun, and those between end by themselves.
        let script = folder.path().join("meet.sh");
        fs::write(&script, "cd \"${0%/*}\"; touch $1; until [ -e $2 ]; do sleep 0.01; done").expect("it is written");
        let script = script.display();
        let between = "cargo -c :\n".repeat(2 * AT_ONCE);
        let text = format!("```sh\ncargo {script} one two\n{between}cargo {script} two one\n```\n");
        let (outcome, said) = prove_with(Some("sh"), &text, LONG);
        assert!(matches!(outcome, Outcome::Passed), "{outcome:?}");
        assert_eq!(said.matches(": works, in ").count(), 2 * AT_ONCE + 2, "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let text = "```sh\ncargo 600\n```\n";
        let (outcome, _) = prove_with(Some("sleep"), text, Duration::from_millis(100));
        assert!(failure(outcome).contains("README.md:2: `cargo 600` took longer than 100ms"));
    }
}
