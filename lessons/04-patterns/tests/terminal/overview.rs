//! The list of variants, and the tour.

use crate::support::LESSON;

#[test]
fn the_list_names_every_variant() {
    let output = LESSON.output("--list");
    let text = String::from_utf8_lossy(&output.stdout);
    for variant in [
        "background-threads",
        "background-tokio*",
        "background-async-std",
        "background-smol",
        "left-behind",
        "cancel-drop*",
        "cancel-abort",
        "cancel-token*",
        "handles",
        "cleanup",
        "cancel-safety*",
        "timeout*",
        "race",
        "structured-threads",
        "structured-tokio*",
        "structured-async-std",
        "structured-smol",
        "panics",
        "shutdown*",
        "shutdown-threads",
        "shutdown-async-std",
        "shutdown-smol",
        "backpressure*",
        "backpressure-threads",
        "backpressure-smol",
        "bridging*",
        "bridging-wrong*",
        "progress",
        "progress-torn",
    ] {
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(variant)), "{variant}: {text}");
    }
}
