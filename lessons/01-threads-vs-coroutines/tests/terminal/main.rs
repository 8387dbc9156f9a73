//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod command_line;
mod contract;
mod errata;
#[cfg(unix)]
mod interruption;
mod output;
mod support;
