//! A runtime that could not even start. Threads need no descriptors for themselves.

use crate::{few_descriptors, server::Server};

#[test]
fn with_too_few_descriptors_for_a_runtime_a_chat_says_so() {
    for variant in ["chat-tokio", "chat-async-std", "chat-smol"] {
        few_descriptors::are_too_few_for(variant);
        Server::with_few_files(variant, 16).client("ada").is_heard();
    }
}
