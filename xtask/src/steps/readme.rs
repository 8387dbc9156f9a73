//! The step `readme`: a learner who copies a command out of README.md has a command that works.

use super::{
    Outcome, cargo_command, ending,
    fences::{self, Shown},
};
use crate::{
    Command,
    bounded::{self, Ending},
    command_line,
    context::Context,
};
use std::{env, fs, time::Duration};

const README: &str = "README.md";

/// Far longer than any command should take: it may have to build the workspace first.
const LIMIT: Duration = Duration::from_secs(10 * 60);

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

/// Runs every command that this text shows, and goes on after a failure.
fn prove(context: &Context<'_>, text: &str, limit: Duration) -> Outcome {
    let fences = fences::read(text);
    if fences.commands.is_empty() && fences.problems.is_empty() {
        return Outcome::Failed(format!("{README} has no command; show at least one in a ```sh fence"));
    }
    let mut failures = fences.problems;
    for shown in &fences.commands {
        if let Err(why) = prove_one(context, shown, limit) {
            failures.push((shown.line, why));
        }
    }
    if failures.is_empty() {
        return Outcome::Passed;
    }
    failures.sort_by_key(|&(line, _)| line);
    let lines: Vec<_> = failures.into_iter().map(|(line, why)| format!("{README}:{line}: {why}")).collect();
    Outcome::Failed(lines.join("\n"))
}

fn prove_one(context: &Context<'_>, shown: &Shown, limit: Duration) -> Result<(), String> {
    let Shown { line, command } = shown;
    if let Some(why) = reason_not_to_run(command) {
        context.say(&format!("  {README}:{line}: {command} (understood, not run: {why})"));
        return Ok(());
    }
    context.say(&format!("  {README}:{line}: {command}"));
    let finished = bounded::run(cargo_command(context, command).env(INSIDE, "1"), limit)
        .map_err(|error| format!("`{command}` could not be started: {error}"))?;
    let why = match finished.ending {
        Ending::Exited(status) if status.success() => return Ok(()),
        Ending::Exited(status) => ending(status),
        Ending::TooLong => format!("took longer than {limit:?} and was ended"),
        Ending::LeftBehind => format!("left a process behind that was still there after {limit:?}"),
    };
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
    fn commands_that_work_pass_in_silence() {
        let (outcome, said) = prove_with(None, "```sh\ncargo --version # which one\n```\n", LONG);
        assert!(matches!(outcome, Outcome::Passed), "{outcome:?}");
        assert_eq!(said, "  README.md:2: cargo --version\n");
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
    fn a_command_that_takes_too_long_is_ended() {
        let text = "```sh\ncargo 600\n```\n";
        let (outcome, _) = prove_with(Some("sleep"), text, Duration::from_millis(100));
        assert!(failure(outcome).contains("README.md:2: `cargo 600` took longer than 100ms"));
    }
}
