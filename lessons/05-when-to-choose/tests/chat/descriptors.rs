//! A runtime that could not even start. Threads need none for themselves.

use std::process::Command;

use crate::server::Server;

#[test]
fn with_too_few_descriptors_for_a_runtime_a_chat_says_so() {
    for variant in ["chat-tokio", "chat-async-std", "chat-smol"] {
        for limit in ["5", "8", "11", "15"] {
            let mut shell = Command::new("sh");
            shell.args(["-c", "ulimit -n $0 && exec \"$1\" $2", limit, env!("CARGO_BIN_EXE_lesson-05"), variant]);
            let output = shell.output().expect("there is a shell");
            let expected = format!(
                "lesson-05: {limit} file descriptors are too few (`ulimit -n` is {limit}); try `ulimit -n 16` or more, in \
                 a new shell if this one refuses\n"
            );
            assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{variant}: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), expected, "{variant}");
        }
        Server::with_few_files(variant, 16).client("ada").is_heard();
    }
}
