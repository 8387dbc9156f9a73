//! What a person can set, and what the program says if it can't be met.

use crate::LESSON;

#[test]
fn a_wrong_value_is_a_sentence() {
    for (variant, name, value, sentence) in [
        ("bounded-threads", "BOUND", "0", "BOUND=0 is no whole number from 1 to 1000; without it, it is 8"),
        ("bounded-tokio", "ERRORS", "2", "ERRORS=2 is no number from 0 to 1; without it, it is 0.4"),
        ("bounded-async-std", "ITEMS", "x", "ITEMS=x is no whole number from 1 to 10000; without it, it is 60"),
        ("tokio", "ITEMS", "-3", "ITEMS=-3 is no whole number from 1 to 10000; without it, it is 20"),
        (
            "strategies",
            "SEED",
            "1.5",
            "SEED=1.5 is no whole number from 0 to 18446744073709551615; without it, it is 1",
        ),
    ] {
        assert_eq!(LESSON.with(&[(name, value)]).sentence([variant], 2), format!("lesson-03: {sentence}"));
    }
}

#[test]
fn python_says_it_too() {
    let sentence = "lesson-03: ITEMS=x is no whole number from 1 to 10000; without it, it is 20";
    assert_eq!(LESSON.with(&[("ITEMS", "x")]).sentence(["python-asyncio"], 2), sentence);
}

#[test]
fn the_help_says_what_can_be_set() {
    let output = LESSON.output(["bounded-tokio", "--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for name in ["ITEMS", "SEED", "BOUND", "ERRORS", "TIMEOUT", "LISTEN"] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("{name} "))), "{name}: {text}");
    }
}

#[test]
fn the_table_beside_the_lesson_is_the_programs() {
    LESSON.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}
