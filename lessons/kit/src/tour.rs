//! The tour: variants one after another, and then a table of what was measured.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    Lesson, Runtime, Variant,
    accounting::megabytes,
    command_line,
    failure::Failure,
    interrupt,
    lesson::Mark,
    own_process, python,
    recording::{Exit, Recording},
    table, terminal, timeline, wrap,
};

/// What a cell says when the platform gives no figure, or the run had none.
const NO_FIGURE: &str = "n/a";

/// Runs `variants` in order, each in a process of its own, and prints the table.
pub(crate) fn run(lesson: &Lesson, variants: &[&Variant], draw: bool) -> Result<ExitCode, Failure> {
    println!("{}\n", lesson.title);
    let mut recordings = Vec::new();
    for (place, &variant) in variants.iter().enumerate() {
        if variant.runtime == Runtime::Python {
            if let Err(reason) = python::find() {
                let said = format!("{} is left out: {reason}", variant.name);
                println!("{}\n", wrap::at(&said, 2, terminal::columns()));
                continue;
            }
        }
        let heading = format!("{} ({}): {}", variant.name, variant.runtime, variant.watch);
        println!("{}", wrap::at(&heading, 2, terminal::columns()));
        let ended = own_process::run(lesson, variant);
        if let Some(signal) = interrupt::received() {
            // In a variant that waits for Ctrl-C, a person may have meant that one alone.
            if ended.is_ok() || variant.has(Mark::Endless) {
                say_what_is_left(lesson, &variants[place + 1..]);
            }
            return Err(Failure::Interrupted(signal));
        }
        let recording = ended?;
        if !recording.exit.success() {
            println!("{} ended with {}", variant.name, recording.exit);
        }
        if draw {
            println!("\n{}", timeline::draw(&recording, timeline::columns()));
        }
        if let Some(sentence) = recording.cut_notice() {
            println!("{}", wrap::at(&sentence, 2, terminal::columns()));
        }
        println!();
        recordings.push((variant, recording));
    }
    if recordings.is_empty() {
        return Err(Failure::Said("all of these are left out, so there is nothing to compare".to_owned()));
    }
    println!("{}", figures(&recordings, terminal::columns()));
    let compared: Vec<_> = recordings.iter().map(|&(variant, _)| variant).collect();
    let differences = differences(&compared, terminal::columns());
    if !differences.is_empty() {
        println!("\n{differences}");
    }
    let ends = || recordings.iter().map(|(_, recording)| recording.exit);
    Ok(if ends().any(Exit::is_wrong_usage) {
        ExitCode::from(command_line::WRONG)
    } else if ends().all(Exit::success) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says that Ctrl-C has ended the comparison too, and which variants that leaves.
fn say_what_is_left(lesson: &Lesson, left: &[&Variant]) {
    let names: Vec<_> = left.iter().map(|variant| variant.name).collect();
    let left = if names.is_empty() { String::new() } else { format!("; not run: {}", names.join(", ")) };
    let _ = writeln!(io::stderr(), "{}: interrupted, so nothing is compared{left}", lesson.package);
}

const HEAD: [&str; 9] = ["variant", "answer", "elapsed", "CPU ms", "MB", "threads", "frames", "gap ms", "stop ms"];

const LEGEND: &str = "\
elapsed  seconds from the start of the process to its end
CPU      milliseconds of CPU time, user and system, of child processes too
MB       the most memory resident at once, in millions of bytes (sampled)
threads  the most OS threads seen at once (sampled every 5 ms)
gap      the longest time between two frames, in milliseconds
stop     from the slow function's return to the spinner's end, in milliseconds";

/// The table of what was measured.
fn figures(recordings: &[(&Variant, Recording)], columns: Option<usize>) -> String {
    let rows: Vec<_> = recordings.iter().map(|(variant, recording)| row(variant, recording)).collect();
    let table = table::of_figures(HEAD, rows.clone());
    if table::fits(&table, columns) {
        return format!("{table}\n\n{}", legend(columns, &HEAD));
    }
    // One below the other, where a column without any figure would take a line of each variant.
    let is_shown = |column: &usize| rows.iter().any(|row| row[*column] != NO_FIGURE);
    let shown: Vec<_> = (0..HEAD.len()).filter(is_shown).collect();
    let head: Vec<_> = shown.iter().map(|&column| HEAD[column]).collect();
    let rows: Vec<Vec<_>> = rows.iter().map(|row| shown.iter().map(|&column| row[column].clone()).collect()).collect();
    format!("{}\n\n{}", table::stacked(&head, &rows, columns), legend(columns, &head))
}

/// What the columns of `head` mean.
fn legend(columns: Option<usize>, head: &[&str]) -> String {
    let first_word = |text: &str| text.split(' ').next().map(str::to_owned);
    let is_shown = |line: &&str| head.iter().any(|head| first_word(head) == first_word(line));
    LEGEND.lines().filter(is_shown).map(|line| wrap::at(line, 9, columns)).collect::<Vec<_>>().join("\n")
}

fn row(variant: &Variant, recording: &Recording) -> [String; 9] {
    let measured = &recording.measured;
    let figure = |value: Option<String>| value.unwrap_or_else(|| NO_FIGURE.to_owned());
    let milliseconds = |nanoseconds: u64| scaled(nanoseconds, 1_000_000, 1);
    [
        variant.name.to_owned(),
        figure(answer(recording)),
        scaled(measured.elapsed, 1_000_000_000, 2),
        figure(measured.cpu.map(milliseconds)),
        figure(measured.peak_memory.map(|bytes| format!("{:.1}", megabytes(bytes)))),
        figure(measured.peak_threads.map(|count| count.to_string())),
        recording.frames.len().to_string(),
        figure(recording.longest_gap().map(milliseconds)),
        figure(recording.stop_latency().map(|nanoseconds| scaled(nanoseconds, 1_000_000, 2))),
    ]
}

#[allow(clippy::cast_precision_loss, reason = "figures are rounded to a few digits")]
fn scaled(value: u64, unit: u64, digits: usize) -> String {
    format!("{:.digits$}", value as f64 / unit as f64)
}

/// What the program printed behind `Answer:`.
fn answer(recording: &Recording) -> Option<String> {
    let output: String = recording.output.iter().map(|output| output.text.as_str()).collect();
    // The line may begin with what erased the last frame.
    let (_, answer) = output.rsplit_once("Answer: ")?;
    answer.lines().next().map(str::to_owned)
}

/// Where each variant hands its thread on, and what stops its spinner.
fn differences(variants: &[&Variant], columns: Option<usize>) -> String {
    const HEAD: [&str; 3] = ["variant", "gives way", "what stops the spinner"];

    let variants = variants.iter().filter(|variant| !variant.stops.is_empty());
    let rows: Vec<_> =
        variants.map(|variant| [variant.name, variant.suspends, variant.stops].map(str::to_owned)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let table = table::left_aligned(HEAD, rows.clone());
    if table::fits(&table, columns) { table } else { table::stacked(&HEAD, &rows, columns) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{Measured, Output};

    fn recording(output: &[&str]) -> Recording {
        Recording {
            measured: Measured {
                elapsed: 3_004_000_000,
                cpu: Some(4_540_000),
                peak_memory: None,
                peak_threads: Some(2),
            },
            output: output.iter().map(|&text| Output { at: 0, text: text.to_owned() }).collect(),
            ..Recording::here()
        }
    }

    #[test]
    fn reads_the_answer_from_the_output() {
        assert_eq!(answer(&recording(&["\r| thinking!", "\r\x1b[K\x1b[?25hAns", "wer: 42\n"])).as_deref(), Some("42"));
        assert_eq!(answer(&recording(&["no such line"])), None);
    }

    #[test]
    fn says_where_there_is_no_figure_and_fits_a_narrow_terminal() {
        let variant = Variant::rust("threads", Runtime::Std, || ());
        let recordings = [(&variant, recording(&["Answer: 42\n"]))];
        let wide = figures(&recordings, Some(80));
        assert!(wide.contains("threads      42     3.00     4.5  n/a        2       0     n/a      n/a"), "{wide}");
        let narrow = figures(&recordings, Some(40));
        assert!(narrow.contains("\n  CPU ms  4.5\n"), "{narrow}");
    }

    #[test]
    fn a_narrow_terminal_is_spared_what_no_variant_has() {
        let variants = ["threads", "tokio"].map(|name| Variant::rust(name, Runtime::Std, || ()));
        let recordings = [(&variants[0], recording(&["Answer: 42\n"])), (&variants[1], recording(&[""]))];
        let narrow = figures(&recordings, Some(40));
        assert_eq!(narrow.matches("\n  answer  ").count(), 2, "one of them has one: {narrow}");
        assert!(!narrow.contains("MB") && !narrow.contains("gap") && !narrow.contains("stop"), "{narrow}");
        assert!(narrow.contains("\nthreads  the most OS threads"), "{narrow}");
        assert!(figures(&recordings, None).contains("  MB  ") && figures(&recordings, None).contains("\nstop"));
    }

    #[test]
    fn what_is_too_wide_in_words_stands_one_below_the_other() {
        let variant = Variant::rust("threads", Runtime::Std, || ()).differs("anywhere", "a flag that it looks at");
        let table = "variant  gives way  what stops the spinner\nthreads  anywhere   a flag that it looks at";
        for columns in [None, Some(80), Some(43)] {
            assert_eq!(differences(&[&variant], columns), table);
        }
        assert_eq!(
            differences(&[&variant], Some(40)),
            "threads\n  gives way               anywhere\n  what stops the spinner  a flag that it\n                          looks at"
        );
    }
}
