//! Fewer descriptors than a runtime needs to start.

use std::process::Command;

/// Asserts that `variant` says so, in one sentence and before anything else.
pub fn are_too_few_for(variant: &str) {
    for limit in ["5", "8", "11", "15"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n $0 && exec \"$1\" $2", limit, env!("CARGO_BIN_EXE_lesson-05"), variant]);
        // Nobody is there for a crawler, which is found out later.
        let output = shell.env("LISTEN", "127.0.0.1:0").env("SITES", "127.0.0.1:0").output().expect("there is a shell");
        let expected = format!(
            "lesson-05: {limit} file descriptors are too few (`ulimit -n` is {limit}); try `ulimit -n 16` or more, in a new \
             shell if this one refuses\n"
        );
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{variant}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), expected, "{variant}");
    }
}
