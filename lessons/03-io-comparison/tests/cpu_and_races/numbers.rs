//! Numbers of the person's own choice.

use lesson_testing::{Exit, at_once};

use crate::{IN_PYTHON, LESSON, SPINNERS};

/// Checks what each of the variants says of this number, which can have underscores as in a program.
fn answer(variants: &[&'static str], number: &str, answer: &str) {
    for (variant, run) in at_once(variants, |variant| LESSON.with(&[("NUMBER", number)]).run([variant])) {
        assert_eq!(run.exit, Exit::Code(0), "{variant}: {:?}", run.screen);
        assert_eq!(run.screen.lines().last(), Some(&format!("Answer: {answer}")), "{variant} of {number}");
    }
}

const ANSWERS: [(&str, &str); 4] = [("0", "not prime"), ("2", "prime"), ("9", "not prime"), ("3_000_017", "prime")];

/// Several portions of candidates, the last of which has the divisor: the square of 4,000,037.
#[test]
fn portions_leave_out_no_candidate() {
    answer(&["cpu-yield", "cpu-rayon", "cpu-blocks"], "16000296001369", "not prime");
}

#[test]
fn every_way_answers_alike() {
    for (number, is_prime) in ANSWERS {
        answer(&SPINNERS, number, is_prime);
    }
}

#[test]
fn python_answers_alike() {
    for (number, is_prime) in ANSWERS {
        answer(&IN_PYTHON, number, is_prime);
    }
}

fn say_what_to_write(variants: &[&'static str], usual: &str) {
    for wrong in ["x", "-1", "+3", "1.5", "18446744073709551616"] {
        let expected = format!(
            "lesson-03: NUMBER={wrong} is no whole number from 0 to 18446744073709551615; without it, it is {usual}"
        );
        at_once(variants, |variant| assert_eq!(LESSON.with(&[("NUMBER", wrong)]).sentence([variant], 2), expected));
    }
}

#[test]
fn what_is_no_number_is_a_sentence() {
    say_what_to_write(&SPINNERS, "100000000000000003");
}

#[test]
fn python_says_the_same() {
    say_what_to_write(&IN_PYTHON, "5000111000222021");
}

#[test]
fn what_is_no_list_is_a_sentence() {
    for wrong in ["x", "1,", "1,-2", "1;2"] {
        let sentence = LESSON.with(&[("NUMBERS", wrong)]).sentence(["cpu-sweep"], 2);
        assert!(
            sentence.starts_with(&format!("lesson-03: NUMBERS={wrong} is no list of whole numbers ")),
            "{sentence}"
        );
    }
}

#[test]
fn the_help_tells_the_settings() {
    let output = LESSON.output(["--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for setting in ["  NUMBER  ", "  NUMBERS  ", "  LESSON_PYTHON  "] {
        assert!(text.contains(setting), "{text}");
    }
}
