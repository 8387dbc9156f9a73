//! Numbers of the person's own choice.

use lesson_terminal::{Exit, Run, contract::at_once};

use crate::support::LESSON;

const IN_RUST: [&str; 8] = [
    "cpu-blocks",
    "cpu-yield",
    "cpu-offload-tokio",
    "cpu-offload-async-std",
    "cpu-offload-smol",
    "cpu-threads",
    "cpu-rayon",
    "cpu-processes",
];

const IN_PYTHON: [&str; 3] = ["python-cpu-blocks", "python-cpu-offload", "python-cpu-processes"];

/// What each of the variants comes to with this number, which can have underscores as in a program.
fn with_number(variants: &[&'static str], number: &'static str) -> Vec<(&'static str, Run)> {
    at_once(variants, |variant| LESSON.setting("NUMBER", number).run([variant]))
}

fn answer_alike(variants: &[&'static str]) {
    for (number, answer) in [("0", "not prime"), ("2", "prime"), ("9", "not prime"), ("3_000_017", "prime")] {
        for (variant, run) in with_number(variants, number) {
            assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
            let expected = format!("Answer: {answer}");
            assert_eq!(run.screen.lines().last(), Some(&expected), "{variant} of {number}");
        }
    }
}

/// Several portions of candidates, the last of which has the divisor: the square of 4,000,037.
#[test]
fn portions_leave_out_no_candidate() {
    for (variant, run) in with_number(&["cpu-yield", "cpu-rayon", "cpu-blocks"], "16000296001369") {
        assert_eq!(run.screen.lines().last().map(String::as_str), Some("Answer: not prime"), "{variant}");
    }
}

#[test]
fn every_way_answers_alike() {
    answer_alike(&IN_RUST);
}

#[test]
fn python_answers_alike() {
    answer_alike(&IN_PYTHON);
}

fn say_what_to_write(variants: &[&'static str]) {
    for wrong in ["x", "-1", "+3", "1.5", "18446744073709551616"] {
        for (variant, run) in with_number(variants, wrong) {
            assert_eq!(run.exit, Exit::Code(2), "{variant}: {:?}", run.screen);
            let expected = format!(
                "lesson-03: NUMBER={wrong} is no number to check; write one below 18446744073709551616 and without \
                 signs, such as NUMBER=97"
            );
            assert_eq!(run.screen.lines(), [expected], "{variant}");
        }
    }
}

#[test]
fn what_is_no_number_is_a_sentence() {
    say_what_to_write(&IN_RUST);
}

#[test]
fn python_says_the_same() {
    say_what_to_write(&IN_PYTHON);
}

#[test]
fn what_is_no_list_is_a_sentence() {
    for wrong in ["x", "1,", "1,-2", "1;2"] {
        let run = LESSON.setting("NUMBERS", wrong).run(["cpu-sweep"]);
        assert_eq!(run.exit, Exit::Code(2), "{:?}", run.screen);
        let lines = run.screen.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(&format!("lesson-03: NUMBERS={wrong} is no list of numbers; ")), "{lines:?}");
    }
}

#[test]
fn the_help_tells_the_settings() {
    let output = LESSON.output("--help");
    let text = String::from_utf8_lossy(&output.stdout);
    for setting in ["  NUMBER  ", "  NUMBERS  ", "  LESSON_PYTHON  "] {
        assert!(text.contains(setting), "{text}");
    }
}
