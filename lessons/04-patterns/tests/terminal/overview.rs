//! The list of variants, and the tour.

use crate::LESSON;

#[test]
fn the_list_names_every_variant() {
    LESSON.lists(&[
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
    ]);
}
