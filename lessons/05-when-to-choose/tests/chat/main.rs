//! What the chapter says of the chats, checked on each of the programs (on Python's
//! by tests that are named after it): their protocol through sockets, and the
//! rest in the terminal in which a learner starts them.
#![cfg(unix)]

mod client;
mod descriptors;
#[path = "../shared/few_descriptors.rs"]
mod few_descriptors;
mod protocol;
mod server;
#[cfg(target_os = "linux")]
#[path = "../shared/somebody_else.rs"]
mod somebody_else;
mod terminal;
#[cfg(target_os = "linux")]
mod threads;
