//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod contract;
mod frozen;
#[cfg(unix)]
mod interruption;
mod numbers;
mod processes;
mod races;
mod support;
mod sweep;
