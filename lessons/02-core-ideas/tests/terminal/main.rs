//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod blocking;
mod contract;
#[cfg(unix)]
mod interruption;
mod output;
mod recordings;
mod sockets;
mod support;
