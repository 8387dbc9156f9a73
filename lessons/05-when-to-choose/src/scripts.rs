//! What does the small script cost, by each of its ways? Lines of code, time, threads and memory, beside each other.
//!
//! Each way runs as a process of its own, in turns, round after round, and the time is the median of the rounds: from the
//! start of the process to its end, so Python's has the start of the interpreter in it. All have to print the same line, or
//! there is nothing to compare. A line of code is one that is neither empty nor a comment. Where there is no Python, its rows
//! are left out.
//!
//!     cargo run -p lesson-05 --release -- scripts
//!     FOLDER=/usr/share/doc cargo run -p lesson-05 --release -- scripts

use std::{
    env, fs, io,
    path::Path,
    process::{Command, Output},
    time::Instant,
};

use lesson_kit::{
    Column, Peaks, Results, StatusLine, end_with_parent, megabytes, python_command, run_and_watch, unrecorded,
};

use crate::rounds::median;

/// An odd number of them has a median.
const ROUNDS: usize = 5;

/// Where the sources are.
const LESSON: &str = env!("CARGO_MANIFEST_DIR");

/// The ways: the variant, and its source below the lesson's folder.
const WAYS: [(&str, &str); 4] = [
    ("script-pool", "src/script_pool.rs"),
    ("script-async", "src/script_async.rs"),
    ("python-script-pool", "python/script_pool.py"),
    ("python-script-async", "python/script_async.py"),
];

/// Begin and end the documentation of Python.
const QUOTES: &str = "\"\"\"";

/// What was measured of one way.
struct Way {
    variant: &'static str,
    source: &'static str,
    /// In milliseconds, of each round.
    elapsed: Vec<f64>,
    /// The most that was seen in any round.
    peaks: Peaks,
}

pub fn main() -> Result<(), String> {
    let mut ways = Vec::new();
    for (variant, source) in WAYS {
        match command(variant, source) {
            Ok(_) => ways.push(Way { variant, source, elapsed: Vec::new(), peaks: Peaks::default() }),
            Err(reason) => eprintln!("{variant} is left out: {reason}"),
        }
    }
    let said = measure(&mut ways)?;
    print!("all of them say: {said}");

    let columns = [
        Column::count("lines"),
        Column::of("elapsed", "ms", 0),
        Column::count("threads"),
        Column::of("memory", "MB", 1),
    ];
    let mut results = Results::new("script", ways.iter().map(|way| way.variant), columns);
    for way in ways {
        let path = Path::new(LESSON).join(way.source);
        let source = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let cells = [
            Some(figure(lines_of_code(&source))),
            Some(median(&way.elapsed, |time| *time)),
            way.peaks.threads.map(figure),
            way.peaks.memory.map(megabytes),
        ];
        results.row(way.variant, cells);
    }
    Ok(())
}

/// Runs every way in every round: once with nobody around, for its time, and once watched. Gives the line that all print.
fn measure(ways: &mut [Way]) -> Result<String, String> {
    let mut expected: Option<String> = None;
    let mut line = StatusLine::new();
    for round in 1..=ROUNDS {
        for Way { variant, source, elapsed, peaks } in &mut *ways {
            line.show(format_args!("round {round} of {ROUNDS}: {variant}"));
            let failed = |error: io::Error| format!("cannot run {variant}: {error}");
            let mut command = command(variant, source)?;
            let began = Instant::now();
            let alone = command.output().map_err(failed)?;
            elapsed.push(began.elapsed().as_secs_f64() * 1_000.0);
            let said = said(variant, &alone)?;
            if *expected.get_or_insert_with(|| said.clone()) != said {
                return Err(format!("{variant} says something else than those before it: {}", said.trim_end()));
            }
            let (_, seen) = run_and_watch(&mut command).map_err(failed)?;
            peaks.threads = peaks.threads.max(seen.threads);
            peaks.memory = peaks.memory.max(seen.memory);
        }
    }
    Ok(expected.unwrap_or_default())
}

/// What it said, or how it failed.
fn said(variant: &str, output: &Output) -> Result<String, String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let why = why.trim_end().trim_start_matches(concat!(env!("CARGO_PKG_NAME"), ": "));
    Err(if why.is_empty() { format!("{variant} ended with {}", output.status) } else { why.to_owned() })
}

/// The command that runs a way.
fn command(variant: &str, source: &str) -> Result<Command, String> {
    let path = Path::new(LESSON).join(source);
    let mut command = if path.extension().is_some_and(|extension| extension == "py") {
        python_command(&path)?
    } else {
        let mut command =
            Command::new(env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?);
        command.arg(variant);
        command
    };
    end_with_parent(unrecorded(&mut command));
    Ok(command)
}

/// How many lines of a source in Rust or Python are neither empty nor a comment.
fn lines_of_code(source: &str) -> usize {
    // A script's documentation is the text between its first quotes.
    let code = match source.strip_prefix(QUOTES).and_then(|text| text.split_once(QUOTES)) {
        Some((_documentation, code)) => code,
        None => source,
    };
    let is_comment = |line: &str| {
        line.starts_with("//") || line.starts_with(QUOTES) || line.starts_with('#') && !line.starts_with("#[")
    };
    code.lines().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line)).count()
}

#[allow(clippy::cast_precision_loss, reason = "no count here is that large")]
fn figure(count: impl TryInto<u64>) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_code_is_neither_empty_nor_a_comment() {
        let rust = "//! About.\n\nuse std::io; // Why not.\n\n/// More.\n#[test]\nfn f() {\n    // No.\n}\n";
        assert_eq!(lines_of_code(rust), 4);
        let python = "\"\"\"About.\n\nMore.\n\"\"\"\n\nimport os  # Why.\n\ndef f():\n    \"\"\"What.\"\"\"\n    # No.\n    return 1\n";
        assert_eq!(lines_of_code(python), 3);
    }
}
