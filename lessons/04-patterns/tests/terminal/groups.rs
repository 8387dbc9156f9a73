//! The programs of the groups. What a group promises is tested where it is written.

use lesson_terminal::contract::at_once;

use crate::support::{lines, list, record, whys, without_time};

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
    for (variant, recording) in at_once(&variants, record) {
        let fetches = whys(&recording, "fetch");
        assert_eq!(fetches.len(), 6, "{variant}");
        assert!(fetches.iter().all(|whys| whys.last().is_some_and(|why| why == "drop")), "{variant}: {fetches:?}");
        let closed = |name: &str| {
            let spans = list(&recording, "spans").iter().filter(|span| span["name"] == name);
            spans.map(|span| span["closed"].as_u64().expect("it has ended")).max()
        };
        assert!(closed("fetch") < closed("supervisor"), "{variant}");
    }
}
