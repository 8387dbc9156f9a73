//! The step `readme`: a learner who copies a command out of README.md has a command that works.

use crate::{
    bounded::{self, Ending},
    context::Context,
    side_by_side::side_by_side,
    step::{Outcome, cargo_command, ending},
};
use anyhow::{Context as _, Result, bail, ensure};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::{
    env, fs,
    time::{Duration, Instant},
};

/// What the step is called on the command line.
pub const NAME: &str = "readme";

/// What a command of ours answers in place of running, when README.md shows it and it would never end.
pub const NOT_RUN: &str = "understood, not run: ";

const README: &str = "README.md";

/// Far longer than any command should take: it may have to build the workspace first.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// How many commands run at once. Most of them show spinners for seconds, so they can be more than there are CPUs.
const AT_ONCE: usize = 10;

/// Set for the commands that this step starts.
const INSIDE: &str = "XTASK_INSIDE_README";

/// What would need a shell, and we have none: a command must do the same on every system.
const SHELL: &str = "'\"`\\$|&;<>()[]{}*?~";

/// Whether this step has started us.
pub fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs every command that README.md shows.
pub fn run(context: &Context<'_>) -> Result<Outcome> {
    let text = fs::read_to_string(context.root.join(README)).context("README.md could not be read")?;
    prove(context, &text, LIMIT)
}

/// Runs every command that this text shows, several at a time: a learner can copy any of them, so none may need another.
/// Goes on after a failure.
fn prove(context: &Context<'_>, text: &str, limit: Duration) -> Result<Outcome> {
    let (mut commands, mut failures) = (Vec::new(), Vec::new());
    for (line, text) in shown(text) {
        match text.and_then(command) {
            Ok("") => {}
            Ok(command) => commands.push((line, command)),
            Err(why) => failures.push((line, why)),
        }
    }
    ensure!(
        !commands.is_empty() || !failures.is_empty(),
        "{README} has no command; show at least one in a ```sh fence"
    );
    let failed = side_by_side(AT_ONCE, commands, |(line, command)| {
        prove_one(context, line, command, limit).err().map(|why| (line, why))
    });
    failures.extend(failed.into_iter().flatten());
    failures.sort_by_key(|&(line, _)| line);
    let lines: Vec<_> = failures.into_iter().map(|(line, why)| format!("{README}:{line}: {why:#}")).collect();
    if lines.is_empty() { Ok(Outcome::Passed) } else { bail!(lines.join("\n")) }
}

/// Runs a command, and says that it begins and how it ended, with what it wrote if it failed.
fn prove_one(context: &Context<'_>, line: usize, command: &str, limit: Duration) -> Result<()> {
    context.say(&format!("  {README}:{line}: {command}"));
    let started = Instant::now();
    let finished = bounded::run(cargo_command(context, command).env(INSIDE, "1"), limit);
    let finished = finished.with_context(|| format!("`{command}` could not be started"))?;
    let took = started.elapsed().as_secs_f64();
    let why = match finished.ending {
        Ending::Exited(status) if status.success() => {
            let not_run = finished.output.lines().find(|line| line.starts_with(NOT_RUN));
            let how = not_run.map_or_else(|| format!("works, in {took:.1} s"), str::to_owned);
            context.say(&format!("  {README}:{line}: {how}"));
            return Ok(());
        }
        Ending::Exited(status) => ending(status),
        Ending::TooLong => format!("took longer than {limit:?} and was ended"),
        Ending::LeftBehind => "left a process behind, which was ended".to_owned(),
    };
    // In one piece and indented, so that nothing in it can be taken for a line of ours.
    let output = finished.output.lines().collect::<Vec<_>>().join("\n    ");
    context.say(&format!("  {README}:{line}: fails, in {took:.1} s, after it wrote:\n    {output}"));
    bail!("`{command}` {why}")
}

/// Every line of the ```sh fences, with its number, and every fence that is never closed: what follows it could be
/// anything, so nothing in it is a command.
fn shown(text: &str) -> Vec<(usize, Result<&str>)> {
    let mut lines = Vec::new();
    let mut is_sh = false;
    for (event, range) in Parser::new(text).into_offset_iter() {
        let number = text[..range.start].matches('\n').count() + 1;
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let fence = &text[range];
                let length = fence.chars().take_while(|&c| fence.starts_with(c)).count();
                let (marker, last) = (&fence[..length], fence.lines().skip(1).last().unwrap_or_default().trim());
                let is_closed = last.starts_with(marker) && last.chars().all(|c| marker.starts_with(c));
                if !is_closed {
                    let why = format!("the fence is never closed; put `{marker}` on a line of its own after it");
                    lines.push((number, Err(anyhow::Error::msg(why))));
                }
                is_sh = is_closed && info.split_whitespace().next() == Some("sh");
            }
            Event::Text(_) if is_sh => {
                lines.extend(text[range].lines().enumerate().map(|(index, line)| (number + index, Ok(line))));
            }
            Event::End(TagEnd::CodeBlock) => is_sh = false,
            _ => {}
        }
    }
    lines
}

