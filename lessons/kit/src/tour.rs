//! The tour: variants one after another, and then a table of what was measured.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use lesson_data::{
    figures::{self, Figure, NO_FIGURE},
    recording::{Exit, Recording},
};

use crate::{
    Lesson, Variant, command_line, failure::Failure, interrupt, own_process, python, table, terminal, timeline, wrap,
};

/// Runs `variants` in order, each in a process of its own, and prints the table.
pub(crate) fn run(lesson: &Lesson, variants: &[&Variant], draw: bool) -> Result<ExitCode, Failure> {
    println!("{}\n", lesson.title);
    let mut recordings = Vec::new();
    for (place, &variant) in variants.iter().enumerate() {
        if variant.row.is_python() {
            if let Err(reason) = python::find() {
                let said = format!("{} is left out: {reason}", variant.row.name);
                println!("{}\n", wrap::at(&said, 2, terminal::columns()));
                continue;
            }
        }
        let heading = format!("{} ({}): {}", variant.row.name, variant.row.runtime, variant.row.watch);
        println!("{}", wrap::at(&heading, 2, terminal::columns()));
        let ended = own_process::run(lesson, variant);
        if let Some(signal) = interrupt::received() {
            // In a variant that waits for Ctrl-C, a person may have meant that one alone.
            if ended.is_ok() || variant.row.endless {
                say_what_is_left(lesson, &variants[place + 1..]);
            }
            return Err(Failure::Interrupted(signal));
        }
        let recording = ended?;
        if !recording.exit.is_success() {
            println!("{} ended with {}", variant.row.name, recording.exit);
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
    Ok(if ends().any(command_line::is_wrong) {
        ExitCode::from(command_line::WRONG)
    } else if ends().all(Exit::is_success) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says that Ctrl-C has ended the comparison too, and which variants that leaves.
fn say_what_is_left(lesson: &Lesson, left: &[&Variant]) {
    let names: Vec<_> = left.iter().map(|variant| variant.row.name.as_str()).collect();
    let left = if names.is_empty() { String::new() } else { format!("; not run: {}", names.join(", ")) };
    let _ = writeln!(io::stderr(), "{}: interrupted, so nothing is compared{left}", lesson.package);
}

/// How many columns the table has: those of the names and the answers, and the figures.
const COLUMNS: usize = 2 + figures::ALL.len();

/// The table of what was measured.
fn figures(recordings: &[(&Variant, Recording)], columns: Option<usize>) -> String {
    let head: [&str; COLUMNS] = std::array::from_fn(|column| match column {
        0 => "variant",
        1 => "answer",
        column => figures::ALL[column - 2].head,
    });
    let rows: Vec<_> = recordings.iter().map(|(variant, recording)| row(variant, recording)).collect();
    let table = table::of_figures(head, rows.clone());
    if table::fits(&table, columns) {
        return format!("{table}\n\n{}", legend(columns, &head));
    }
    // One below the other, where a column without any figure would take a line of each variant.
    let is_shown = |column: &usize| rows.iter().any(|row| row[*column] != NO_FIGURE);
    let shown: Vec<_> = (0..COLUMNS).filter(is_shown).collect();
    let head: Vec<_> = shown.iter().map(|&column| head[column]).collect();
    let rows: Vec<Vec<_>> = rows.iter().map(|row| shown.iter().map(|&column| row[column].clone()).collect()).collect();
    format!("{}\n\n{}", table::stacked(&head, &rows, columns), legend(columns, &head))
}

fn row(variant: &Variant, recording: &Recording) -> [String; COLUMNS] {
    let cell = |column| match column {
        0 => Some(variant.row.name.clone()),
        1 => recording.answer(),
        column => (figures::ALL[column - 2].of)(recording),
    };
    std::array::from_fn(|column| cell(column).unwrap_or_else(|| NO_FIGURE.to_owned()))
}

/// What the columns of `head` mean.
fn legend(columns: Option<usize>, head: &[&str]) -> String {
    let shown = figures::ALL.iter().filter(|figure| head.contains(&figure.head));
    let line = |figure: &Figure| {
        let name = figure.head.split(' ').next().unwrap_or_default();
        Some(wrap::at(&format!("{name:<9}{}", figure.meaning?), 9, columns))
    };
    shown.filter_map(line).collect::<Vec<_>>().join("\n")
}

/// Where each variant hands its thread on, and what stops its spinner.
fn differences(variants: &[&Variant], columns: Option<usize>) -> String {
    const HEAD: [&str; 3] = ["variant", "gives way", "what stops the spinner"];

    let variants = variants.iter().filter(|variant| !variant.row.stops.is_empty());
    let rows: Vec<_> =
        variants.map(|Variant { row, .. }| [&row.name, &row.suspends, &row.stops].map(Clone::clone)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let table = table::left_aligned(HEAD, rows.clone());
    if table::fits(&table, columns) { table } else { table::stacked(&HEAD, &rows, columns) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;
    use lesson_data::recording::{Measured, Output};

    fn recording(output: &[&str]) -> Recording {
        Recording {
            measured: Measured {
                elapsed: 3_004_000_000,
                cpu: Some(4_540_000),
                peak_memory: None,
                peak_threads: Some(2),
            },
            output: output.iter().map(|&text| Output { at: 0, text: text.to_owned() }).collect(),
            ..Recording::default()
        }
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
