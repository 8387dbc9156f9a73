//! The table, and what is said instead of it.

use crate::{FEW, KINDS, LEFT_OUT, LINES, assert_turned, million, text};

#[test]
fn as_many_spinners_as_wanted_turn_on_everything() {
    let output = million(&FEW);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), LEFT_OUT);
    let text = text(&output.stdout);
    assert!(!text.contains('\x1b') && !text.contains('\r'), "a pipe gets the lines alone: {text:?}");
    assert!(text.starts_with("300 spinners, each turns every 100ms, for 400ms"), "{text}");
    assert_eq!(text.lines().count(), LINES, "{text}");
    assert_turned(text, &KINDS, "300");
}

#[test]
fn says_what_is_wrong_with_a_setting() {
    for (name, value, said) in [
        ("SPINNERS", "0", "is no whole number from 1 to 100000000; without it, it is 100000"),
        ("SPINNERS", "many", "is no whole number from 1 to 100000000; without it, it is 100000"),
        ("PERIOD", "often", "is no number of seconds from 0.001 to 3600; without it, it is 1.5"),
        ("PERIOD", "0", "is no number of seconds from 0.001 to 3600; without it, it is 1.5"),
        ("SECONDS", "-3", "is no number of seconds from 0.001 to 3600; without it, it is 3"),
    ] {
        let output = million(&[(name, value)]);
        assert_eq!(output.status.code(), Some(2), "{name}={value}");
        assert_eq!(text(&output.stdout), "", "{name}={value}");
        assert_eq!(text(&output.stderr), format!("lesson-05: {name}={value} {said}\n"));
    }
    let output = million(&[("LESSON_05_SPINNERS", "bees")]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "lesson-05: LESSON_05_SPINNERS=bees is set by this program alone; unset it\n");
}
