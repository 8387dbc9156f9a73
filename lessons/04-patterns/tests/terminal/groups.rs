//! The programs of the groups. What a group promises is tested where it is written.

use lesson_testing::{Reason, at_once};

use crate::{LESSON, closed, lines, without_time};

#[test]
fn a_group_ends_with_all_results_or_with_the_first_error() {
    let expected = [r#"Ok(["first", "second", "third"]), still held: 0"#, r#"Err("404: a dead link"), still held: 0"#];
    let variants = ["structured-threads", "structured-tokio", "structured-async-std", "structured-smol"];
    for (variant, lines) in at_once(&variants, lines) {
        assert_eq!(lines.iter().map(|line| without_time(line)).collect::<Vec<_>>(), expected, "{variant}");
    }
}

#[test]
fn python_structured_is_the_original() {
    let lines: Vec<_> = lines("python-structured").iter().map(|line| without_time(line)).collect();
    let expected =
        ["['first', 'second', 'third'], still held: 0", "(NotFoundError('404: a dead link'),), still held: 0"];
    assert_eq!(lines, expected);
}

#[test]
fn all_six_fetches_are_gone_before_the_supervisor() {
    let variants = ["structured-tokio", "structured-async-std", "structured-smol"];
    for (variant, recording) in at_once(&variants, |variant| LESSON.record(variant)) {
        let fetches = recording.reasons("fetch");
        assert_eq!(fetches.len(), 6, "{variant}");
        assert!(fetches.iter().all(|reasons| reasons.last() == Some(&Reason::Drop)), "{variant}: {fetches:?}");
        assert!(closed(&recording, "fetch") < closed(&recording, "supervisor"), "{variant}");
    }
}
