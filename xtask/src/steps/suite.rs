//! Runs the tests of the workspace. The programs of different packages run side by side: most of their time they wait for
//! a spinner.

use crate::{
    bounded::{self, Ending},
    context::Context,
    side_by_side::side_by_side,
    step::{Outcome, cargo_command, ending},
};
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const BUILD: &str = "cargo test --workspace --no-run --message-format=json-render-diagnostics";
/// Those in the documentation, which cargo builds while it runs them.
const DOC: &str = "cargo test --workspace --doc --no-fail-fast --";

/// How many programs run at once, and how many tests in each.
const AT_ONCE: usize = 4;
const TESTS_AT_ONCE: &str = "4";

/// Far longer than any program of tests takes.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// Runs the tests that these words choose, after the `--` of `cargo test`.
pub fn run(context: &Context<'_>, words: &str, variables: &[(&str, &OsStr)]) -> Result<Outcome> {
    let mut commands = vec![("documentation".to_owned(), cargo_command(context, &format!("{DOC} {words}")))];
    commands.extend(build(context)?.into_iter().map(|(name, package, program)| {
        let mut command = Command::new(program);
        // As cargo does it.
        command.args(words.split_whitespace()).current_dir(&package).env("CARGO_MANIFEST_DIR", package);
        command.env("CARGO", &context.cargo);
        (name, command)
    }));
    let failed = side_by_side(AT_ONCE, commands, |(name, mut command)| {
        command.env("RUST_TEST_THREADS", TESTS_AT_ONCE).envs(variables.iter().copied());
        prove(context, &name, &mut command).err().map(|why| format!("{why:#}"))
    });
    let failed: Vec<_> = failed.into_iter().flatten().collect();
    if failed.is_empty() { Ok(Outcome::Passed) } else { bail!(failed.join("\n")) }
}

/// Builds all of them. Gives back what each is called, the folder of its package, and the program.
fn build(context: &Context<'_>) -> Result<Vec<(String, PathBuf, PathBuf)>> {
    let stderr = if context.beside { Stdio::piped() } else { Stdio::inherit() };
    let built = cargo_command(context, BUILD).stdin(Stdio::null()).stderr(stderr).output();
    let built = built.with_context(|| format!("`{BUILD}` could not be started"))?;
    if !built.stderr.is_empty() {
        context.say(String::from_utf8_lossy(&built.stderr).trim_end());
    }
    ensure!(built.status.success(), "`{BUILD}` {}", ending(built.status));
    let messages = built.stdout.split(|&byte| byte == b'\n');
    Ok(messages.filter_map(|message| program(&serde_json::from_slice(message).ok()?)).collect())
}

/// The program of tests that this message of cargo's is about.
fn program(message: &Value) -> Option<(String, PathBuf, PathBuf)> {
    if message["profile"]["test"] != true {
        return None;
    }
    let package = Path::new(message["manifest_path"].as_str()?).parent()?;
    let (kind, target) = (message["target"]["kind"][0].as_str()?, message["target"]["name"].as_str()?);
    let name = format!("{}: {kind} {target}", package.file_name()?.to_string_lossy());
    Some((name, package.into(), message["executable"].as_str()?.into()))
}

/// Runs one, and says how it ended, with what it wrote if it failed.
fn prove(context: &Context<'_>, name: &str, command: &mut Command) -> Result<()> {
    let started = Instant::now();
    let finished = bounded::run(command, LIMIT).with_context(|| format!("{name} could not be started"))?;
    let took = started.elapsed().as_secs_f64();
    let why = match finished.ending {
        Ending::Exited(status) if status.success() => {
            let passed: usize = finished.output.lines().filter_map(passed).sum();
            if passed > 0 {
                context.say(&format!("  {name}: {passed} passed, in {took:.1} s"));
            }
            return Ok(());
        }
        Ending::Exited(status) => ending(status),
        Ending::TooLong => format!("took longer than {LIMIT:?} and was ended"),
        Ending::LeftBehind => "left a process behind, which was ended".to_owned(),
    };
    context.say(&format!("  {name}: fails, in {took:.1} s, after it wrote:\n{}", finished.output));
    bail!("{name} {why}")
}

/// The count in `test result: ok. 4 passed; 0 failed; ...`.
fn passed(line: &str) -> Option<usize> {
    line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_tests_are_known_by_what_cargo_says_of_them() {
        let message = |test: bool| {
            serde_json::json!({
                "reason": "compiler-artifact", "manifest_path": "/a/one/Cargo.toml", "profile": { "test": test },
                "target": { "kind": ["test"], "name": "two" }, "executable": "/a/target/two-1",
            })
        };
        let expected = ("one: test two".to_owned(), "/a/one".into(), "/a/target/two-1".into());
        assert_eq!(program(&message(true)), Some(expected));
        assert_eq!(program(&message(false)), None);
        assert_eq!(program(&serde_json::json!({ "reason": "build-finished" })), None);
        assert_eq!(passed("test result: ok. 4 passed; 0 failed; 0 ignored"), Some(4));
        assert_eq!(passed("test result: FAILED. 4 passed; 1 failed"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_named_with_what_it_wrote() {
        for (script, why, said) in [
            ("echo 'test result: ok. 4 passed; 0'", "", "  one: 4 passed, in "),
            ("echo words; exit 101", "one ended with exit code 101", "after it wrote:\nwords\n"),
        ] {
            let mut out = Vec::new();
            let context = Context::from_env(&mut out);
            let result = prove(&context, "one", Command::new("sh").args(["-c", script]));
            assert_eq!(result.err().map_or_else(String::new, |why| why.to_string()), why);
            drop(context);
            let out = String::from_utf8(out).expect("it is text");
            assert!(out.contains(said), "{out}");
        }
    }
}