/// The command on one line of a fence, empty if there is none. A `#` that starts a word starts a comment, as in a shell.
fn command(line: &str) -> Result<&str> {
    let comment = line.match_indices('#').find(|&(at, _)| line[..at].chars().last().is_none_or(char::is_whitespace));
    let command = line[..comment.map_or(line.len(), |(at, _)| at)].trim();
    ensure!(
        command.is_empty() || command.split_whitespace().next() == Some("cargo"),
        "`{command}` is not a cargo command, and a ```sh fence holds nothing else; show it in a ```text fence"
    );
    match command.chars().find(|&c| SHELL.contains(c)) {
        Some(c) => {
            bail!("`{command}` holds {c}, which needs a shell, and there is none; use plain words, or a ```text fence")
        }
        None => Ok(command),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// Why it fails, nothing if it passes, and what was said.
    fn prove_with(cargo: Option<&str>, text: &str, limit: Duration) -> (String, String) {
        let mut out = Vec::new();
        let mut context = Context::from_env(&mut out);
        if let Some(cargo) = cargo {
            context.cargo = cargo.into();
        }
        let why = prove(&context, text, limit).err().map_or_else(String::new, |why| format!("{why:#}"));
        drop(context);
        (why, String::from_utf8(out).expect("what we say is UTF-8"))
    }

    /// The commands in this text, with their lines; `Err` and its line for what is none.
    fn read(text: &str) -> Vec<(usize, Result<&str, String>)> {
        let lines = shown(text).into_iter().map(|(line, text)| (line, text.and_then(command)));
        let some =
            lines.filter(|(_, command)| command.as_ref().is_ok_and(|command| !command.is_empty()) || command.is_err());
        some.map(|(line, command)| (line, command.map_err(|why| why.to_string()))).collect()
    }

    #[test]
    fn commands_come_with_their_lines_and_without_comments() {
        for (text, expected) in [
            (
                "# T\n\n```sh\ncargo a\n\ncargo b c\n```\n\nT.\n\n```sh\ncargo d\n```\n",
                &[(4, "cargo a"), (6, "cargo b c"), (12, "cargo d")][..],
            ),
            (
                "```sh\n# don't | this\ncargo a  # it's \"b\" > c\ncargo a -- a#b\n```",
                &[(3, "cargo a"), (4, "cargo a -- a#b")],
            ),
            ("```text\nx | y\n```\n```\nls\n```\n```rust\nfn f() {}\n```\n~~~text\n```sh\nls\n```\n~~~\n", &[]),
            (
                "1. Run\r\n\r\n   ````sh title\r\n   cargo a\r\n   ````\r\n\r\n~~~sh\r\ncargo b\r\n~~~\r\n",
                &[(4, "cargo a"), (8, "cargo b")],
            ),
            ("```sh is written ```sh``` inline.\n\n```cargo a```\n\n``sh\n", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|&(line, command)| (line, Ok(command))).collect();
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_named_with_its_line() {
        for (line, answer) in [
            ("git clone x", "`git clone x` is not a cargo command"),
            ("$ cargo run", "is not a cargo command"),
            ("RUST_LOG=info cargo run", "is not a cargo command"),
            ("cargo-fmt", "is not a cargo command"),
            ("cargo run -- 'a b'", "holds ', which needs a shell"),
            ("cargo run | less", "holds |, which needs a shell"),
            ("cargo run && cargo test", "holds &, which needs a shell"),
            ("cargo run -- $HOME", "holds $, which needs a shell"),
            ("cargo run -- *.rs", "holds *, which needs a shell"),
        ] {
            let text = format!("```sh\ncargo a\n{line}\n```\n");
            match &read(&text)[..] {
                [(2, Ok("cargo a")), (3, Err(why))] => assert!(why.contains(answer), "{why}"),
                other => panic!("{line}: {other:?}"),
            }
        }
        for text in ["a\n```sh\ncargo run\nprose\n", "a\n````sh\ncargo run\n```\n", "a\n```text\nb", "a\n```sh"] {
            match &read(text)[..] {
                [(2, Err(why))] => assert!(why.starts_with("the fence is never closed; put"), "{why}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn commands_that_work_pass_and_what_they_wrote_is_not_shown() {
        let (why, said) = prove_with(None, "```sh\ncargo --version # which one\n```\n", LONG);
        assert_eq!(why, "");
        let (begins, works) = said.split_once('\n').expect("it begins and ends");
        assert_eq!(begins, "  README.md:2: cargo --version");
        assert!(works.starts_with("  README.md:2: works, in ") && works.lines().count() == 1, "{said}");
    }

    #[test]
    fn all_failures_are_reported_with_their_lines() {
        let text = "```sh\ncargo --no-such-flag\nls\ncargo --version\ncargo --nor-this\n```\n";
        let (why, said) = prove_with(None, text, LONG);
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
        let (why, _) = prove_with(None, "# Title\n\n```text\ncargo run\n```\n", LONG);
        assert!(why.contains("README.md has no command"));
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
        let (why, said) = prove_with(Some("sh"), &text, LONG);
        assert_eq!(why, "");
        assert_eq!(said.matches(": works, in ").count(), 2 * AT_ONCE + 2, "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let (why, _) = prove_with(Some("sleep"), "```sh\ncargo 600\n```\n", Duration::from_millis(100));
        assert!(why.contains("README.md:2: `cargo 600` took longer than 100ms"));
    }
}
